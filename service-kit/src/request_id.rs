//! One id for a request, from the first log line to the answer and on to the services that it calls.

use std::{
    fmt,
    future::{Ready, ready},
    sync::Arc,
};

use actix_web::{
    Error, FromRequest, HttpRequest,
    body::MessageBody,
    dev::{Payload, ServiceRequest, ServiceResponse},
    http::header::{HeaderMap, HeaderName, HeaderValue},
    middleware::Next,
};
use uuid::Uuid;

/// The header that carries the id, in requests, answers and calls to other services.
pub const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

tokio::task_local! {
    // `ResponseError::error_response` is not handed the request; a task-local reaches it, and the log, without
    // plumbing.
    static CURRENT: RequestId;
}

/// Id of the request being answered: the caller's own if it is 8 to 64 of `A-Z a-z 0-9 _ -`, else a UUIDv7.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestId(Arc<str>);

impl RequestId {
    /// The id of the request that this task answers; `None` outside of one (and in `spawn`ed tasks).
    #[must_use]
    pub fn current() -> Option<Self> {
        CURRENT.try_with(Clone::clone).ok()
    }

    /// A new id.
    #[must_use]
    pub fn generate() -> Self {
        Self(Uuid::now_v7().to_string().into())
    }

    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn of(headers: &HeaderMap) -> Self {
        let mut given = headers.get_all(&X_REQUEST_ID);
        match (given.next().and_then(|value| value.to_str().ok()), given.next()) {
            (Some(id), None) if is_acceptable(id) => Self(id.into()),
            _ => Self::generate(),
        }
    }
}

fn is_acceptable(id: &str) -> bool {
    (8..=64).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-')
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromRequest for RequestId {
    type Error = Error;
    type Future = Ready<Result<Self, Error>>;

    fn from_request(_: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(Self::current().unwrap_or_else(Self::generate)))
    }
}

/// Middleware: gives the request its id, and the answer the header.
///
/// # Errors
/// Passes on what the inner service returns, with the header added.
pub async fn assign<B: MessageBody + 'static>(
    mut request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, Error> {
    let id = RequestId::of(request.headers());
    let header = HeaderValue::from_str(id.as_str());
    // The request has it from here on, whoever made it: for those inside who know of HTTP and not of this crate.
    if let Ok(header) = &header {
        request.headers_mut().insert(X_REQUEST_ID, header.clone());
    }
    let answer = CURRENT.scope(id, next.call(request)).await;
    let Ok(header) = header else { return answer };
    match answer {
        Ok(mut response) => {
            response.headers_mut().insert(X_REQUEST_ID, header);
            Ok(response)
        }
        Err(error) => Err(crate::server::edit_error(error, |response| {
            response.headers_mut().insert(X_REQUEST_ID, header);
        })),
    }
}

#[cfg(test)]
mod tests {
    use super::{HeaderMap, HeaderValue, RequestId, X_REQUEST_ID};

    fn id_for(values: &[&'static str]) -> RequestId {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(X_REQUEST_ID, HeaderValue::from_static(value));
        }
        RequestId::of(&headers)
    }

    #[test]
    fn a_well_formed_id_of_the_caller_is_kept() {
        assert_eq!(id_for(&["abc_DEF-123"]).as_str(), "abc_DEF-123");
    }

    #[test]
    fn any_other_id_is_replaced() {
        let long: &'static str = "a123456789012345678901234567890123456789012345678901234567890123x";
        for values in [&[][..], &["short"], &[long], &["has space"], &["abc/def/ghi"], &["same-same", "same-same"]] {
            let id = id_for(values);
            assert_eq!(id.as_str().len(), 36, "{values:?}");
        }
    }
}
