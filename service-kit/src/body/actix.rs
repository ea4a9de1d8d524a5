//! actix's own extractors, with the same answers.

use actix_web::error::{JsonPayloadError, PathError, PayloadError, QueryPayloadError, UrlencodedError};
use actix_web::http::StatusCode;
use actix_web::web::{FormConfig, JsonConfig, PathConfig, PayloadConfig, QueryConfig, ServiceConfig};

use super::BODY_LIMIT;
use super::json::json_problem;
use super::words::{explain, shown};
use crate::problem::Problem;

/// Gives actix's own extractors the same answers and the same size limit.
pub fn configure(config: &mut ServiceConfig) {
    config
        .app_data(PayloadConfig::new(BODY_LIMIT))
        .app_data(JsonConfig::default().limit(BODY_LIMIT).error_handler(|error, _| json_error(&error).into()))
        .app_data(FormConfig::default().limit(BODY_LIMIT).error_handler(|error, _| form_error(&error).into()))
        .app_data(QueryConfig::default().error_handler(|error, _| query_error(&error).into()))
        // An id that cannot be read names nothing.
        .app_data(PathConfig::default().error_handler(|_: PathError, _| Problem::not_found().into()));
}

fn json_error(error: &JsonPayloadError) -> Problem {
    match error {
        JsonPayloadError::ContentType => Problem::unsupported_media_type("application/json"),
        JsonPayloadError::Deserialize(error) => json_problem(error, String::new()),
        JsonPayloadError::Overflow { .. }
        | JsonPayloadError::OverflowKnownLength { .. }
        | JsonPayloadError::Payload(PayloadError::Overflow) => Problem::payload_too_large(BODY_LIMIT),
        _ => Problem::bad_request("The body cannot be read."),
    }
}

fn form_error(error: &UrlencodedError) -> Problem {
    match error {
        UrlencodedError::ContentType => Problem::unsupported_media_type("application/x-www-form-urlencoded"),
        UrlencodedError::Overflow { .. } | UrlencodedError::Payload(PayloadError::Overflow) => {
            Problem::payload_too_large(BODY_LIMIT)
        }
        _ => Problem::bad_request("The form cannot be read."),
    }
}

fn query_error(error: &QueryPayloadError) -> Problem {
    let QueryPayloadError::Deserialize(error) = error else {
        return Problem::bad_request("The query string cannot be read.");
    };
    let message = error.to_string();
    match explain(&message) {
        (Some(name), detail) => Problem::invalid_field(shown(name), detail),
        // Which parameter it was is not told, and other messages may quote the value.
        (None, _) => {
            Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "A parameter of the query string has an invalid value.")
        }
    }
}
