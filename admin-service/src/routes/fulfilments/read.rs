//! `GET /fulfilments` and `GET /fulfilments/{fulfilment_id}`, of all partners.

use actix_web::{HttpResponse, web};
use service_kit::Problem;
use service_kit::page::PageQuery;
use shared_claims::extract::Caller;
use shared_claims::permission::admin::CompleteFulfilment;

use super::body::FulfilmentBody;
use crate::domain::FulfilmentId;
use crate::store::Fulfilments;

pub(in crate::routes) async fn list(
    _caller: Caller<CompleteFulfilment>,
    page: PageQuery,
    fulfilments: web::Data<Fulfilments>,
) -> Result<HttpResponse, Problem> {
    let rows = fulfilments.page(page.after().map(str::to_owned), page.fetch_limit()).await?;
    let rows = rows.into_iter().map(FulfilmentBody::from).collect();
    Ok(HttpResponse::Ok().json(page.page(rows, |row: &FulfilmentBody| row.fulfilment_id.clone())))
}

pub(in crate::routes) async fn find(
    _caller: Caller<CompleteFulfilment>,
    id: web::Path<FulfilmentId>,
    fulfilments: web::Data<Fulfilments>,
) -> Result<HttpResponse, Problem> {
    let found = fulfilments.find(id.into_inner()).await?.ok_or_else(Problem::not_found)?;
    Ok(HttpResponse::Ok().json(FulfilmentBody::from(found)))
}
