//! Changes that a rule refuses leave a row in the audit trail too.

use service_kit::{AuditEvent, AuditLog, Outcome, Problem};

use crate::store::ChangeError;

/// What the caller gets of a change; a refused one is recorded with its reason. If that fails, the refusal stands all the
/// same; it is in the log.
pub(super) async fn recorded<T>(
    change: Result<T, ChangeError>,
    (log, event): (AuditLog, AuditEvent),
) -> Result<T, Problem> {
    let refused = match change {
        Ok(changed) => return Ok(changed),
        Err(refused) => refused,
    };
    if let Some(reason) = refused.refusal() {
        let row = AuditEvent { outcome: Outcome::Refused, ..event }.reason(reason);
        if let Err(fault) = log.record(row).await {
            log::error!("refusal not recorded: {fault}");
        }
    }
    Err(refused.into())
}
