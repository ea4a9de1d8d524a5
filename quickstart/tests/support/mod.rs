//! A house with three services that can be killed, and the people who use it.

mod cast;
mod chance;
mod databases;
mod house;
mod http;
mod ports;
mod postgres;
mod process;
mod trail;

pub use cast::{Operator, Partner};
pub use chance::Chance;
pub use databases::Databases;
pub use house::{House, Service};
pub use http::{Answer, Attempt, send};
pub use ports::Ports;
pub use postgres::Postgres;
pub use process::Process;

use std::time::{Duration, Instant};

/// Longest wait for something that comes by itself, such as a service that was started. Far more than it takes on a
/// machine that has nothing else to do.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// How often is looked.
const GLANCE: Duration = Duration::from_millis(15);

/// Tries until it succeeds, at most for `limit`.
pub async fn until<T>(limit: Duration, what: &str, mut attempt: impl AsyncFnMut() -> Result<T, String>) -> T {
    let begun = Instant::now();
    loop {
        match attempt().await {
            Ok(value) => return value,
            Err(reason) => assert!(begun.elapsed() < limit, "not within {limit:?}: {what}: {reason}"),
        }
        tokio::time::sleep(GLANCE).await;
    }
}

/// Repeats a request for as long as it gets no answer, or is told to try again (503); any other answer is one.
pub async fn persist(what: &str, mut request: impl AsyncFnMut() -> Attempt) -> Answer {
    let attempt = async || match request().await {
        Ok(answer) if answer.status == 503 => Err(answer.to_string()),
        other => other,
    };
    until(PATIENCE, what, attempt).await
}
