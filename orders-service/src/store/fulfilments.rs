//! The table `fulfilments`: what makes a fulfilment safe to repeat and to be killed in.

use diesel::prelude::*;
use service_kit::{AnyConnection, AuditEvent, StoreError};

use super::error::unless_unique;
use super::idempotency::ATTEMPTS;
use super::schema::fulfilments::dsl;
use super::{Store, WriteError, accounts, orders};
use crate::domain::fulfilment::{ACCEPTED, Accepted, Fulfilment, Requested};
use crate::domain::idempotency::IdempotencyKey;
use crate::domain::ids::{FulfilmentId, OrderId};
use crate::domain::order::{Order, OrderStatus};
use crate::domain::owner::Owner;
use crate::domain::refusal::Refusal;

const REQUESTED: &str = "requested";

#[derive(Queryable, Selectable)]
#[diesel(table_name = super::schema::fulfilments)]
struct Row {
    #[diesel(deserialize_as = String)]
    fulfilment_id: FulfilmentId,
    #[diesel(deserialize_as = String)]
    order_id: OrderId,
    idempotency_key: String,
    receipt: Option<String>,
    requested_at: i64,
}

impl Row {
    fn standing(self, order: Order) -> Fulfilment {
        let Self { fulfilment_id, order_id, receipt, requested_at, .. } = self;
        match receipt {
            Some(receipt) => {
                Fulfilment::Accepted(Accepted { fulfilment_id, order_id, status: ACCEPTED, requested_at, receipt })
            }
            None => Fulfilment::Requested(Box::new(Requested { fulfilment_id, order })),
        }
    }
}

impl Store {
    /// Records at `now` that `owner` asks for fulfilment of the order under `key`, unless that is recorded already, and
    /// tells how far the fulfilment has come. `event` is recorded if it is refused.
    pub async fn request_fulfilment(
        &self,
        owner: &Owner,
        order: &OrderId,
        key: Option<&IdempotencyKey>,
        now: i64,
        event: &AuditEvent,
    ) -> Result<Fulfilment, WriteError> {
        let key = owner.fulfilment_key(key);
        for _ in 0..ATTEMPTS {
            let (owner, order, key) = (owner.clone(), order.clone(), key.clone());
            let attempt = self.database.write(move |connection| request(connection, &owner, &order, &key, now));
            match attempt.await {
                Err(WriteError::Twin) => {}
                Err(WriteError::Refused(refusal)) => return Err(self.refused(event, refusal).await),
                done => return done,
            }
        }
        Err(StoreError::Unavailable("the same request was made too often at once".to_owned()).into())
    }

    /// Keeps the receipt at `now` and records `event` with it. Of racing twins the first wins, and the other gets the
    /// winner's receipt: there is never a second one.
    pub async fn accept_fulfilment(
        &self,
        owner: &Owner,
        requested: Requested,
        receipt: String,
        now: i64,
        event: AuditEvent,
    ) -> Result<Accepted, WriteError> {
        let (owner, audit) = (owner.clone(), self.audit.clone());
        self.database
            .write(move |connection| {
                if accept(connection, &owner, &requested.fulfilment_id, &receipt, now)? {
                    orders::set_status(connection, &owner, &requested.order.order_id, OrderStatus::FulfilmentAccepted)?;
                    audit.insert(connection, &event)?;
                }
                let row = find(connection, &owner, &requested.order.order_id)?.ok_or(Refusal::UnknownOrder)?;
                match row.standing(requested.order.clone()) {
                    Fulfilment::Accepted(accepted) => Ok(accepted),
                    Fulfilment::Requested(_) => Err(WriteError::Twin),
                }
            })
            .await
    }

    /// The receipt of an order of `owner`, once there is one.
    pub async fn find_receipt(&self, owner: &Owner, order: &OrderId) -> Result<Option<String>, StoreError> {
        let (owner, order) = (owner.clone(), order.clone());
        let row = self.database.read(move |connection| match orders::find(connection, &owner, &order)? {
            Some(_) => find(connection, &owner, &order),
            None => Ok(None),
        });
        Ok(row.await?.and_then(|row| row.receipt))
    }
}

fn request(
    connection: &mut AnyConnection,
    owner: &Owner,
    order_id: &OrderId,
    key: &str,
    now: i64,
) -> Result<Fulfilment, WriteError> {
    accounts::admit(connection, owner)?;
    let order = orders::find(connection, owner, order_id)?.ok_or(Refusal::UnknownOrder)?;
    match find(connection, owner, order_id)? {
        Some(row) if row.idempotency_key != key => Err(Refusal::RequestedUnderOtherKey.into()),
        Some(row) => Ok(row.standing(order)),
        None => {
            let fulfilment_id = FulfilmentId::generate();
            let row = (
                dsl::fulfilment_id.eq(fulfilment_id.as_str()),
                dsl::owner.eq(owner.rows()),
                dsl::order_id.eq(order_id.as_str()),
                dsl::idempotency_key.eq(key),
                dsl::status.eq(REQUESTED),
                dsl::requested_at.eq(now),
            );
            let inserted = diesel::insert_into(dsl::fulfilments).values(row).execute(connection);
            inserted.map_err(|error| unless_unique(error, WriteError::Twin))?;
            orders::set_status(connection, owner, order_id, OrderStatus::FulfilmentRequested)?;
            Ok(Fulfilment::Requested(Box::new(Requested { fulfilment_id, order })))
        }
    }
}

/// From requested to accepted, by one conditional statement; whether it was this one.
fn accept(
    connection: &mut AnyConnection,
    owner: &Owner,
    id: &FulfilmentId,
    receipt: &str,
    now: i64,
) -> QueryResult<bool> {
    let open = dsl::fulfilments
        .filter(dsl::fulfilment_id.eq(id.as_str()))
        .filter(dsl::owner.eq(owner.rows()))
        .filter(dsl::status.eq(REQUESTED));
    let changed = diesel::update(open)
        .set((dsl::status.eq(ACCEPTED), dsl::receipt.eq(receipt), dsl::accepted_at.eq(now)))
        .execute(connection)?;
    Ok(changed == 1)
}

/// The fulfilment of an order. Of an account, the order has to be looked at first: it says whose it is.
fn find(connection: &mut AnyConnection, owner: &Owner, order_id: &OrderId) -> QueryResult<Option<Row>> {
    let mine = dsl::fulfilments.filter(dsl::owner.eq(owner.rows())).filter(dsl::order_id.eq(order_id.as_str()));
    mine.select(Row::as_select()).first(connection).optional()
}
