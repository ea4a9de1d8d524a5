//! `/orders/{order_id}/fulfilment` and its receipt.

mod failure;
mod steps;

use actix_web::HttpResponse;
use actix_web::http::header::CONTENT_TYPE;
use actix_web::web::{Data, Path};
use service_kit::{Problem, RequestId};
use shared_claims::extract::Caller;
use shared_claims::permission::orders::{ReadOrders, RequestFulfilment};

use self::steps::Wish;
use super::Service;
use super::idempotency::Idempotency;
use crate::domain::ids::OrderId;
use crate::domain::owner::Owner;
use crate::domain::party::Party;

/// `POST /orders/{order_id}/fulfilment`.
pub(super) async fn request(
    caller: Caller<RequestFulfilment>,
    order_id: Path<OrderId>,
    idempotency: Idempotency,
    request_id: RequestId,
    service: Data<Service>,
) -> Result<HttpResponse, Problem> {
    let owner = Owner::of(caller.token());
    let wish = Wish {
        party: Party::partner(&owner),
        owner: &owner,
        subject_token: caller.subject_token(),
        order_id: &order_id,
        key: idempotency.key(),
        request_id: &request_id,
    };
    let accepted = service.fulfil(&wish).await.map_err(|failure| failure.problem(&service.resource_metadata))?;
    Ok(HttpResponse::Accepted().json(accepted))
}

/// `GET /orders/{order_id}/receipt`.
pub(super) async fn receipt(
    caller: Caller<ReadOrders>,
    order_id: Path<OrderId>,
    service: Data<Service>,
) -> Result<HttpResponse, Problem> {
    let receipt = service.store.find_receipt(&Owner::of(caller.token()), &order_id).await?;
    let receipt = receipt.ok_or_else(Problem::not_found)?;
    Ok(HttpResponse::Ok().insert_header((CONTENT_TYPE, "application/jwt")).body(receipt))
}
