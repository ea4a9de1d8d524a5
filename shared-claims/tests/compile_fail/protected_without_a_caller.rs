//! A protected endpoint whose handler does not say who may call it.

use actix_web::http::Method;
use actix_web::{HttpResponse, web};
use shared_claims::extract::Endpoint;

async fn show_order(id: web::Path<String>) -> HttpResponse {
    HttpResponse::Ok().body(id.into_inner())
}

fn main() {
    let _ = Endpoint::protected(Method::GET, "/orders/{id}", show_order);
}
