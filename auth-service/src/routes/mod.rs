//! Every endpoint, in one table.

mod account;
mod assets;
mod audit_events;
mod authorize;
mod client_secrets;
mod clients;
mod consent;
mod end_session;
mod in_time;
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
use in_time::{api, page};

/// The state, as handlers get it.
pub type Shared = web::Data<State>;

/// The table. Nothing is registered that is not in it. What a person waits for has a bound for all of its steps: in the
/// table, or in the handler where the answer to "too late" has a form of its own.
#[must_use]
pub fn endpoints() -> Vec<Endpoint> {
    let (get, post, patch, delete) = (|| Method::GET, || Method::POST, || Method::PATCH, || Method::DELETE);
    vec![
        Endpoint::public(get(), "/.well-known/oauth-authorization-server", metadata::oauth),
        Endpoint::public(get(), "/.well-known/openid-configuration", metadata::openid),
        Endpoint::public(get(), "/.well-known/jwks.json", jwks::show),
        Endpoint::credentials(post(), "/login", api(login::login)),
        Endpoint::credentials(post(), "/oauth/token", token::token),
        Endpoint::credentials(post(), "/oauth/par", par::push),
        Endpoint::public(get(), "/oauth/authorize", page(authorize::get)),
        Endpoint::public(post(), "/oauth/authorize", page(authorize::post)),
        Endpoint::protected(get(), "/oauth/userinfo", api(userinfo::show)),
        Endpoint::protected(post(), "/oauth/userinfo", api(userinfo::show)),
        Endpoint::public(get(), "/oauth/logout", page(end_session::get)),
        Endpoint::public(post(), "/oauth/logout", end_session::post),
        Endpoint::public(get(), "/consent", page(consent::show)),
        Endpoint::credentials(post(), "/consent", page(consent::decide)),
        Endpoint::public(get(), "/sign-in", page(sign_in::show)),
        Endpoint::credentials(post(), "/sign-in", page(sign_in::submit)),
        Endpoint::credentials(post(), "/sign-in/link", page(sign_in_link::ask)),
        Endpoint::public(get(), "/sign-in/link", page(sign_in_link::show)),
        Endpoint::public(get(), sign_in_link::SENT_PATH, page(sign_in_link::sent)),
        Endpoint::credentials(post(), "/sign-in/link/confirm", page(sign_in_link::confirm)),
        Endpoint::credentials(get(), "/account", page(account::show)),
        Endpoint::credentials(post(), "/account/withdraw", page(account::withdraw)),
        Endpoint::public(get(), "/sign-out", page(sign_out::show)),
        Endpoint::credentials(post(), "/sign-out", page(sign_out::submit)),
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
        Endpoint::protected(post(), "/users", api(users::create)),
        Endpoint::protected(get(), "/users", users::list),
        Endpoint::protected(get(), "/users/{user_id}", users::show),
        Endpoint::protected(patch(), "/users/{user_id}", api(users::change)),
        Endpoint::protected(delete(), "/users/{user_id}", users::delete),
        Endpoint::protected(get(), "/audit-events", audit_events::list),
    ]
}

/// An id from a path. What can be none names nothing; and PostgreSQL answers a text with NUL with an error.
fn path_id(text: String) -> Result<String, Problem> {
    if text.chars().any(char::is_control) { Err(Problem::not_found()) } else { Ok(text) }
}
