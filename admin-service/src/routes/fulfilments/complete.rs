//! `POST /fulfilments/{fulfilment_id}/complete`: an operator says that it is done.

use actix_web::{HttpResponse, web};
use service_kit::Problem;
use shared_claims::extract::Caller;
use shared_claims::permission::admin::CompleteFulfilment;

use super::body::FulfilmentBody;
use crate::domain::FulfilmentId;
use crate::routes::Trail;
use crate::store::Fulfilments;

pub(in crate::routes) async fn complete(
    caller: Caller<CompleteFulfilment>,
    id: web::Path<FulfilmentId>,
    trail: web::Data<Trail>,
    fulfilments: web::Data<Fulfilments>,
) -> Result<HttpResponse, Problem> {
    let id = id.into_inner();
    let event = trail.event("fulfilment.complete", &caller).object(&id);
    let completed = fulfilments.complete(id, trail.now(), event).await?.ok_or_else(Problem::not_found)?;
    Ok(HttpResponse::Ok().json(FulfilmentBody::from(completed)))
}
