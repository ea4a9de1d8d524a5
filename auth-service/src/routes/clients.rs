//! `/clients`: admin-service registers, changes and suspends partners here, on behalf of an operator. Field names are
//! those of RFC 7591.

mod flows;
mod input;
mod output;

use actix_web::http::header::{CACHE_CONTROL, LOCATION};
use actix_web::{HttpRequest, HttpResponse, web};
use service_kit::body::JsonBody;
use service_kit::page::PageQuery;
use service_kit::{AuditEvent, Outcome, Problem};
use shared_claims::extract::Caller;
use shared_claims::ids::ClientId;
use shared_claims::permission::auth::ManageClients;

use super::{Shared, path_id, refusals::recorded};
use crate::domain::client::ClientStatus;
use crate::state::State;
use crate::store::clients::{self as store, ClientChange, Registered};

pub use input::{ChangeRequest, RegistrationRequest};
pub use output::ClientAnswer;

/// The audit row of a change: the operator did it, through admin-service.
pub(super) fn audit_row(
    state: &State,
    caller: &Caller<ManageClients>,
    action: &'static str,
    client_id: &ClientId,
) -> (service_kit::AuditLog, AuditEvent) {
    let actor = caller.token().actor().map_or("", |actor| actor.as_str());
    let event = AuditEvent::new(action, Outcome::Allowed, actor, state.clock.micros())
        .subject(caller.subject().as_str())
        .partner(client_id.as_str())
        .object(client_id.as_str());
    (state.audit.clone(), event)
}

pub async fn register(
    caller: Caller<ManageClients>,
    state: Shared,
    request: HttpRequest,
    body: JsonBody<RegistrationRequest>,
) -> Result<HttpResponse, Problem> {
    let JsonBody(asked) = body;
    let key = input::registration_key(request.headers(), caller.subject(), &asked)?;
    let (client, secret) = input::new_client(&state, &asked)?;
    let audit = audit_row(&state, &caller, "client.register", &client.client_id);
    let registered = store::insert(&state.database, client.clone(), key, audit.clone()).await;
    let answer = match recorded(registered, audit).await? {
        Registered::New => {
            let location = format!("/clients/{}", client.client_id);
            let answer = ClientAnswer::of(&client).with_secret(secret.as_ref());
            HttpResponse::Created()
                .insert_header((LOCATION, location))
                .insert_header((CACHE_CONTROL, "no-store"))
                .json(answer)
        }
        // The secret was shown when the client was new; it is not kept, so it cannot be shown again.
        Registered::Before(client) => {
            HttpResponse::Ok().insert_header((CACHE_CONTROL, "no-store")).json(ClientAnswer::of(&client))
        }
    };
    Ok(answer)
}

pub async fn list(_caller: Caller<ManageClients>, state: Shared, page: PageQuery) -> Result<HttpResponse, Problem> {
    let clients = store::page(&state.database, page.after(), page.fetch_limit()).await?;
    let page = page.page(clients, |client| client.client_id.to_string());
    Ok(HttpResponse::Ok().json(page.map(|client| ClientAnswer::of(&client))))
}

pub async fn show(
    _caller: Caller<ManageClients>,
    state: Shared,
    client_id: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let client_id = path_id(client_id.into_inner())?;
    let client = store::find(&state.database, &client_id).await?.ok_or_else(Problem::not_found)?;
    Ok(HttpResponse::Ok().json(ClientAnswer::of(&client)))
}

pub async fn change(
    caller: Caller<ManageClients>,
    state: Shared,
    client_id: web::Path<String>,
    body: JsonBody<ChangeRequest>,
) -> Result<HttpResponse, Problem> {
    let JsonBody(asked) = body;
    let change = input::change(asked)?;
    apply(&state, &caller, client_id.into_inner(), "client.change", change).await
}

pub async fn suspend(
    caller: Caller<ManageClients>,
    state: Shared,
    client_id: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let status = Some(store::status_text(ClientStatus::Suspended).to_owned());
    let change = ClientChange { status, ..ClientChange::default() };
    apply(&state, &caller, client_id.into_inner(), "client.suspend", change).await
}

pub async fn resume(
    caller: Caller<ManageClients>,
    state: Shared,
    client_id: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let status = Some(store::status_text(ClientStatus::Active).to_owned());
    let change = ClientChange { status, ..ClientChange::default() };
    apply(&state, &caller, client_id.into_inner(), "client.resume", change).await
}

async fn apply(
    state: &State,
    caller: &Caller<ManageClients>,
    client_id: String,
    action: &'static str,
    change: ClientChange,
) -> Result<HttpResponse, Problem> {
    let client_id = ClientId::new(client_id).map_err(|_| Problem::not_found())?;
    let audit = audit_row(state, caller, action, &client_id);
    let client = recorded(store::update(&state.database, &client_id, change, audit.clone()).await, audit).await?;
    state.clients.forget(client_id.as_str());
    Ok(HttpResponse::Ok().json(ClientAnswer::of(&client)))
}

pub async fn delete(
    caller: Caller<ManageClients>,
    state: Shared,
    client_id: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let client_id = ClientId::new(client_id.into_inner()).map_err(|_| Problem::not_found())?;
    let audit = audit_row(&state, &caller, "client.delete", &client_id);
    recorded(store::delete(&state.database, &client_id, audit.clone()).await, audit).await?;
    state.clients.forget(client_id.as_str());
    Ok(HttpResponse::NoContent().finish())
}
