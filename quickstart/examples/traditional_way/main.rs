//! A lab: how a third party was let in before OAuth, beside how it is let in here. The owner of an application created a
//! user for it and told it the password. What is wrong with that are the five problems of RFC 6749 section 1, and each is
//! played on both sides, over HTTP.
//!
//! | folder | what is in it |
//! |---|---|
//! | `legacy` | a small application of the traditional way, and its partners |
//! | `ours` | the three services, an operator, a person and partners |
//! | `problems` | one file for each problem: it is played on both sides, and tested |
//!
//! The traditional application is built as well as that way can be, so that what goes wrong is the fault of the way and not
//! of its code: passwords are hashed with bcrypt and tries are limited; sessions are random, short, stored as digests
//! and end with the password; cookies are `HttpOnly` and `SameSite=Strict`; the password is asked for again before it is
//! changed or the account is deleted. It is in this folder and in no program that is shipped.
//!
//! `docs/labs/traditional-way.md` tells more.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing))]

mod legacy;
mod ours;
mod problems;
mod told;

use std::io::Write;
use std::process::ExitCode;

use legacy::Legacy;
use ours::Ours;
use told::Told;

/// Something did not work, or did not turn out as it is told.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "each variant is the error that it wraps")]
pub enum Failure {
    #[error(transparent)]
    Start(#[from] quickstart::Failure),
    #[error(transparent)]
    Io(#[from] std::io::Error),
    #[error(transparent)]
    Http(#[from] third_party_app::http::HttpError),
    #[error(transparent)]
    Discovery(#[from] third_party_app::discovery::DiscoveryError),
    #[error(transparent)]
    Redirect(#[from] third_party_app::oauth::RedirectError),
    #[error(transparent)]
    Grant(#[from] third_party_app::oauth::GrantError),
    #[error(transparent)]
    Random(#[from] third_party_app::random::NoRandom),
    #[error(transparent)]
    Url(#[from] url::ParseError),
    #[error(transparent)]
    Json(#[from] serde_json::Error),
    #[error("the old application's database: {0}")]
    Database(#[from] diesel::ConnectionError),
    #[error("the old application: {0}")]
    Legacy(#[from] legacy::Refusal),
    #[error("bcrypt: {0}")]
    Hash(#[from] bcrypt::BcryptError),
    #[error("not as told: {0}")]
    NotAsTold(String),
}

#[actix_web::main]
async fn main() -> ExitCode {
    match tell(&mut std::io::stdout().lock()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("traditional_way: {failure}");
            ExitCode::FAILURE
        }
    }
}

/// Plays all of it against one house of ours.
async fn tell(out: &mut impl Write) -> Result<(), Failure> {
    let ours = Ours::open().await?;
    let ended = tell_all(out, &ours).await;
    ours.stop().await;
    ended
}

async fn tell_all(out: &mut impl Write, ours: &Ours) -> Result<(), Failure> {
    tell_one(out, ours, problems::stored::play).await?;
    tell_one(out, ours, problems::passwords::play).await?;
    tell_one(out, ours, problems::broad::play).await?;
    tell_one(out, ours, problems::revoked::play).await?;
    tell_one(out, ours, problems::stolen::play).await?;
    // Last: it stops auth-service.
    tell_one(out, ours, problems::round_trips::play).await
}

/// Each against a traditional application of its own, which it may leave without an account.
async fn tell_one(
    out: &mut impl Write,
    ours: &Ours,
    play: impl AsyncFn(&Legacy, &Ours) -> Result<Told, Failure>,
) -> Result<(), Failure> {
    let legacy = Legacy::open().await?;
    let told = play(&legacy, ours).await;
    legacy.stop().await;
    Ok(told?.write(out)?)
}

/// Both sides, started for one test.
#[cfg(test)]
async fn both() -> (Legacy, Ours) {
    (Legacy::open().await.unwrap(), Ours::open().await.unwrap())
}

#[cfg(test)]
async fn stop(legacy: Legacy, ours: Ours) {
    legacy.stop().await;
    ours.stop().await;
}
