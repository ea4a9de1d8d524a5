//! A lab: a shared secret (HS256) and key pairs (ES256, RS256) side by side. Whoever can verify with the shared secret can
//! also forge; whoever verifies with a public key cannot.
//!
//! HS256 is in this folder and not in the library, so that nobody takes it by accident: an `Agreement` of
//! `shared-claims` refuses it. `docs/labs/shared-secret.md` tells more.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing))]

mod command;
mod hs256;
mod key_pair;
mod published;
mod secret;
mod story;

use std::io;
use std::process::ExitCode;

use clap::Parser;

/// Something did not work that is no fault of a token.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// A file, standard input or output.
    #[error("{0}")]
    Io(#[from] io::Error),
    /// Standard input has more than anything that could be meant.
    #[error("the input is longer than {0} bytes")]
    TooLong(u64),
    /// The secret's file.
    #[error("{0}: {1}")]
    SecretFile(String, io::Error),
    /// The secret.
    #[error(transparent)]
    TooShort(#[from] secret::TooShort),
    /// Not JSON, or not the JSON that is needed.
    #[error("not a JSON object: {0}")]
    Json(#[from] serde_json::Error),
    /// Not base64url.
    #[error("not base64url: {0}")]
    Base64(#[from] base64::DecodeError),
    /// Another implementation could not sign.
    #[error("jsonwebtoken: {0}")]
    Library(#[from] jsonwebtoken::errors::Error),
    /// A name in the agreement.
    #[error("{0}")]
    Name(#[from] shared_claims::ids::InvalidName),
    /// The agreement.
    #[error("{0}")]
    Agreement(#[from] shared_claims::agreement::InvalidAgreement),
    /// The issuer's keys.
    #[error("{0}")]
    Keys(#[from] shared_claims::keys::InvalidJwkSet),
    /// The issuer's own key.
    #[error("{0}")]
    Sign(#[from] shared_claims::sign::SignError),
    /// A JWK that is no public key.
    #[error("the issuer's JWK is no public key")]
    NoPublicKey,
    /// No random bytes.
    #[error("no randomness")]
    NoRandomness,
    /// What the story tells did not happen.
    #[error("not as told: {0}")]
    NotAsTold(&'static str),
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let mut out = io::stdout().lock();
    let ended = match command::Cli::parse().command {
        None => story::tell(&mut out).await.map(|()| ExitCode::SUCCESS),
        Some(command) => command.run(&mut io::stdin().lock(), &mut out),
    };
    ended.unwrap_or_else(|failure| {
        eprintln!("shared_secret: {failure}");
        ExitCode::FAILURE
    })
}
