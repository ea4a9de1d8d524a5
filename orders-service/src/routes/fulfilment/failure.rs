//! What the caller is told when a fulfilment does not come about: above all, what to do.

use actix_web::http::StatusCode;
use service_kit::{Outcome, Problem, StoreError};

use crate::peers::PeerError;
use crate::routes::problems::challenged;
use crate::store::WriteError;
use crate::tokens::ReceiptError;

const REPEAT: &str = "The fulfilment is not confirmed yet. Repeat the request as it was, with the same Idempotency-Key if it \
                      had one: it goes on where this one stopped, and nothing happens twice.";
const NEW_TOKEN: &str = "The access token is no longer good for this. Get a new one, and repeat the request with the same \
                         Idempotency-Key.";
const TOO_LITTLE: &str = "The access token lacks the scope that this needs.";

/// Why a fulfilment did not come about.
#[derive(Debug, thiserror::Error)]
pub(super) enum Failure {
    #[error(transparent)]
    Write(#[from] WriteError),
    #[error(transparent)]
    Peer(#[from] PeerError),
    #[error(transparent)]
    Receipt(#[from] ReceiptError),
    #[error("not all steps were done in time")]
    TooLate,
}

impl Failure {
    /// Whether somebody said no, or something went wrong.
    pub(super) fn outcome(&self) -> Outcome {
        match self {
            Self::Peer(PeerError::TokenRefused(_) | PeerError::ScopeRefused | PeerError::Rejected { .. }) => {
                Outcome::Refused
            }
            _ => Outcome::Failed,
        }
    }

    /// A word for the audit trail.
    pub(super) fn reason(&self) -> &'static str {
        match self {
            Self::Write(_) => "database",
            Self::Peer(error) => error.reason(),
            Self::Receipt(_) => "receipt",
            Self::TooLate => "too_late",
        }
    }

    /// The answer. `resource_metadata` is named in challenges.
    pub(super) fn problem(self, resource_metadata: &str) -> Problem {
        match self {
            Self::Write(WriteError::Store(StoreError::Unavailable(_)) | WriteError::Twin) | Self::TooLate => {
                Problem::unavailable(1).with_detail(REPEAT).with_cause(self)
            }
            Self::Write(error) => error.into(),
            Self::Receipt(error) => Problem::internal(error),
            Self::Peer(error) => of_peer(&error, resource_metadata).with_cause(error),
        }
    }
}

fn of_peer(error: &PeerError, resource_metadata: &str) -> Problem {
    match error {
        PeerError::Unavailable(_) => Problem::unavailable(1).with_detail(REPEAT),
        // It passed our three checks and not the issuer's: it expired in between, or was revoked. The caller's remedy is
        // the same as for any other bad token (RFC 6750 section 3.1), and repeating alone would not help.
        PeerError::TokenRefused(_) => {
            challenged(Problem::unauthorized(NEW_TOKEN), resource_metadata, "error=\"invalid_token\"")
        }
        PeerError::ScopeRefused => {
            let error = "error=\"insufficient_scope\", scope=\"fulfilment:request\"";
            challenged(Problem::forbidden(TOO_LITTLE), resource_metadata, error)
        }
        PeerError::Rejected { status, detail } => {
            Problem::new(StatusCode::from_u16(*status).unwrap_or(StatusCode::BAD_GATEWAY), detail.clone())
        }
        PeerError::ExchangeRefused(_) | PeerError::Nonsense(_) => Problem::bad_gateway(error).with_detail(REPEAT),
    }
}
