//! A protected endpoint that reads the body before it knows who calls.

use actix_web::http::Method;
use actix_web::{HttpResponse, web};
use shared_claims::extract::{Caller, Endpoint};
use shared_claims::permission::orders::WriteOrders;

async fn place_order(_: web::Json<String>, _: Caller<WriteOrders>) -> HttpResponse {
    HttpResponse::Created().finish()
}

fn main() {
    let _ = Endpoint::protected(Method::POST, "/orders", place_order);
}
