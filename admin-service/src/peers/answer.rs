//! What another service answered, read with suspicion: it may not be the one that we think, or not be well.

use reqwest::StatusCode;
use serde::Deserialize;
use serde::de::{DeserializeOwned, IgnoredAny};
use service_kit::Secret;

use super::error::PeerError;
use super::problem;

/// Longest answer that is read, in bytes: a page of a hundred partners, each with as large a key set as it may have.
const LONGEST: usize = 8 * 1024 * 1024;

/// An answer of the 200s. Its body may hold a secret, so it is one.
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) body: Secret,
}

impl Answer {
    /// Reads the answer; what is not of the 200s becomes the error that it means.
    pub(super) async fn read(mut response: reqwest::Response) -> Result<Self, PeerError> {
        let status = response.status();
        let mut bytes = Vec::new();
        while let Some(chunk) = response.chunk().await? {
            if bytes.len().saturating_add(chunk.len()) > LONGEST {
                return Err(PeerError::Nonsense(format!("more than {LONGEST} bytes")));
            }
            bytes.extend_from_slice(&chunk);
        }
        if !status.is_success() {
            return Err(problem::refusal(status, &bytes));
        }
        let body = String::from_utf8(bytes).map_err(|_| PeerError::Nonsense("not UTF-8".to_owned()))?;
        Ok(Self { status, body: Secret::new(body) })
    }

    /// Only these answers make sense.
    pub(super) fn with_status(self, expected: &[StatusCode]) -> Result<Self, PeerError> {
        if expected.contains(&self.status) {
            Ok(self)
        } else {
            Err(PeerError::Nonsense(format!("status {}", self.status)))
        }
    }

    /// The body, an object, as a `T`. What serde has against it goes to the log without the values, which may be secrets.
    pub(super) fn json<T: DeserializeOwned>(&self) -> Result<T, PeerError> {
        // serde would also read a list as a struct, field by field.
        if !self.body.expose().trim_ascii_start().starts_with('{') {
            return Err(PeerError::Nonsense("the body is no JSON object".to_owned()));
        }
        serde_json::from_str(self.body.expose()).map_err(|error| {
            let (kind, line, column) = (error.classify(), error.line(), error.column());
            PeerError::Nonsense(format!("the body is not as agreed: {kind:?} error at line {line} column {column}"))
        })
    }
}

/// A page, as far as we look at it.
#[derive(Deserialize)]
pub(super) struct List {
    #[serde(rename = "items")]
    _items: Vec<IgnoredAny>,
    #[serde(rename = "next_cursor")]
    _next_cursor: Option<String>,
}
