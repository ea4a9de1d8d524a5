//! Answers to what went wrong, as RFC 9457 problem bodies. What a caller sees is decided here and never holds a cause.

mod constructors;
mod render;
mod store;

use std::borrow::Cow;

use actix_web::http::{
    StatusCode,
    header::{HeaderName, HeaderValue},
};
use serde::Serialize;

/// Media type of a problem body.
pub const PROBLEM_JSON: &str = "application/problem+json";

/// What is wrong with one field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FieldError {
    /// JSON pointer into the body (RFC 6901, `/amount/currency`), or the name of a query parameter.
    pub field: String,
    /// What it must be; never the value that was sent.
    pub detail: Cow<'static, str>,
}

impl FieldError {
    /// Names the field and what it must be.
    pub fn new(field: impl Into<String>, detail: impl Into<Cow<'static, str>>) -> Self {
        Self { field: field.into(), detail: detail.into() }
    }
}

/// An answer with a problem body: `{"type":"about:blank","title","status","detail","request_id"}`, for bad fields also
/// `errors`.
///
/// As an error of a handler or extractor it becomes the response. The cause, if there is one, goes to the log under the
/// request id when that happens.
#[derive(Debug)]
pub struct Problem(Box<Inner>);

#[derive(Debug)]
struct Inner {
    status: StatusCode,
    detail: Cow<'static, str>,
    errors: Vec<FieldError>,
    headers: Vec<(HeaderName, HeaderValue)>,
    cause: Option<String>,
}

impl Problem {
    /// The status of the answer.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.0.status
    }

    /// What the caller is told.
    #[must_use]
    pub fn detail(&self) -> &str {
        &self.0.detail
    }

    /// The bad fields.
    #[must_use]
    pub fn errors(&self) -> &[FieldError] {
        &self.0.errors
    }

    /// What the log is told.
    #[must_use]
    pub fn cause(&self) -> Option<&str> {
        self.0.cause.as_deref()
    }
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.0.status, self.0.detail)
    }
}

impl std::error::Error for Problem {}
