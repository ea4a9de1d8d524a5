//! What all answers have in common.

use std::time::Duration;

use actix_web::body::{BodySize, BoxBody, EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::error::InternalError;
use actix_web::http::header::{
    CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, HeaderValue, X_CONTENT_TYPE_OPTIONS,
};
use actix_web::http::{ConnectionType, StatusCode};
use actix_web::middleware::Next;
use actix_web::web::Data;
use actix_web::{Error, HttpResponse};

use crate::health::Readiness;
use crate::problem::{PROBLEM_JSON, Problem};

/// Longest time for one request. All that a service does is bounded below this; what takes longer is a client that
/// sends its body drop by drop.
const REQUEST_LIMIT: Duration = Duration::from_secs(10);

/// Middleware: problem bodies where an error has none, `nosniff`, and an end to slow requests.
pub(super) async fn complete<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B, BoxBody>>, Error> {
    let draining = request.app_data::<Data<Readiness>>().is_some_and(|readiness| readiness.is_draining());
    let answer = match tokio::time::timeout(REQUEST_LIMIT, next.call(request)).await {
        Ok(answer) => answer,
        Err(_) => Err(Problem::new(StatusCode::REQUEST_TIMEOUT, "The request took too long.").into()),
    };
    let response = answer.map_err(|error| {
        edit_error(error, |response| {
            if lacks_problem(response.status(), response.headers(), response.body().size()) {
                let body = Problem::for_status(response.status()).to_json();
                response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(PROBLEM_JSON));
                *response = std::mem::replace(response, HttpResponse::new(StatusCode::OK)).set_body(BoxBody::new(body));
            }
        })
    })?;
    let mut response = with_body(response);
    let headers = response.headers_mut();
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    // What may be kept says so itself; the rest is somebody's own, or a secret.
    if !headers.contains_key(CACHE_CONTROL) {
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    if draining {
        response.response_mut().head_mut().set_connection_type(ConnectionType::Close);
    }
    Ok(response)
}

fn with_body<B: MessageBody + 'static>(mut response: ServiceResponse<B>) -> ServiceResponse<EitherBody<B, BoxBody>> {
    if !lacks_problem(response.status(), response.headers(), response.response().body().size()) {
        return response.map_into_left_body();
    }
    // The other headers stay: a challenge, Allow, Retry-After.
    let body = Problem::for_status(response.status()).to_json();
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(PROBLEM_JSON));
    response.headers_mut().remove(CONTENT_LENGTH);
    response.map_body(|_, _| EitherBody::right(BoxBody::new(body)))
}

/// An error without a body, or with one of actix's plain texts, which tell inner causes.
fn lacks_problem(status: StatusCode, headers: &HeaderMap, size: BodySize) -> bool {
    if !status.is_client_error() && !status.is_server_error() {
        return false;
    }
    let is_empty = matches!(size, BodySize::None | BodySize::Sized(0));
    let is_plain = match headers.get(CONTENT_TYPE) {
        None => true,
        Some(kind) => kind.as_bytes().starts_with(b"text/plain"),
    };
    is_empty || is_plain
}

impl Problem {
    /// For an error of which nothing but the status is known.
    fn for_status(status: StatusCode) -> Self {
        let detail = match status {
            StatusCode::NOT_FOUND => "There is nothing at this address.",
            StatusCode::METHOD_NOT_ALLOWED => "This address does not know this method.",
            _ => status.canonical_reason().unwrap_or("The request failed."),
        };
        Self::new(status, detail)
    }
}

/// Changes the response that an error will become; for errors that middleware returns, which no handler turns into a
/// response.
pub(crate) fn edit_error(error: Error, edit: impl FnOnce(&mut HttpResponse)) -> Error {
    let mut response = error.error_response();
    edit(&mut response);
    InternalError::from_response(error, response).into()
}
