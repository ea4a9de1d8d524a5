//! `POST /partners/{client_id}/suspend` and `/resume`: whether a partner gets tokens.

use actix_web::{HttpResponse, web};
use service_kit::Problem;
use shared_claims::extract::Caller;
use shared_claims::permission::admin::ManagePartners;

use crate::domain::PartnerId;
use crate::routes::desk::{Desk, nothing_new, passed_on};

pub(in crate::routes) async fn suspend(
    caller: Caller<ManagePartners>,
    id: web::Path<PartnerId>,
    desk: web::Data<Desk>,
) -> Result<HttpResponse, Problem> {
    let (clients, id) = (desk.clients(&caller), id.into_inner());
    let event = desk.trail.event("partner.suspend", &caller).partner(&id).object(&id);
    let suspend = async move { clients.suspend(&id).await };
    Ok(passed_on(&desk.carry_out(event, suspend, nothing_new).await?))
}

pub(in crate::routes) async fn resume(
    caller: Caller<ManagePartners>,
    id: web::Path<PartnerId>,
    desk: web::Data<Desk>,
) -> Result<HttpResponse, Problem> {
    let (clients, id) = (desk.clients(&caller), id.into_inner());
    let event = desk.trail.event("partner.resume", &caller).partner(&id).object(&id);
    let resume = async move { clients.resume(&id).await };
    Ok(passed_on(&desk.carry_out(event, resume, nothing_new).await?))
}
