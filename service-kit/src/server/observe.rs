//! One line in the access log and one count in the metrics for each request.

use std::time::Instant;

use actix_web::Error;
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use log::Level;

use super::meters;
use crate::request_id::RequestId;

/// Name of the service, for labels.
#[derive(Clone, Copy)]
pub(super) struct Service(pub(super) &'static str);

/// Middleware. It tells the route's pattern and not the path, and never the query, a header or a body: those hold ids
/// and secrets.
pub(super) async fn observe<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, Error> {
    let start = Instant::now();
    let method = known(request.method());
    let service = request.app_data::<Service>().map_or("", |service| service.0);
    let answer = next.call(request).await;
    let (status, route) = match &answer {
        Ok(response) => (response.status(), response.request().match_pattern()),
        Err(error) => (error.as_response_error().status_code(), None),
    };
    record(service, method, route.as_deref().unwrap_or("(none)"), status, start);
    answer
}

fn record(service: &'static str, method: &'static str, route: &str, status: StatusCode, start: Instant) {
    let taken = start.elapsed();
    meters::count(service, method, route, status, taken);
    let level = level(route, status);
    if log::log_enabled!(target: "access", level) {
        let id = RequestId::current();
        let id = id.as_ref().map_or("-", RequestId::as_str);
        let (status, micros) = (status.as_u16(), taken.as_micros());
        log::log!(target: "access", level, "{service} {method} {route} {status} {micros}us {id}");
    }
}

/// Whoever watches a service asks every few seconds whether it is well. That it is would drown all else in the log.
fn level(route: &str, status: StatusCode) -> Level {
    if matches!(route, "/healthz" | "/readyz") && status.is_success() { Level::Debug } else { Level::Info }
}

/// A method that a caller invents must not become a metric of its own.
fn known(method: &Method) -> &'static str {
    let names = ["GET", "POST", "PATCH", "PUT", "DELETE", "HEAD", "OPTIONS"];
    names.into_iter().find(|name| *name == method.as_str()).unwrap_or("other")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn that_a_service_is_well_is_not_said_every_few_seconds_but_that_it_is_not_is() {
        assert_eq!(level("/healthz", StatusCode::OK), Level::Debug);
        assert_eq!(level("/readyz", StatusCode::OK), Level::Debug);
        assert_eq!(level("/readyz", StatusCode::SERVICE_UNAVAILABLE), Level::Info);
        assert_eq!(level("/orders", StatusCode::OK), Level::Info);
    }
}
