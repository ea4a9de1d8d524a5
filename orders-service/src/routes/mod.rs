//! The endpoints. The table is the only place where routes are registered, so the tests that go through it have gone
//! through every route.

mod accounts;
mod audit_events;
mod cors;
mod fulfilment;
mod idempotency;
mod orders;
mod problems;
mod refusals;
mod well_known;

pub(crate) use cors::register_endpoints;
pub(crate) use refusals::watch;
pub(crate) use well_known::{Documents, resource_metadata_url};

use actix_web::HttpResponse;
use actix_web::http::Method;
use shared_claims::clock::Clock;
use shared_claims::extract::Endpoint;

use crate::domain::idempotency::Answer;
use crate::peers::AdminService;
use crate::store::Store;
use crate::tokens::ReceiptSigner;

/// Method, path and handler of every endpoint. Who may call it is read off the handler's `Caller<Permission>`.
#[must_use]
pub fn endpoints() -> Vec<Endpoint> {
    vec![
        Endpoint::public(Method::GET, "/.well-known/oauth-protected-resource", well_known::protected_resource),
        Endpoint::public(Method::GET, "/.well-known/jwks.json", well_known::jwks),
        Endpoint::protected(Method::POST, "/accounts", accounts::create),
        Endpoint::protected(Method::GET, "/accounts", accounts::list),
        Endpoint::protected(Method::GET, "/accounts/{account_id}", accounts::read),
        Endpoint::protected(Method::POST, "/orders", orders::create),
        Endpoint::protected(Method::GET, "/orders", orders::list),
        Endpoint::protected(Method::GET, "/orders/{order_id}", orders::read),
        Endpoint::protected(Method::POST, "/orders/{order_id}/fulfilment", fulfilment::request),
        Endpoint::protected(Method::GET, "/orders/{order_id}/receipt", fulfilment::receipt),
        Endpoint::protected(Method::GET, "/audit-events", audit_events::list),
    ]
}

/// What handlers work with, as `web::Data`.
pub(crate) struct Service {
    pub(crate) store: Store,
    pub(crate) clock: Clock,
    pub(crate) receipts: ReceiptSigner,
    pub(crate) admin: AdminService,
    /// Named in every challenge.
    pub(crate) resource_metadata: String,
}

impl From<Answer> for HttpResponse {
    fn from(answer: Answer) -> Self {
        let status = actix_web::http::StatusCode::from_u16(answer.status).unwrap_or_default();
        Self::build(status).content_type("application/json").body(answer.body)
    }
}
