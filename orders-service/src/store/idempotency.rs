//! The table `idempotency_keys`, and writes that happen once.

use std::sync::Arc;

use diesel::prelude::*;
use service_kit::{AnyConnection, AuditEvent, Outcome, StoreError};

use super::error::unless_unique;
use super::schema::idempotency_keys::dsl;
use super::{Store, WriteError};
use crate::domain::idempotency::{Answer, IdempotencyKey, KEPT_MICROS, Once};
use crate::domain::refusal::Refusal;

/// How often a write is begun: the second time finds what its twin wrote, the third is for a twin that rolled back.
pub(super) const ATTEMPTS: usize = 3;

impl Store {
    /// Runs `make`, and records `event`, in one transaction with the key's row; or gives the answer that is kept under
    /// the key. A refusal is recorded, too, and leaves the key free.
    pub(super) async fn once<F>(&self, once: Once, event: AuditEvent, make: F) -> Result<Answer, WriteError>
    where
        F: Fn(&mut AnyConnection) -> Result<(), WriteError> + Send + Sync + 'static,
    {
        let (once, event, make) = (Arc::new(once), Arc::new(event), Arc::new(make));
        for _ in 0..ATTEMPTS {
            let (once, made, make, audit) =
                (Arc::clone(&once), Arc::clone(&event), Arc::clone(&make), self.audit.clone());
            let attempt = self.database.write(move |connection| {
                if let Some(kept) = claim(connection, &once)? {
                    return Ok(kept);
                }
                make(connection)?;
                audit.insert(connection, &made)?;
                Ok(once.answer.clone())
            });
            match attempt.await {
                Err(WriteError::Twin) => {}
                Err(WriteError::Refused(refusal)) => return Err(self.refused(&event, refusal).await),
                done => return done,
            }
        }
        Err(StoreError::Unavailable("the same request was made too often at once".to_owned()).into())
    }

    /// Records that what `event` would have told was refused.
    pub(super) async fn refused(&self, event: &AuditEvent, refusal: Refusal) -> WriteError {
        let event = AuditEvent { outcome: Outcome::Refused, ..event.clone() }.reason(refusal.reason());
        match self.audit.record(event).await {
            Ok(()) => refusal.into(),
            Err(error) => error.into(),
        }
    }

    /// Forgets answers that have been kept long enough at `now`; how many.
    pub async fn purge_idempotency_keys(&self, now: i64) -> Result<usize, StoreError> {
        self.database
            .write(move |connection| {
                let expired = dsl::idempotency_keys.filter(dsl::expires_at.le(now));
                Ok(diesel::delete(expired).execute(connection)?)
            })
            .await
    }
}

/// Inserts the key's row, before anything else: of racing twins one waits here until the other has committed, and then
/// fails on this row and on no other. Or gives the answer that is kept already.
fn claim(connection: &mut AnyConnection, once: &Once) -> Result<Option<Answer>, WriteError> {
    let Some(key) = &once.key else { return Ok(None) };
    if let Some(kept) = find(connection, once, key)? {
        return Ok(Some(kept));
    }
    let row = (
        dsl::owner.eq(once.owner.keys()),
        dsl::idempotency_key.eq(key.as_str()),
        dsl::fingerprint.eq(once.fingerprint.as_slice()),
        dsl::status.eq(i32::from(once.answer.status)),
        dsl::body.eq(once.answer.body.as_str()),
        dsl::expires_at.eq(once.now.saturating_add(KEPT_MICROS)),
    );
    let inserted = diesel::insert_into(dsl::idempotency_keys).values(row).execute(connection);
    inserted.map(|_| None).map_err(|error| unless_unique(error, WriteError::Twin))
}

/// The answer under the key, if there is one that has not expired; an expired one makes room.
fn find(connection: &mut AnyConnection, once: &Once, key: &IdempotencyKey) -> Result<Option<Answer>, WriteError> {
    let owner = once.owner.keys();
    let row = dsl::idempotency_keys.find((owner.as_str(), key.as_str()));
    let columns = (dsl::fingerprint, dsl::status, dsl::body, dsl::expires_at);
    let found = row.select(columns).first::<(Vec<u8>, i32, String, i64)>(connection).optional()?;
    match found {
        None => Ok(None),
        Some((_, _, _, expires_at)) if expires_at <= once.now => {
            diesel::delete(row).execute(connection)?;
            Ok(None)
        }
        Some((fingerprint, ..)) if fingerprint != once.fingerprint => Err(Refusal::KeyReused.into()),
        Some((_, status, body, _)) => {
            let status =
                u16::try_from(status).map_err(|error| diesel::result::Error::DeserializationError(error.into()))?;
            Ok(Some(Answer { status, body }))
        }
    }
}
