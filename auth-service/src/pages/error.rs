//! What went wrong, and what to do.

use std::borrow::Cow;
use std::fmt;

use actix_web::http::StatusCode;
use actix_web::http::header::RETRY_AFTER;
use actix_web::{HttpResponse, ResponseError};
use askama::Template;
use service_kit::Problem;
use service_kit::request_id::RequestId;

use super::page::Page as _;

/// No cause, and nothing of what was sent: only what helps the person.
#[derive(Template)]
#[template(path = "error.html")]
pub struct ErrorPage {
    title: Cow<'static, str>,
    advice: Cow<'static, str>,
    request_id: Option<RequestId>,
}

impl ErrorPage {
    /// With the id of the request that is being answered.
    pub fn new(title: impl Into<Cow<'static, str>>, advice: impl Into<Cow<'static, str>>) -> Self {
        Self { title: title.into(), advice: advice.into(), request_id: RequestId::current() }
    }

    /// For an error of which the status is known, and how many seconds to wait, if that helps.
    fn of(status: StatusCode, wait: Option<&str>) -> Self {
        let again = match wait {
            Some(seconds) if seconds != "1" => Cow::from(format!("Wait {seconds} seconds, then try again.")),
            _ => Cow::from("Wait a moment, then try again."),
        };
        match status {
            StatusCode::TOO_MANY_REQUESTS => Self::new("Too many tries", again),
            StatusCode::SERVICE_UNAVAILABLE => Self::new("Too much to do just now", again),
            StatusCode::FORBIDDEN => Self::new(
                "This form was not sent from our page",
                "Nothing was done. Open the page again and send the form from there. The browser must accept cookies.",
            ),
            StatusCode::NOT_FOUND => Self::new("There is nothing here", "It may have been here, and be gone by now."),
            status if status.is_server_error() => Self::new(
                "Something went wrong here",
                "Try again. If it happens again, tell those who run this service, with the number below.",
            ),
            _ => Self::new(
                "This request cannot be answered",
                "Go back to where you came from, and start again from there.",
            ),
        }
    }
}

/// A failed request for a page. As an error of a handler it becomes a page; the cause goes to the log, as with a
/// [`Problem`].
#[derive(Debug)]
pub struct PageError(Problem);

impl<E: Into<Problem>> From<E> for PageError {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

impl fmt::Display for PageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl ResponseError for PageError {
    fn status_code(&self) -> StatusCode {
        self.0.status()
    }

    fn error_response(&self) -> HttpResponse {
        // Its headers, and a line in the log if there is a cause.
        let problem = self.0.error_response();
        let wait = problem.headers().get(RETRY_AFTER);
        let page = ErrorPage::of(problem.status(), wait.and_then(|wait| wait.to_str().ok()));
        let mut answer = page.answer(problem.status(), None);
        if let Some(wait) = wait {
            answer.headers_mut().insert(RETRY_AFTER, wait.clone());
        }
        answer
    }
}

#[cfg(test)]
mod tests {
    use actix_web::body::to_bytes;

    use super::*;

    #[actix_web::test]
    async fn a_problem_becomes_a_page_that_tells_when_to_come_again_and_no_cause() {
        let problems = [
            (Problem::too_many_requests(42), "Wait 42 seconds"),
            (Problem::unavailable(1).with_cause("password=hunter2"), "Wait a moment"),
            (Problem::internal("password=hunter2"), "Something went wrong here"),
            (Problem::forbidden("x"), "not sent from our page"),
            (Problem::bad_request("x"), "start again"),
        ];
        for (problem, text) in problems {
            let waits = problem.error_response().headers().contains_key(RETRY_AFTER);
            let answer = PageError::from(problem).error_response();
            assert_eq!(answer.headers().contains_key(RETRY_AFTER), waits, "{text}");
            let body = String::from_utf8(to_bytes(answer.into_body()).await.unwrap().to_vec()).unwrap();
            assert!(body.contains(text) && !body.contains("hunter2"), "{body}");
        }
    }
}
