//! The management port: `/metrics` (and the health endpoints), and nothing of the service.

use actix_web::body::{BoxBody, EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::middleware::Next;
use actix_web::{Error, HttpResponse, ResponseError as _};

use crate::metrics;
use crate::problem::Problem;

/// Which local port is for management.
#[derive(Clone, Copy)]
pub(super) struct ManagementPort(pub(super) Option<u16>);

/// Middleware: answers what came in on the management port itself. One server with two listeners stops as one; a second
/// server would need a second orderly end.
pub(super) async fn split<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B, BoxBody>>, Error> {
    let management = request.app_data::<ManagementPort>().and_then(|port| port.0);
    if management != Some(request.app_config().local_addr().port()) {
        return next.call(request).await.map(ServiceResponse::map_into_left_body);
    }
    let answer = match (request.method(), request.path()) {
        (&Method::GET, "/metrics") => {
            HttpResponse::Ok().content_type("text/plain; version=0.0.4; charset=utf-8").body(metrics::render())
        }
        (&Method::GET, "/healthz") => crate::health::healthz().await,
        _ => Problem::not_found().error_response(),
    };
    Ok(request.into_response(answer).map_into_right_body())
}
