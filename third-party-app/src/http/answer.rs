//! What came back.

use reqwest::StatusCode;
use reqwest::header::{HeaderMap, WWW_AUTHENTICATE};
use serde_json::Value;
use url::Url;

use super::HttpError;
use crate::challenge::Challenge;

/// A whole answer.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The URL that was called.
    pub url: Url,
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body, at most [`MAX_BODY_BYTES`](super::MAX_BODY_BYTES).
    pub body: Vec<u8>,
}

impl Answer {
    /// A header, if it is there and text.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// The media type without its parameters.
    #[must_use]
    pub fn media_type(&self) -> &str {
        self.header("content-type").and_then(|value| value.split(';').next()).unwrap_or_default().trim()
    }

    /// Where a redirect goes (RFC 9110 section 10.2.2).
    #[must_use]
    pub fn location(&self) -> Option<Url> {
        self.header("location").filter(|_| self.status.is_redirection()).and_then(|text| self.url.join(text).ok())
    }

    /// The body as JSON.
    ///
    /// # Errors
    /// [`HttpError::NotJson`].
    pub fn json(&self) -> Result<Value, HttpError> {
        serde_json::from_slice(&self.body).map_err(|source| HttpError::NotJson { url: self.url.to_string(), source })
    }

    /// The body as text, for showing.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The `Bearer` challenge of a 401 or 403 (RFC 6750 section 3).
    #[must_use]
    pub fn bearer_challenge(&self) -> Option<Challenge> {
        self.headers
            .get_all(WWW_AUTHENTICATE)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .filter_map(|value| Challenge::parse_all(value).ok())
            .flatten()
            .find(|challenge| challenge.is("Bearer"))
    }
}
