//! `GET /assets/style.css`.

use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use actix_web::{HttpRequest, HttpResponse};

use crate::pages::style;

/// Pages name it with its version, and so it may be kept for good. Another version is that of another replica, before or
/// after an update: it gets what is here, and nobody keeps that under the wrong name.
pub async fn style_sheet(request: HttpRequest) -> HttpResponse {
    let is_this_one = request.query_string() == format!("v={:016x}", style::VERSION);
    let kept = if is_this_one { "public, max-age=31536000, immutable" } else { "no-store" };
    HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, "text/css; charset=utf-8"))
        .insert_header((CACHE_CONTROL, kept))
        .body(style::TEXT)
}
