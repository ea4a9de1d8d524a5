//! The two answers.

use actix_web::{HttpResponse, web};

use super::Readiness;
use crate::problem::Problem;

pub(crate) async fn healthz() -> HttpResponse {
    HttpResponse::Ok().content_type("application/json").body(r#"{"status":"ok"}"#)
}

pub(crate) async fn readyz(readiness: web::Data<Readiness>) -> Result<HttpResponse, Problem> {
    let missing = readiness.missing().await;
    if missing.is_empty() {
        return Ok(healthz().await);
    }
    Err(Problem::unavailable(1).with_detail(format!("Not ready: {}.", missing.join(", "))))
}
