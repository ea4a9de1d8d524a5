//! Writing the trail.

use diesel::prelude::*;

use super::page::page;
use super::row::Stored;
use super::schema::audit_events;
use super::{AuditEvent, AuditFilter, AuditRow};
use crate::batch::GroupCommit;
use crate::database::{AnyConnection, Database, StoreError};

/// Where [`AuditLog::record`] puts events.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum AuditSink {
    /// In the database, durably, before the answer.
    #[default]
    Database,
    /// In the log, target `audit`: faster, and as durable as the log is. What belongs to a write goes to the database
    /// all the same.
    Log,
}

/// The trail of one service. Cloning gives another handle.
#[derive(Debug, Clone)]
pub struct AuditLog {
    database: Database,
    service: &'static str,
    sink: AuditSink,
    commits: GroupCommit<Stored>,
}

impl AuditLog {
    /// The trail in `database`, under the service's name. To be called on `main`'s Tokio runtime (see
    /// [`GroupCommit::new`]).
    #[must_use]
    pub fn new(database: Database, service: &'static str) -> Self {
        Self::with_sink(database, service, AuditSink::Database)
    }

    /// As [`new`](Self::new), with a choice of where [`record`](Self::record) writes.
    #[must_use]
    pub fn with_sink(database: Database, service: &'static str, sink: AuditSink) -> Self {
        let commits = GroupCommit::new(database.clone(), insert_many);
        Self { database, service, sink, commits }
    }

    /// Records an event that stands alone, together with those of other requests, and returns when it is durable.
    ///
    /// # Errors
    /// [`StoreError`] when it may not be durable; what was to be recorded must then not be done.
    pub async fn record(&self, event: AuditEvent) -> Result<(), StoreError> {
        match self.sink {
            AuditSink::Database => self.commits.submit(Stored::new(self.service, event)).await,
            AuditSink::Log => {
                let row = AuditRow::from(Stored::new(self.service, event));
                log::info!(target: "audit", "{}", serde_json::to_string(&row).unwrap_or_default());
                Ok(())
            }
        }
    }

    /// Records an event within the service's own write, so that both happen or neither.
    ///
    /// # Errors
    /// What the database answers.
    pub fn insert(&self, connection: &mut AnyConnection, event: &AuditEvent) -> QueryResult<()> {
        let row = Stored::new(self.service, event.clone());
        diesel::insert_into(audit_events::table).values(row).execute(connection).map(drop)
    }

    /// At most `limit` entries of this service's trail, by time and then by id.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn page(&self, filter: AuditFilter, limit: i64) -> Result<Vec<AuditRow>, StoreError> {
        self.database.read(move |connection| page(connection, &filter, limit)).await
    }
}

fn insert_many(connection: &mut AnyConnection, rows: &[Stored]) -> QueryResult<()> {
    let insert = diesel::insert_into(audit_events::table).values(rows);
    match connection {
        AnyConnection::Postgres(inner) => insert.execute(inner).map(drop),
        AnyConnection::Sqlite(inner) => insert.execute(inner).map(drop),
    }
}
