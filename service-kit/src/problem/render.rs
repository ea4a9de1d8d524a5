//! From a problem to the response.

use actix_web::http::header::{CONTENT_TYPE, HeaderValue, X_CONTENT_TYPE_OPTIONS};
use actix_web::{HttpResponse, ResponseError, http::StatusCode};
use serde::{Serialize, Serializer, ser::SerializeStruct as _};

use super::{PROBLEM_JSON, Problem};
use crate::request_id::RequestId;

impl Serialize for Problem {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut body = serializer.serialize_struct("Problem", 6)?;
        body.serialize_field("type", "about:blank")?;
        // With about:blank the title is that of the status (RFC 9457 section 4.2.1).
        body.serialize_field("title", self.0.status.canonical_reason().unwrap_or("Error"))?;
        body.serialize_field("status", &self.0.status.as_u16())?;
        body.serialize_field("detail", &self.0.detail)?;
        match RequestId::current() {
            Some(id) => body.serialize_field("request_id", id.as_str())?,
            None => body.skip_field("request_id")?,
        }
        if self.0.errors.is_empty() {
            body.skip_field("errors")?;
        } else {
            body.serialize_field("errors", &self.0.errors)?;
        }
        body.end()
    }
}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        self.0.status
    }

    fn error_response(&self) -> HttpResponse {
        self.log_cause();
        let mut response = HttpResponse::build(self.0.status);
        for (name, value) in &self.0.headers {
            response.append_header((name.clone(), value.clone()));
        }
        response.insert_header((CONTENT_TYPE, HeaderValue::from_static(PROBLEM_JSON)));
        response.insert_header((X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")));
        response.body(self.to_json())
    }
}

impl Problem {
    /// The body as text.
    #[must_use]
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    fn log_cause(&self) {
        let Some(cause) = &self.0.cause else { return };
        let id = RequestId::current();
        let id = id.as_ref().map_or("-", RequestId::as_str);
        if self.0.status.is_server_error() {
            log::error!("{} {id} {cause}", self.0.status.as_u16());
        } else {
            log::info!("{} {id} {cause}", self.0.status.as_u16());
        }
    }
}

#[cfg(test)]
mod tests {
    use actix_web::{ResponseError as _, body::to_bytes, http::header};

    use crate::problem::{FieldError, Problem};

    #[actix_web::test]
    async fn the_body_is_rfc_9457_and_never_holds_the_cause() {
        let response = Problem::internal("password=hunter2").error_response();
        assert_eq!(response.headers().get(header::CONTENT_TYPE).unwrap(), "application/problem+json");
        let body = String::from_utf8(to_bytes(response.into_body()).await.unwrap().to_vec()).unwrap();
        assert!(
            body.starts_with(r#"{"type":"about:blank","title":"Internal Server Error","status":500,"detail":""#),
            "{body}"
        );
        assert!(!body.contains("hunter2"));
    }

    #[test]
    fn bad_fields_are_listed() {
        let problem = Problem::unprocessable(vec![FieldError::new("/amount/currency", "must be three letters")]);
        assert!(
            problem.to_json().contains(r#""errors":[{"field":"/amount/currency","detail":"must be three letters"}]"#)
        );
    }

    #[test]
    fn waiting_times_are_in_the_header() {
        for problem in [Problem::too_many_requests(7), Problem::unavailable(7)] {
            assert_eq!(problem.error_response().headers().get(header::RETRY_AFTER).unwrap(), "7");
        }
    }
}
