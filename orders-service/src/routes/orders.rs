//! `/orders`: the protected resource.

use actix_web::HttpResponse;
use actix_web::web::{Data, Json, Path, Query};
use serde::Deserialize;
use service_kit::body::JsonBody;
use service_kit::page::{Page, PageQuery};
use service_kit::{Outcome, Problem};
use shared_claims::extract::Caller;
use shared_claims::permission::orders::{ReadOrders, WriteOrders};

use super::Service;
use super::idempotency::Idempotency;
use crate::domain::ids::{AccountId, OrderId};
use crate::domain::order::{NewOrder, Order};
use crate::domain::owner::Owner;
use crate::domain::party::Party;

/// `POST /orders`.
pub(super) async fn create(
    caller: Caller<WriteOrders>,
    idempotency: Idempotency,
    JsonBody(new): JsonBody<NewOrder>,
    service: Data<Service>,
) -> Result<HttpResponse, Problem> {
    let (owner, now) = (Owner::of(caller.token()), service.clock.micros());
    let fingerprint = idempotency.fingerprint(&new)?;
    let order = Order::place(new, now);
    let once = idempotency.once(&owner, fingerprint, &order, now)?;
    let event = Party::partner(&owner).event("order.create", Outcome::Allowed, now);
    let event = event.object(order.order_id.as_str());
    Ok(service.store.insert_order(order, once, event).await?.into())
}

/// Which orders are asked for, besides the page.
#[derive(Deserialize)]
pub(super) struct Filter {
    account_id: Option<String>,
}

/// `GET /orders`.
pub(super) async fn list(
    caller: Caller<ReadOrders>,
    page: PageQuery,
    Query(filter): Query<Filter>,
    service: Data<Service>,
) -> Result<Json<Page<Order>>, Problem> {
    let account = filter.account_id.map(AccountId::try_from).transpose();
    let account = account.map_err(|error| Problem::invalid_field("account_id", error.to_string()))?;
    let (owner, after) = (Owner::of(caller.token()), page.after());
    let orders = service.store.list_orders(&owner, account.as_ref(), after, page.fetch_limit()).await?;
    let orders = orders.ok_or_else(Problem::not_found)?;
    Ok(Json(page.page(orders, |order| order.order_id.to_string())))
}

/// `GET /orders/{order_id}`.
pub(super) async fn read(
    caller: Caller<ReadOrders>,
    id: Path<OrderId>,
    service: Data<Service>,
) -> Result<Json<Order>, Problem> {
    let order = service.store.find_order(&Owner::of(caller.token()), &id).await?;
    order.map(Json).ok_or_else(Problem::not_found)
}
