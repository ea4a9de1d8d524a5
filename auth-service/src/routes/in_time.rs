//! A bound for all that a request does. Each call to the database has one, and so has a password that waits to be hashed;
//! several of them one after the other would still take longer than anybody is promised.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use actix_web::dev::Handler;
use service_kit::Problem;
use tokio::time::timeout;

use crate::pages::PageError;

/// Longest time of a handler: below the 2 s in which a request is to be answered, and above what one call may take
/// ([`CALL_LIMIT`](service_kit::database::CALL_LIMIT)), so that of a single one the handler can still tell what failed.
const LIMIT: Duration = Duration::from_millis(1900);

/// A handler for a page; what takes too long is answered by the page of a 503.
pub fn page<H>(handler: H) -> InTime<H, PageError> {
    InTime { handler, limit: LIMIT, late: |problem| problem.into() }
}

/// A handler of an API; what takes too long is answered by a problem body.
pub fn api<H>(handler: H) -> InTime<H, Problem> {
    InTime { handler, limit: LIMIT, late: |problem| problem }
}

/// A handler that gives up. A write that has begun goes on without it and may take place, so whatever is bounded by this
/// must be safe to try again. It is, but for what is good once: a link or a pushed request is used up together with what it
/// brings, and if nobody gets that answer, the person asks for another link, or the client pushes again.
pub struct InTime<H, E> {
    handler: H,
    limit: Duration,
    late: fn(Problem) -> E,
}

impl<H: Clone, E> Clone for InTime<H, E> {
    fn clone(&self) -> Self {
        Self { handler: self.handler.clone(), limit: self.limit, late: self.late }
    }
}

impl<Args, H, E> Handler<Args> for InTime<H, E>
where
    H: Handler<Args>,
    H::Future: 'static,
    E: 'static,
{
    type Output = Result<H::Output, E>;
    type Future = Pin<Box<dyn Future<Output = Self::Output>>>;

    fn call(&self, args: Args) -> Self::Future {
        let (answer, limit, late) = (self.handler.call(args), self.limit, self.late);
        Box::pin(async move {
            timeout(limit, answer).await.map_err(|_| {
                let cause = format!("no answer within {} ms", limit.as_millis());
                late(Problem::unavailable(1).with_cause(cause))
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::{CONTENT_TYPE, RETRY_AFTER};
    use actix_web::{HttpResponse, ResponseError as _};

    use super::*;

    async fn never() -> HttpResponse {
        std::future::pending().await
    }

    async fn at_once() -> HttpResponse {
        HttpResponse::Ok().finish()
    }

    #[actix_web::test]
    async fn what_takes_too_long_is_a_503_that_says_when_to_come_again() {
        let page = InTime { limit: Duration::ZERO, ..page(never) };
        let api = InTime { limit: Duration::ZERO, ..api(never) };
        let (page, problem) = (page.call(()).await.unwrap_err(), api.call(()).await.unwrap_err());
        for (answer, kind) in [(page.error_response(), "text/html"), (problem.error_response(), "application/problem")]
        {
            assert_eq!(answer.status(), 503);
            assert_eq!(answer.headers().get(RETRY_AFTER).unwrap(), "1");
            assert!(answer.headers().get(CONTENT_TYPE).unwrap().to_str().unwrap().starts_with(kind));
        }
    }

    #[actix_web::test]
    async fn what_is_in_time_passes() {
        assert_eq!(page(at_once).call(()).await.unwrap().status(), 200);
    }

    #[test]
    fn a_single_call_that_is_late_is_told_of_by_the_handler_and_all_together_are_in_time() {
        assert!(service_kit::database::CALL_LIMIT < LIMIT && LIMIT < Duration::from_secs(2));
    }
}
