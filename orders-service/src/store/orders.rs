//! The table `orders`.

use diesel::prelude::*;
use service_kit::database::AnyBackend;
use service_kit::{AnyConnection, AuditEvent, StoreError};

use super::schema::orders::{BoxedQuery, dsl};
use super::{Store, WriteError, accounts};
use crate::domain::amount::{Amount, Currency, MinorUnits};
use crate::domain::idempotency::{Answer, Once};
use crate::domain::ids::{AccountId, OrderId};
use crate::domain::order::{Description, Order, OrderStatus};
use crate::domain::owner::Owner;
use crate::domain::refusal::Refusal;

#[derive(Queryable, Selectable)]
#[diesel(table_name = super::schema::orders)]
struct Row {
    #[diesel(deserialize_as = String)]
    order_id: OrderId,
    #[diesel(deserialize_as = String)]
    account_id: AccountId,
    #[diesel(deserialize_as = String)]
    description: Description,
    #[diesel(deserialize_as = i64)]
    minor_units: MinorUnits,
    #[diesel(deserialize_as = String)]
    currency: Currency,
    #[diesel(deserialize_as = String)]
    status: OrderStatus,
    created_at: i64,
}

impl From<Row> for Order {
    fn from(row: Row) -> Self {
        let Row { order_id, account_id, description, minor_units, currency, status, created_at } = row;
        Self { order_id, account_id, description, amount: Amount { minor_units, currency }, status, created_at }
    }
}

impl Store {
    /// Places an order, once, and records `event` with it.
    pub async fn insert_order(&self, order: Order, once: Once, event: AuditEvent) -> Result<Answer, WriteError> {
        let owner = once.owner.clone();
        self.once(once, event, move |connection| insert(connection, &owner, &order)).await
    }

    /// One order of `owner`.
    pub async fn find_order(&self, owner: &Owner, id: &OrderId) -> Result<Option<Order>, StoreError> {
        let (owner, id) = (owner.clone(), id.clone());
        self.database.read(move |connection| find(connection, &owner, &id)).await
    }

    /// At most `limit` orders of `owner`, oldest first, from the one after the id `after` on; of `account` only, if
    /// one is given. `None` for an account that is not its partner's.
    pub async fn list_orders(
        &self,
        owner: &Owner,
        account: Option<&AccountId>,
        after: Option<&str>,
        limit: i64,
    ) -> Result<Option<Vec<Order>>, StoreError> {
        let (owner, account, after) = (owner.clone(), account.cloned(), after.map(str::to_owned));
        let rows = self.database.read(move |connection| {
            if !accounts::is_there(connection, &owner)? {
                return Ok(None);
            }
            let mut mine = orders_of(&owner);
            if let Some(account) = &account {
                mine = mine.filter(dsl::account_id.eq(account.as_str()));
            }
            if let Some(after) = &after {
                mine = mine.filter(dsl::order_id.gt(after));
            }
            mine.select(Row::as_select()).order(dsl::order_id).limit(limit).load(connection).map(Some)
        });
        Ok(rows.await?.map(|rows| rows.into_iter().map(Order::from).collect()))
    }
}

fn insert(connection: &mut AnyConnection, owner: &Owner, order: &Order) -> Result<(), WriteError> {
    accounts::admit(connection, owner)?;
    if !accounts::exists(connection, owner, order.account_id.as_str())? {
        return Err(Refusal::UnknownAccount.into());
    }
    let row = (
        dsl::order_id.eq(order.order_id.as_str()),
        dsl::owner.eq(owner.rows()),
        dsl::account_id.eq(order.account_id.as_str()),
        dsl::description.eq(order.description.as_str()),
        dsl::minor_units.eq(i64::from(order.amount.minor_units)),
        dsl::currency.eq(order.amount.currency.code()),
        dsl::status.eq(order.status.as_str()),
        dsl::created_at.eq(order.created_at),
    );
    diesel::insert_into(dsl::orders).values(row).execute(connection)?;
    Ok(())
}

/// The orders of `owner`: of an account, only its own. That one's account is its partner's needs no look here: the table's
/// foreign key has the owner in it.
fn orders_of(owner: &Owner) -> BoxedQuery<'_, AnyBackend> {
    let mine = dsl::orders.filter(dsl::owner.eq(owner.rows())).into_boxed();
    match owner.account() {
        Some(account) => mine.filter(dsl::account_id.eq(account)),
        None => mine,
    }
}

/// One order of `owner`.
pub(super) fn find(connection: &mut AnyConnection, owner: &Owner, id: &OrderId) -> QueryResult<Option<Order>> {
    let mine = orders_of(owner).filter(dsl::order_id.eq(id.as_str()));
    Ok(mine.select(Row::as_select()).first(connection).optional()?.map(Order::from))
}

/// Notes how far an order of `owner` has come.
pub(super) fn set_status(
    connection: &mut AnyConnection,
    owner: &Owner,
    id: &OrderId,
    status: OrderStatus,
) -> QueryResult<()> {
    let mine = dsl::orders.filter(dsl::owner.eq(owner.rows())).filter(dsl::order_id.eq(id.as_str()));
    diesel::update(mine).set(dsl::status.eq(status.as_str())).execute(connection).map(drop)
}
