//! `GET /.well-known/jwks.json` (RFC 7517 section 5).

use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use actix_web::{HttpResponse, Responder};

use super::Shared;

pub async fn show(state: Shared) -> impl Responder {
    HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, "application/jwk-set+json"))
        .insert_header((CACHE_CONTROL, "public, max-age=300"))
        .json(state.ring.document())
}
