//! Other services, as typed clients. No other room names reqwest.

mod admin;
mod answer;

pub use admin::{AdminService, Handover};

use shared_claims::exchange::ExchangeError;

/// What was asked of a peer did not happen, or it is not known whether it did.
#[derive(Debug, thiserror::Error)]
pub enum PeerError {
    /// The authorization server does not take the caller's token any more: expired since we checked it, or revoked.
    #[error("the caller's token was refused for exchange: {0}")]
    TokenRefused(String),
    /// The caller's token allows too little for the exchange.
    #[error("the caller's token has too little scope for the exchange")]
    ScopeRefused,
    /// The authorization server refuses us.
    #[error("the exchange was refused: {0}")]
    ExchangeRefused(String),
    /// The peer refuses what the caller wants, with this status and text.
    #[error("admin-service refused with {status}")]
    Rejected {
        /// 409 or 422.
        status: u16,
        /// What it says to the caller.
        detail: String,
    },
    /// It cannot be reached, answers too late or 5xx. Trying again may help.
    #[error("{0}")]
    Unavailable(String),
    /// It answers something that is no answer.
    #[error("{0}")]
    Nonsense(String),
}

impl PeerError {
    /// A word for the audit trail.
    pub fn reason(&self) -> &'static str {
        match self {
            Self::TokenRefused(_) => "subject_token_refused",
            Self::ScopeRefused => "insufficient_scope",
            Self::ExchangeRefused(_) => "exchange_refused",
            Self::Rejected { .. } => "refused_by_admin_service",
            Self::Unavailable(_) => "peer_unavailable",
            Self::Nonsense(_) => "peer_answered_nonsense",
        }
    }
}

impl From<ExchangeError> for PeerError {
    fn from(error: ExchangeError) -> Self {
        match error {
            ExchangeError::Refused { error } => match error.as_str() {
                // RFC 8693 section 2.2.2: the subject token is invalid for any reason. Of the other parameters, all
                // ours, none depends on the caller.
                "invalid_request" | "invalid_grant" => Self::TokenRefused(error),
                "invalid_scope" => Self::ScopeRefused,
                _ => Self::ExchangeRefused(error),
            },
            ExchangeError::Unavailable(cause) => Self::Unavailable(format!("auth-service: {cause}")),
            ExchangeError::Sign(error) => Self::ExchangeRefused(error.to_string()),
        }
    }
}
