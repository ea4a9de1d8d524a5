//! What the handlers of partners share.

use actix_web::http::StatusCode;
use actix_web::http::header::CACHE_CONTROL;
use actix_web::{HttpResponse, HttpResponseBuilder};
use service_kit::Secret;

use crate::peers::Clients;
use crate::routes::Trail;

/// auth-service's clients, and the trail in which is kept what was done to them.
pub struct Desk {
    /// Where partners are kept.
    pub clients: Clients,
    /// Where it is written down.
    pub trail: Trail,
}

/// An answer that is nobody else's to keep: it may hold a secret.
pub(super) fn answer(status: StatusCode) -> HttpResponseBuilder {
    let mut answer = HttpResponse::build(status);
    answer.insert_header((CACHE_CONTROL, "no-store")).content_type("application/json");
    answer
}

/// With auth-service's own words.
pub(super) fn passed_on(body: &Secret) -> HttpResponse {
    answer(StatusCode::OK).body(body.expose().clone())
}
