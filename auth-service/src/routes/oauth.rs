//! What the endpoints have in common that clients call directly: a form comes in, and JSON goes out that nobody keeps.

use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE, PRAGMA, RETRY_AFTER, WWW_AUTHENTICATE};
use actix_web::{Error, HttpMessage, HttpRequest, HttpResponse, HttpResponseBuilder};
use serde_json::json;

use crate::domain::form::{Form, InvalidForm};
use crate::domain::oauth_error::{ErrorCode, OAuthError};

/// A body that is too long, or ended before it should.
pub(super) fn unreadable(error: &Error) -> OAuthError {
    match error.as_response_error().status_code() {
        StatusCode::PAYLOAD_TOO_LARGE => {
            ErrorCode::RequestTooLarge.because("body_too_large", "The body is larger than any request needs.")
        }
        _ => ErrorCode::InvalidRequest.because("body_unreadable", "The body cannot be read."),
    }
}

/// The form of a request that a client sends directly.
pub(super) fn read_form(request: &HttpRequest, body: &[u8]) -> Result<Form, OAuthError> {
    let is_form = request.content_type().eq_ignore_ascii_case("application/x-www-form-urlencoded");
    if !is_form {
        let description = "Send the parameters as application/x-www-form-urlencoded.";
        return Err(ErrorCode::InvalidRequest.because("content_type", description));
    }
    Form::parse(body).map_err(|fault| match fault {
        InvalidForm::Encoding => ErrorCode::InvalidRequest.because("form_encoding", "The form is not well encoded."),
        InvalidForm::Repeated => {
            ErrorCode::InvalidRequest.because("repeated_parameter", "A parameter stands more than once.")
        }
    })
}

/// RFC 6749 section 5.2.
pub(super) fn refusal(error: OAuthError, request: &HttpRequest) -> HttpResponse {
    let status = match error.code {
        ErrorCode::InvalidClient => StatusCode::UNAUTHORIZED,
        ErrorCode::RequestTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        ErrorCode::TemporarilyUnavailable => StatusCode::SERVICE_UNAVAILABLE,
        ErrorCode::ServerError => StatusCode::INTERNAL_SERVER_ERROR,
        _ => StatusCode::BAD_REQUEST,
    };
    let mut response = no_store(HttpResponse::build(status));
    if status == StatusCode::UNAUTHORIZED && request.headers().contains_key("authorization") {
        response.insert_header((WWW_AUTHENTICATE, "Basic realm=\"auth-service\", charset=\"UTF-8\""));
    }
    if status == StatusCode::SERVICE_UNAVAILABLE {
        response.insert_header((RETRY_AFTER, "1"));
    }
    response.json(json!({"error": error.code.as_str(), "error_description": error.description}))
}

/// Tokens are credentials: nothing on the way may keep them (RFC 6749 section 5.1).
pub(super) fn no_store(mut response: HttpResponseBuilder) -> HttpResponseBuilder {
    response.insert_header((CACHE_CONTROL, "no-store")).insert_header((PRAGMA, "no-cache"));
    response.insert_header((CONTENT_TYPE, "application/json"));
    response
}
