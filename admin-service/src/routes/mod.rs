//! The table of endpoints. Whoever may call one is read off its handler's signature.

mod audit_events;
mod desk;
mod fulfilments;
mod input;
mod partners;
mod refusals;
mod trail;
mod users;
mod well_known;

pub use audit_events::OtherTrails;
pub use desk::Desk;
pub use refusals::observer;
pub use trail::Trail;
pub use well_known::WellKnown;

use actix_web::http::Method;
use shared_claims::extract::Endpoint;

/// Every endpoint of this service; `/healthz`, `/readyz` and `/metrics` are service-kit's.
#[must_use]
pub fn endpoints() -> Vec<Endpoint> {
    vec![
        Endpoint::public(Method::GET, "/.well-known/oauth-protected-resource", well_known::protected_resource),
        Endpoint::public(Method::GET, "/.well-known/jwks.json", well_known::jwks),
        Endpoint::protected(Method::POST, "/partners", partners::register),
        Endpoint::protected(Method::GET, "/partners", partners::list),
        Endpoint::protected(Method::GET, "/partners/{client_id}", partners::find),
        Endpoint::protected(Method::PATCH, "/partners/{client_id}", partners::change),
        Endpoint::protected(Method::POST, "/partners/{client_id}/suspend", partners::suspend),
        Endpoint::protected(Method::POST, "/partners/{client_id}/resume", partners::resume),
        Endpoint::protected(Method::POST, "/partners/{client_id}/secrets", partners::add_secret),
        Endpoint::protected(Method::DELETE, "/partners/{client_id}/secrets/{secret_id}", partners::remove_secret),
        Endpoint::protected(Method::POST, "/users", users::create),
        Endpoint::protected(Method::GET, "/users", users::list),
        Endpoint::protected(Method::GET, "/users/{user_id}", users::find),
        Endpoint::protected(Method::PATCH, "/users/{user_id}", users::change),
        Endpoint::protected(Method::POST, "/fulfilments", fulfilments::accept),
        Endpoint::protected(Method::GET, "/fulfilments", fulfilments::list),
        Endpoint::protected(Method::GET, "/fulfilments/{fulfilment_id}", fulfilments::find),
        Endpoint::protected(Method::POST, "/fulfilments/{fulfilment_id}/complete", fulfilments::complete),
        Endpoint::protected(Method::GET, "/audit-events", audit_events::list),
    ]
}
