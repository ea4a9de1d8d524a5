//! Who called, what came of it: the rows that handlers write.

use service_kit::{AnyConnection, AuditEvent, AuditLog, Database, Outcome, Problem, StoreError};
use shared_claims::claims::AccessToken;
use shared_claims::clock::Clock;
use shared_claims::extract::Caller;
use shared_claims::permission::Permission;

use crate::peers::PeerError;

/// The audit trail of this service.
#[derive(Debug, Clone)]
pub struct Trail {
    log: AuditLog,
    database: Database,
    clock: Clock,
}

impl Trail {
    /// Written to `log`, which is in `database`.
    #[must_use]
    pub fn new(log: AuditLog, database: Database, clock: Clock) -> Self {
        Self { log, database, clock }
    }

    /// The present, in microseconds.
    pub(super) fn now(&self) -> i64 {
        self.clock.micros()
    }

    /// Something that `caller` does now.
    pub(super) fn event<P: Permission>(&self, action: &'static str, caller: &Caller<P>) -> AuditEvent {
        self.event_of(action, caller.token())
    }

    /// The one who does it is the outermost actor, if there is one: the subject did not come itself.
    pub(super) fn event_of(&self, action: &'static str, token: &AccessToken) -> AuditEvent {
        let actor = token.actor().unwrap_or_else(|| token.subject());
        AuditEvent::new(action, Outcome::Allowed, actor.as_str(), self.now()).subject(token.subject().as_str())
    }

    pub(super) fn log(&self) -> &AuditLog {
        &self.log
    }

    /// Whether a row could be written now: begins to write, and writes nothing. Asked before another service is called
    /// to change something, so that while our database is away nothing is done that nobody would read of.
    pub(super) async fn ready(&self) -> Result<(), Problem> {
        let nothing = |_: &mut AnyConnection| Ok::<_, StoreError>(());
        Ok(self.database.write(nothing).await?)
    }

    /// Records how a call to another service ended, and then tells it: whoever reads the answer can rely on the row. A row
    /// whose id is there already has been recorded before.
    pub(super) async fn settle<T>(&self, event: AuditEvent, ended: Result<T, PeerError>) -> Result<T, Problem> {
        let event = match &ended {
            Ok(_) => event,
            Err(error) => {
                let (outcome, reason) = error.outcome();
                AuditEvent { outcome, ..event.reason(reason) }
            }
        };
        match self.log.record(event).await {
            Err(error) if !error.is_unique_violation() => Err(error.into()),
            _ => ended.map_err(Problem::from),
        }
    }
}
