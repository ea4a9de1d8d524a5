//! What is shown, and the headers that go with every page.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use askama::Template;

use super::orders::ShownOrder;

pub(super) const STYLE: &str = include_str!("../../templates/site.css");

/// `/` for somebody whose account is not connected.
#[derive(Template)]
#[template(path = "welcome.html")]
pub(super) struct Welcome<'p> {
    pub(super) csrf: &'p str,
    pub(super) issuer: &'p str,
}

/// `/` for somebody whose account is connected.
#[derive(Template)]
#[template(path = "connected.html")]
pub(super) struct Connected<'p> {
    pub(super) csrf: &'p str,
    pub(super) name: &'p str,
    pub(super) email: Option<&'p str>,
    pub(super) orders: &'p [ShownOrder],
    /// Of the order form.
    pub(super) key: &'p str,
}

/// Trouble.
#[derive(Template)]
#[template(path = "trouble.html")]
pub(super) struct Troubled<'p> {
    pub(super) title: &'p str,
    pub(super) what: &'p str,
}

/// `/what-the-browser-sent`.
#[derive(Template)]
#[template(path = "sent.html")]
pub(super) struct Sent<'p> {
    pub(super) headers: &'p [(String, String)],
    pub(super) cookies: &'p [String],
}

/// No scripts, nothing from elsewhere, in nobody's frame. Forms stay here; the one that connects an account is
/// redirected to the authorization server, which browsers count as a place that the form goes to.
pub(super) fn policy(authorization_server: &str) -> String {
    format!(
        "default-src 'none'; style-src 'self'; form-action 'self' {authorization_server}; frame-ancestors 'none'; \
         base-uri 'none'"
    )
}

/// A page with its headers.
pub(super) fn answer(policy: &str, status: StatusCode, page: &impl Template) -> HttpResponse {
    match page.render() {
        Ok(html) => HttpResponse::build(status)
            .insert_header((CONTENT_TYPE, "text/html; charset=utf-8"))
            .insert_header((CONTENT_SECURITY_POLICY, policy))
            .insert_header((CACHE_CONTROL, "no-store"))
            // The URL of the way back holds a code.
            .insert_header((REFERRER_POLICY, "no-referrer"))
            .insert_header((X_CONTENT_TYPE_OPTIONS, "nosniff"))
            .body(html),
        Err(_) => HttpResponse::InternalServerError().finish(),
    }
}
