//! What can come of a call to another service, and what our caller and the audit trail are told of it.

use actix_web::http::header::WWW_AUTHENTICATE;
use service_kit::{FieldError, Outcome, Problem};
use shared_claims::exchange::ExchangeError;
use shared_claims::ids::Audience;
use shared_claims::permission::{Api, admin::AdminApi};

/// Where a caller whose token is refused is told to look: the URL of our metadata (RFC 9728 section 5.1).
#[derive(Debug, Clone)]
pub struct Challenge(pub String);

impl Challenge {
    /// RFC 6750 section 3. The scope that was asked for at the other service says nothing to our caller, so it is left
    /// out.
    fn on(&self, problem: Problem, error: &str) -> Problem {
        let (realm, metadata) = (AdminApi::NAME, &self.0);
        let challenge = format!("Bearer realm=\"{realm}\", resource_metadata=\"{metadata}\", error=\"{error}\"");
        problem.with_header(WWW_AUTHENTICATE, &challenge)
    }
}

/// A call to another service failed.
#[derive(Debug, thiserror::Error)]
pub enum PeerError {
    /// There is nothing with this id.
    #[error("not found")]
    NotFound,
    /// It collides with what is there.
    #[error("conflict: {0}")]
    Conflict(String),
    /// The service does not want it like this.
    #[error("invalid: {detail}")]
    Invalid {
        /// What is wrong.
        detail: String,
        /// With which fields.
        fields: Vec<FieldError>,
    },
    /// The authorization server does not take the caller's token any more: it has expired since we checked it, or was
    /// revoked.
    #[error("the caller's token was refused for the exchange")]
    TokenRefused(Challenge),
    /// The caller's token may not be exchanged for what this takes.
    #[error("the caller's token does not allow the exchange")]
    TooLittle(Challenge),
    /// The service is away, or says that it cannot. Trying again may help.
    #[error("unavailable: {0}")]
    Unavailable(String),
    /// The service answered, and not as agreed.
    #[error("not an answer: {0}")]
    Nonsense(String),
    /// Our own fault.
    #[error("{0}")]
    Internal(String),
}

impl PeerError {
    /// How the audit trail names it.
    #[must_use]
    pub fn outcome(&self) -> (Outcome, &'static str) {
        match self {
            Self::NotFound => (Outcome::Refused, "not_found"),
            Self::Conflict(_) => (Outcome::Refused, "conflict"),
            Self::Invalid { .. } => (Outcome::Refused, "invalid"),
            Self::TokenRefused(_) => (Outcome::Refused, "invalid_token"),
            Self::TooLittle(_) => (Outcome::Refused, "insufficient_scope"),
            Self::Unavailable(_) => (Outcome::Failed, "peer_unavailable"),
            Self::Nonsense(_) => (Outcome::Failed, "peer_answer"),
            Self::Internal(_) => (Outcome::Failed, "internal"),
        }
    }

    /// With the service that it was, for the log.
    pub(super) fn at(self, service: &Audience) -> Self {
        match self {
            Self::Unavailable(cause) => Self::Unavailable(format!("{service}: {cause}")),
            Self::Nonsense(cause) => Self::Nonsense(format!("{service}: {cause}")),
            other => other,
        }
    }

    /// Where our caller named nothing that could be missing, "not found" means that another program stands there.
    pub(super) fn nothing_to_miss(self) -> Self {
        if matches!(self, Self::NotFound) { Self::Nonsense("status 404".to_owned()) } else { self }
    }

    /// Where nothing of our caller's is handed on unchecked, a service that refuses it does not keep the contract.
    pub(super) fn nothing_to_refuse(self) -> Self {
        match self {
            Self::NotFound | Self::Conflict(_) | Self::Invalid { .. } => Self::Nonsense(self.to_string()),
            other => other,
        }
    }
}

impl PeerError {
    /// What it means that no token came of the caller's.
    pub(super) fn of_exchange(error: ExchangeError, challenge: &Challenge) -> Self {
        match error {
            ExchangeError::Refused { error } => match error.as_str() {
                // RFC 8693 section 2.2.2: the subject token is invalid for any reason. The other parameters are ours, and
                // with any other token they are good.
                "invalid_request" | "invalid_grant" => Self::TokenRefused(challenge.clone()),
                // RFC 6749 section 5.2: more than the subject token was granted.
                "invalid_scope" => Self::TooLittle(challenge.clone()),
                _ => Self::Nonsense(format!("the exchange was refused: {error}")),
            },
            ExchangeError::Unavailable(_) => Self::Unavailable(error.to_string()),
            ExchangeError::Sign(_) => Self::Internal(error.to_string()),
        }
    }
}

/// No answer, or half of one. The text of reqwest's error ends before the cause, which is in its sources.
impl From<reqwest::Error> for PeerError {
    fn from(error: reqwest::Error) -> Self {
        let mut deepest: &dyn std::error::Error = &error;
        while let Some(source) = deepest.source() {
            deepest = source;
        }
        Self::Unavailable(deepest.to_string())
    }
}

impl From<PeerError> for Problem {
    fn from(error: PeerError) -> Self {
        match error {
            PeerError::NotFound => Self::not_found(),
            PeerError::Conflict(detail) => Self::conflict(detail),
            PeerError::Invalid { detail, fields } => Self::unprocessable(fields).with_detail(detail),
            PeerError::TokenRefused(challenge) => {
                challenge.on(Self::unauthorized("The access token is no longer good. Get a new one."), "invalid_token")
            }
            PeerError::TooLittle(challenge) => {
                challenge.on(Self::forbidden("The access token does not reach that far."), "insufficient_scope")
            }
            PeerError::Unavailable(_) => Self::unavailable(1)
                .with_detail("A service that is needed for this cannot be reached. Try again.")
                .with_cause(error),
            PeerError::Nonsense(_) => Self::bad_gateway(error),
            PeerError::Internal(_) => Self::internal(error),
        }
    }
}
