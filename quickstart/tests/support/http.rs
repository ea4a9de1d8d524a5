//! Requests, and answers that tests can look into.

use std::fmt;
use std::time::{Duration, Instant};

use reqwest::RequestBuilder;
use reqwest::header::HeaderMap;
use serde_json::Value;

/// Nothing takes longer, not even a sign-in on a busy machine.
const LIMIT: Duration = Duration::from_secs(15);

/// An answer.
#[derive(Debug, Clone)]
pub struct Answer {
    pub status: u16,
    headers: HeaderMap,
    pub body: String,
    /// How long it took.
    pub took: Duration,
}

/// An answer, or why there is none: the connection was refused or cut.
pub type Attempt = Result<Answer, String>;

/// Each request has a connection of its own, so that none fails because of a service that was killed before.
pub fn client() -> reqwest::Client {
    reqwest::Client::builder().no_proxy().pool_max_idle_per_host(0).timeout(LIMIT).build().unwrap()
}

/// Sends it.
pub async fn send(request: RequestBuilder) -> Attempt {
    let begun = Instant::now();
    let answer = request.send().await.map_err(|error| format!("{error:?}"))?;
    let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
    let body = answer.text().await.map_err(|error| format!("{error:?}"))?;
    Ok(Answer { status, headers, body, took: begun.elapsed() })
}

impl Answer {
    /// Demands a status.
    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{self}");
        self
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("no JSON: {self}"))
    }

    /// A member of the body that is a text.
    #[track_caller]
    pub fn text(&self, member: &str) -> String {
        self.json()[member].as_str().unwrap_or_else(|| panic!("no {member}: {self}")).to_owned()
    }

    /// "Try again": within 2 s, when, and under which id it stands in the log.
    #[track_caller]
    pub fn expect_unavailable(self) -> Self {
        let answer = self.expect(503);
        assert!(answer.took < Duration::from_secs(2), "it took {:?}: {answer}", answer.took);
        let seconds = answer.header("retry-after").and_then(|seconds| seconds.parse::<u64>().ok());
        assert!(seconds.is_some_and(|seconds| seconds > 0), "no Retry-After: {answer}");
        assert!(answer.header("x-request-id").is_some_and(|id| !id.is_empty()), "no X-Request-Id: {answer}");
        answer
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {:?} {}", self.status, self.headers, self.body)
    }
}
