//! The table of fulfilments. What happens to a row and what the audit trail says of it is one transaction.

use diesel::prelude::*;
use service_kit::database::AnyBackend;
use service_kit::{AnyConnection, AuditEvent, AuditLog, Database, Outcome, StoreError};

use super::schema::fulfilments::{self, dsl};
use crate::domain::{Fulfilment, FulfilmentId};

/// Fulfilments of all partners: only operators come here, and orders-service to hand over.
#[derive(Debug, Clone)]
pub struct Fulfilments {
    database: Database,
    audit: AuditLog,
}

/// What came of a fulfilment that was handed over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Accepted {
    /// It is accepted.
    New(Fulfilment),
    /// It was accepted before, and this is what has become of it.
    Repeated(Fulfilment),
    /// Another one was accepted before under the same id. Nothing was changed.
    Conflict,
}

#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = fulfilments)]
struct Stored {
    fulfilment_id: String,
    order_id: String,
    client_id: String,
    account_id: String,
    minor_units: i64,
    currency: String,
    accepted_at: i64,
    completed_at: Option<i64>,
}

impl Fulfilments {
    /// In `database`; what happens is told to `audit`, which must be of the same database.
    #[must_use]
    pub fn new(database: Database, audit: AuditLog) -> Self {
        Self { database, audit }
    }

    /// Accepts `wanted`, once. `event` says who asked; its outcome is set here. A repeat is not recorded, because
    /// nothing is done.
    ///
    /// # Errors
    /// [`StoreError`]; then nothing was accepted, or, if the answer was lost, a repeat finds it.
    pub async fn accept(&self, wanted: Fulfilment, event: AuditEvent) -> Result<Accepted, StoreError> {
        match self.try_accept(wanted.clone(), event.clone()).await {
            // A twin was faster, on another connection of PostgreSQL: what it accepted can be read now.
            Err(error) if error.is_unique_violation() => self.try_accept(wanted, event).await,
            other => other,
        }
    }

    async fn try_accept(&self, wanted: Fulfilment, event: AuditEvent) -> Result<Accepted, StoreError> {
        let audit = self.audit.clone();
        let accept = move |connection: &mut AnyConnection| match find(connection, &wanted.fulfilment_id)? {
            None => {
                diesel::insert_into(fulfilments::table).values(Stored::from(wanted.clone())).execute(connection)?;
                audit.insert(connection, &event)?;
                Ok::<_, StoreError>(Accepted::New(wanted.clone()))
            }
            Some(known) if known.has_content_of(&wanted) => Ok(Accepted::Repeated(known)),
            Some(_) => {
                let refused = AuditEvent { outcome: Outcome::Refused, ..event.clone() };
                audit.insert(connection, &refused.reason("conflict"))?;
                Ok(Accepted::Conflict)
            }
        };
        self.database.write(accept).await
    }

    /// Marks a fulfilment as done at `now` (microseconds), once; a later call changes nothing and is not recorded.
    /// `None` if there is none with this id.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn complete(
        &self,
        id: FulfilmentId,
        now: i64,
        event: AuditEvent,
    ) -> Result<Option<Fulfilment>, StoreError> {
        let audit = self.audit.clone();
        let complete = move |connection: &mut AnyConnection| {
            // One conditional statement, so that of two operators one completes it.
            let open = dsl::fulfilments.filter(dsl::fulfilment_id.eq(id.as_str())).filter(dsl::completed_at.is_null());
            let changed = diesel::update(open).set(dsl::completed_at.eq(now)).execute(connection)?;
            let found = find(connection, id.as_str())?;
            match &found {
                None => {
                    let refused = AuditEvent { outcome: Outcome::Refused, ..event.clone() };
                    audit.insert(connection, &refused.reason("not_found"))?;
                }
                Some(done) if changed > 0 => audit.insert(connection, &event.clone().partner(&done.client_id))?,
                Some(_) => {}
            }
            Ok::<_, StoreError>(found)
        };
        self.database.write(complete).await
    }

    /// The fulfilment with this id.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn find(&self, id: FulfilmentId) -> Result<Option<Fulfilment>, StoreError> {
        self.database.read(move |connection| find(connection, id.as_str())).await
    }

    /// At most `limit` fulfilments by id, from the one after `after` on.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn page(&self, after: Option<String>, limit: i64) -> Result<Vec<Fulfilment>, StoreError> {
        let page = move |connection: &mut AnyConnection| {
            let mut query = dsl::fulfilments.select(Stored::as_select()).into_boxed::<AnyBackend>();
            if let Some(after) = &after {
                query = query.filter(dsl::fulfilment_id.gt(after));
            }
            query.order(dsl::fulfilment_id).limit(limit).load(connection)
        };
        let rows = self.database.read(page).await?;
        Ok(rows.into_iter().map(Fulfilment::from).collect())
    }
}

fn find(connection: &mut AnyConnection, id: &str) -> QueryResult<Option<Fulfilment>> {
    let row = dsl::fulfilments.find(id).select(Stored::as_select()).first(connection).optional()?;
    Ok(row.map(Fulfilment::from))
}

impl From<Fulfilment> for Stored {
    fn from(fulfilment: Fulfilment) -> Self {
        Self {
            fulfilment_id: fulfilment.fulfilment_id,
            order_id: fulfilment.order_id,
            client_id: fulfilment.client_id,
            account_id: fulfilment.account_id,
            minor_units: fulfilment.minor_units,
            currency: fulfilment.currency,
            accepted_at: fulfilment.accepted_at,
            completed_at: fulfilment.completed_at,
        }
    }
}

impl From<Stored> for Fulfilment {
    fn from(row: Stored) -> Self {
        Self {
            fulfilment_id: row.fulfilment_id,
            order_id: row.order_id,
            client_id: row.client_id,
            account_id: row.account_id,
            minor_units: row.minor_units,
            currency: row.currency,
            accepted_at: row.accepted_at,
            completed_at: row.completed_at,
        }
    }
}
