//! `POST /partners/{client_id}/secrets` and `DELETE …/secrets/{secret_id}`: a new secret beside the old one, and the end
//! of the old one, so that a partner can change over without a gap.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use service_kit::{AuditEvent, Problem, Secret};
use shared_claims::extract::Caller;
use shared_claims::permission::admin::ManagePartners;

use crate::domain::{NewSecret, PartnerId, SecretId};
use crate::routes::desk::{Desk, answer, nothing_new};
use crate::routes::input::OptionalJson;

pub(in crate::routes) async fn add_secret(
    caller: Caller<ManagePartners>,
    id: web::Path<PartnerId>,
    OptionalJson(wanted): OptionalJson<NewSecret>,
    desk: web::Data<Desk>,
) -> Result<HttpResponse, Problem> {
    let (clients, id) = (desk.clients(&caller), id.into_inner());
    // Until it has a name of its own, the partner's has to do.
    let event = desk.trail.event("secret.add", &caller).partner(&id).object(&id);
    let add = async move { clients.add_secret(&id, &wanted).await };
    let named = |event: AuditEvent, (secret_id, _): &(SecretId, Secret)| event.object(secret_id);
    let (_, body) = desk.carry_out(event, add, named).await?;
    Ok(answer(StatusCode::CREATED).body(body.expose().clone()))
}

pub(in crate::routes) async fn remove_secret(
    caller: Caller<ManagePartners>,
    path: web::Path<(PartnerId, SecretId)>,
    desk: web::Data<Desk>,
) -> Result<HttpResponse, Problem> {
    let (id, secret_id) = path.into_inner();
    let event = desk.trail.event("secret.remove", &caller).partner(&id).object(&secret_id);
    let clients = desk.clients(&caller);
    let remove = async move { clients.remove_secret(&id, &secret_id).await };
    desk.carry_out(event, remove, nothing_new).await?;
    Ok(HttpResponse::NoContent().finish())
}
