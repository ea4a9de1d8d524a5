//! One constructor for each kind of answer.

use std::{borrow::Cow, fmt::Display};

use actix_web::http::{
    StatusCode,
    header::{HeaderName, HeaderValue, RETRY_AFTER},
};

use super::{FieldError, Inner, Problem};

impl Problem {
    /// Any status. `detail` is shown to the caller: no cause, no value that was sent.
    pub fn new(status: StatusCode, detail: impl Into<Cow<'static, str>>) -> Self {
        Self(Box::new(Inner { status, detail: detail.into(), errors: Vec::new(), headers: Vec::new(), cause: None }))
    }

    /// 400: the request cannot be read.
    pub fn bad_request(detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, detail)
    }

    /// 401. The challenge (RFC 6750) is the caller's to add, with [`with_header`](Self::with_header).
    pub fn unauthorized(detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, detail)
    }

    /// 403: who asks is known, and may not.
    pub fn forbidden(detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::FORBIDDEN, detail)
    }

    /// 404: the same for what is not there and for what is another's.
    #[must_use]
    pub fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "There is nothing at this address.")
    }

    /// 409: it collides with what is there.
    pub fn conflict(detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::CONFLICT, detail)
    }

    /// 422 for one field.
    pub fn invalid_field(field: impl Into<String>, detail: impl Into<Cow<'static, str>>) -> Self {
        Self::unprocessable(vec![FieldError::new(field, detail)])
    }

    /// 422: it can be read, and these fields are wrong.
    #[must_use]
    pub fn unprocessable(errors: Vec<FieldError>) -> Self {
        let mut problem = Self::new(StatusCode::UNPROCESSABLE_ENTITY, "The request has invalid fields.");
        problem.0.errors = errors;
        problem
    }

    /// 413: more than `limit` bytes of body.
    #[must_use]
    pub fn payload_too_large(limit: usize) -> Self {
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, format!("The body may have at most {limit} bytes."))
    }

    /// 415: the body has another content type than `wanted`.
    #[must_use]
    pub fn unsupported_media_type(wanted: &str) -> Self {
        Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, format!("The content type must be {wanted}."))
    }

    /// 429, to be tried again after `retry_after` seconds.
    #[must_use]
    pub fn too_many_requests(retry_after: u64) -> Self {
        Self::new(StatusCode::TOO_MANY_REQUESTS, "Too many requests.")
            .with_header(RETRY_AFTER, &retry_after.to_string())
    }

    /// 502: another service answered nonsense, or not at all.
    pub fn bad_gateway(cause: impl Display) -> Self {
        Self::new(StatusCode::BAD_GATEWAY, "A service that is needed for this did not answer as it should.")
            .with_cause(cause)
    }

    /// 503, to be tried again after `retry_after` seconds.
    #[must_use]
    pub fn unavailable(retry_after: u64) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "The service cannot answer this now.")
            .with_header(RETRY_AFTER, &retry_after.to_string())
    }

    /// 500: our own fault. `cause` goes to the log and not to the caller.
    pub fn internal(cause: impl Display) -> Self {
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "Something went wrong here. The log has the cause under the request id.",
        )
        .with_cause(cause)
    }

    /// With another text for the caller.
    #[must_use]
    pub fn with_detail(mut self, detail: impl Into<Cow<'static, str>>) -> Self {
        self.0.detail = detail.into();
        self
    }

    /// With a text for the log.
    #[must_use]
    pub fn with_cause(mut self, cause: impl Display) -> Self {
        self.0.cause = Some(cause.to_string());
        self
    }

    /// With one more header. A value that HTTP does not allow (control characters) is left out, with a line in the log.
    #[must_use]
    pub fn with_header(mut self, name: HeaderName, value: &str) -> Self {
        match HeaderValue::from_str(value) {
            Ok(value) => self.0.headers.push((name, value)),
            Err(_) => log::error!("a value for the header {name} was left out: it holds control characters"),
        }
        self
    }
}
