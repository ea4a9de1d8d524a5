//! Every endpoint, in one table.

mod account;
mod assets;
mod audit_events;
mod authorize;
mod client_secrets;
mod clients;
mod consent;
mod end_session;
mod jwks;
mod login;
mod metadata;
mod oauth;
mod page_form;
mod par;
mod refusals;
mod sign_in;
mod sign_in_link;
mod sign_out;
mod token;
mod userinfo;
mod users;

use actix_web::http::Method;
use actix_web::web;
use service_kit::Problem;
use shared_claims::extract::Endpoint;

use crate::state::State;

/// The state, as handlers get it.
pub type Shared = web::Data<State>;

/// The table. Nothing is registered that is not in it.
#[must_use]
pub fn endpoints() -> Vec<Endpoint> {
    let (get, post, patch, delete) = (|| Method::GET, || Method::POST, || Method::PATCH, || Method::DELETE);
    vec![
        Endpoint::public(get(), "/.well-known/oauth-authorization-server", metadata::oauth),
        Endpoint::public(get(), "/.well-known/openid-configuration", metadata::openid),
        Endpoint::public(get(), "/.well-known/jwks.json", jwks::show),
        Endpoint::credentials(post(), "/login", login::login),
        Endpoint::credentials(post(), "/oauth/token", token::token),
        Endpoint::credentials(post(), "/oauth/par", par::push),
        Endpoint::public(get(), "/oauth/authorize", authorize::get),
        Endpoint::public(post(), "/oauth/authorize", authorize::post),
        Endpoint::protected(get(), "/oauth/userinfo", userinfo::show),
        Endpoint::protected(post(), "/oauth/userinfo", userinfo::show),
        Endpoint::public(get(), "/oauth/logout", end_session::get),
        Endpoint::public(post(), "/oauth/logout", end_session::post),
        Endpoint::public(get(), "/consent", consent::show),
        Endpoint::credentials(post(), "/consent", consent::decide),
        Endpoint::public(get(), "/sign-in", sign_in::show),
        Endpoint::credentials(post(), "/sign-in", sign_in::submit),
        Endpoint::credentials(post(), "/sign-in/link", sign_in_link::ask),
        Endpoint::public(get(), "/sign-in/link", sign_in_link::show),
        Endpoint::credentials(post(), "/sign-in/link/confirm", sign_in_link::confirm),
        Endpoint::credentials(get(), "/account", account::show),
        Endpoint::credentials(post(), "/account/withdraw", account::withdraw),
        Endpoint::public(get(), "/sign-out", sign_out::show),
        Endpoint::credentials(post(), "/sign-out", sign_out::submit),
        Endpoint::public(get(), "/assets/style.css", assets::style_sheet),
        Endpoint::protected(post(), "/clients", clients::register),
        Endpoint::protected(get(), "/clients", clients::list),
        Endpoint::protected(get(), "/clients/{client_id}", clients::show),
        Endpoint::protected(patch(), "/clients/{client_id}", clients::change),
        Endpoint::protected(delete(), "/clients/{client_id}", clients::delete),
        Endpoint::protected(post(), "/clients/{client_id}/suspend", clients::suspend),
        Endpoint::protected(post(), "/clients/{client_id}/resume", clients::resume),
        Endpoint::protected(post(), "/clients/{client_id}/secrets", client_secrets::add),
        Endpoint::protected(delete(), "/clients/{client_id}/secrets/{secret_id}", client_secrets::remove),
        Endpoint::protected(post(), "/users", users::create),
        Endpoint::protected(get(), "/users", users::list),
        Endpoint::protected(get(), "/users/{user_id}", users::show),
        Endpoint::protected(patch(), "/users/{user_id}", users::change),
        Endpoint::protected(delete(), "/users/{user_id}", users::delete),
        Endpoint::protected(get(), "/audit-events", audit_events::list),
    ]
}

/// An id from a path. What can be none names nothing; and PostgreSQL answers a text with NUL with an error.
fn path_id(text: String) -> Result<String, Problem> {
    if text.chars().any(char::is_control) { Err(Problem::not_found()) } else { Ok(text) }
}
