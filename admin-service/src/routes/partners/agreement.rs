//! `POST /partners` and `PATCH /partners/{client_id}`: what is agreed with a partner.

use actix_web::http::StatusCode;
use actix_web::http::header::LOCATION;
use actix_web::{HttpResponse, web};
use service_kit::body::JsonBody;
use service_kit::{AuditEvent, Problem};
use shared_claims::extract::Caller;
use shared_claims::permission::admin::ManagePartners;

use crate::domain::{PartnerChange, PartnerId, PartnerRegistration};
use crate::peers::Registered;
use crate::routes::desk::{Desk, answer, nothing_new, passed_on};
use crate::routes::input::IdempotencyHeader;

/// 201 with the secret, this once; repeated under the same Idempotency-Key, 200 without it. Without a key nothing tells
/// a repeat from another partner of the same name, so none is made up.
pub(in crate::routes) async fn register(
    caller: Caller<ManagePartners>,
    IdempotencyHeader(key): IdempotencyHeader,
    JsonBody(registration): JsonBody<PartnerRegistration>,
    desk: web::Data<Desk>,
) -> Result<HttpResponse, Problem> {
    let event = desk.trail.event("partner.register", &caller);
    let clients = desk.clients(&caller);
    let register = async move { clients.register(&registration, key.as_ref()).await };
    let registered = desk.carry_out(event, register, recorded_once).await?;
    let status = if registered.is_new { StatusCode::CREATED } else { StatusCode::OK };
    let location = format!("/partners/{}", registered.client_id);
    Ok(answer(status).insert_header((LOCATION, location)).body(registered.body.expose().clone()))
}

/// The row of a registration has the partner's own UUID: it is there once, by whichever of several repeats it was written,
/// and is written by a repeat if we were killed before.
fn recorded_once(event: AuditEvent, registered: &Registered) -> AuditEvent {
    let partner = registered.client_id.as_str();
    let event_id = format!("evt_{}", partner.strip_prefix("cli_").unwrap_or(partner));
    AuditEvent { event_id, ..event.partner(partner).object(partner) }
}

pub(in crate::routes) async fn change(
    caller: Caller<ManagePartners>,
    id: web::Path<PartnerId>,
    JsonBody(change): JsonBody<PartnerChange>,
    desk: web::Data<Desk>,
) -> Result<HttpResponse, Problem> {
    let (clients, id) = (desk.clients(&caller), id.into_inner());
    let event = desk.trail.event("partner.change", &caller).partner(&id).object(&id);
    let change = async move { clients.change(&id, &change).await };
    Ok(passed_on(&desk.carry_out(event, change, nothing_new).await?))
}
