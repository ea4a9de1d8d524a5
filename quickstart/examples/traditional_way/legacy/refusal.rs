//! What is answered instead.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, ResponseError};
use serde_json::json;

/// Why something is not done.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    #[error("log in first")]
    NotLoggedIn,
    #[error("wrong name or password")]
    WrongPassword,
    #[error("for the owner alone")]
    NotTheOwner,
    #[error("too many wrong passwords for this name")]
    TooManyTries,
    #[error("a password has at least 8 characters and at most 72 bytes")]
    UnfitPassword,
    #[error("the database: {0}")]
    Store(#[from] diesel::result::Error),
    #[error("bcrypt: {0}")]
    Hash(#[from] bcrypt::BcryptError),
    #[error("{0}")]
    Random(#[from] third_party_app::random::NoRandom),
    #[error("given up: {0}")]
    GivenUp(#[from] actix_web::error::BlockingError),
}

impl ResponseError for Refusal {
    fn status_code(&self) -> StatusCode {
        match self {
            Self::NotLoggedIn | Self::WrongPassword => StatusCode::UNAUTHORIZED,
            Self::NotTheOwner => StatusCode::FORBIDDEN,
            Self::TooManyTries => StatusCode::TOO_MANY_REQUESTS,
            Self::UnfitPassword => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Store(_) | Self::Hash(_) | Self::Random(_) | Self::GivenUp(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn error_response(&self) -> HttpResponse {
        let status = self.status_code();
        let shown = if status.is_server_error() { "our fault".to_owned() } else { self.to_string() };
        HttpResponse::build(status).json(json!({"detail": shown}))
    }
}
