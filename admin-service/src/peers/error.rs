//! What can come of a call to another service, and what our caller and the audit trail are told of it.

use actix_web::http::header::WWW_AUTHENTICATE;
use service_kit::{FieldError, Outcome, Problem};
use shared_claims::exchange::ExchangeError;

/// The challenge of RFC 6750 section 3 for a token that is good here and allows too little there.
const TOO_LITTLE: &str = "Bearer realm=\"admin-service\", error=\"insufficient_scope\"";

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
    /// The caller's token may not be exchanged for what this takes.
    #[error("the caller's token does not allow the exchange")]
    TooLittle,
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
            Self::TooLittle => (Outcome::Refused, "insufficient_scope"),
            Self::Unavailable(_) => (Outcome::Failed, "peer_unavailable"),
            Self::Nonsense(_) => (Outcome::Failed, "peer_answer"),
            Self::Internal(_) => (Outcome::Failed, "internal"),
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

impl From<ExchangeError> for PeerError {
    fn from(error: ExchangeError) -> Self {
        match &error {
            // RFC 6749 section 5.2: the scope exceeds what the subject token was granted.
            ExchangeError::Refused { error: code } if code == "invalid_scope" => Self::TooLittle,
            ExchangeError::Refused { .. } => Self::Nonsense(error.to_string()),
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
            PeerError::TooLittle => {
                Self::forbidden("Your access token does not allow this.").with_header(WWW_AUTHENTICATE, TOO_LITTLE)
            }
            PeerError::Unavailable(_) => Self::unavailable(1)
                .with_detail("A service that is needed for this cannot be reached. Try again.")
                .with_cause(error),
            PeerError::Nonsense(_) => Self::bad_gateway(error),
            PeerError::Internal(_) => Self::internal(error),
        }
    }
}
