//! `POST /partners/{client_id}/suspend` and `/resume`: whether a partner gets tokens.

use actix_web::{HttpResponse, web};
use service_kit::Problem;
use shared_claims::extract::Caller;
use shared_claims::permission::admin::ManagePartners;

use super::desk::{Desk, passed_on};
use crate::domain::PartnerId;

pub(in crate::routes) async fn suspend(
    caller: Caller<ManagePartners>,
    id: web::Path<PartnerId>,
    desk: web::Data<Desk>,
) -> Result<HttpResponse, Problem> {
    let event = desk.trail.event("partner.suspend", &caller).partner(&*id).object(&*id);
    desk.trail.ready().await?;
    let ended = desk.clients.suspend(caller.subject_token(), &id).await;
    Ok(passed_on(&desk.trail.settle(event, ended).await?))
}

pub(in crate::routes) async fn resume(
    caller: Caller<ManagePartners>,
    id: web::Path<PartnerId>,
    desk: web::Data<Desk>,
) -> Result<HttpResponse, Problem> {
    let event = desk.trail.event("partner.resume", &caller).partner(&*id).object(&*id);
    desk.trail.ready().await?;
    let ended = desk.clients.resume(caller.subject_token(), &id).await;
    Ok(passed_on(&desk.trail.settle(event, ended).await?))
}
