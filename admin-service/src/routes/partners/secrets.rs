//! `POST /partners/{client_id}/secrets` and `DELETE …/secrets/{secret_id}`: a new secret beside the old one, and the end
//! of the old one, so that a partner can change over without a gap.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use service_kit::Problem;
use shared_claims::extract::Caller;
use shared_claims::permission::admin::ManagePartners;

use super::desk::{Desk, answer};
use crate::domain::{NewSecret, PartnerId, SecretId};
use crate::routes::input::OptionalJson;

pub(in crate::routes) async fn add_secret(
    caller: Caller<ManagePartners>,
    id: web::Path<PartnerId>,
    OptionalJson(wanted): OptionalJson<NewSecret>,
    desk: web::Data<Desk>,
) -> Result<HttpResponse, Problem> {
    let event = desk.trail.event("secret.add", &caller).partner(&*id);
    desk.trail.ready().await?;
    let ended = desk.clients.add_secret(caller.subject_token(), &id, &wanted).await;
    let event = match &ended {
        Ok((secret_id, _)) => event.object(secret_id),
        Err(_) => event.object(&*id),
    };
    let (_, body) = desk.trail.settle(event, ended).await?;
    Ok(answer(StatusCode::CREATED).body(body.expose().clone()))
}

pub(in crate::routes) async fn remove_secret(
    caller: Caller<ManagePartners>,
    path: web::Path<(PartnerId, SecretId)>,
    desk: web::Data<Desk>,
) -> Result<HttpResponse, Problem> {
    let (id, secret_id) = path.into_inner();
    let event = desk.trail.event("secret.remove", &caller).partner(&id).object(&secret_id);
    desk.trail.ready().await?;
    let ended = desk.clients.remove_secret(caller.subject_token(), &id, &secret_id).await;
    desk.trail.settle(event, ended).await?;
    Ok(HttpResponse::NoContent().finish())
}
