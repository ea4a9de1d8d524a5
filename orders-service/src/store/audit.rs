//! The audit trail of this service; its table is service-kit's.

use service_kit::{AuditEvent, AuditFilter, AuditRow, StoreError};

use super::Store;

impl Store {
    /// Records an event that belongs to no write, and returns when it is durable.
    pub async fn record(&self, event: AuditEvent) -> Result<(), StoreError> {
        self.audit.record(event).await
    }

    /// At most `limit` entries of the trail, by time and then by id. They are given out only when `reading` is recorded,
    /// which is not among them: whoever reads on and on with full pages comes to an end.
    pub async fn list_audit_events(
        &self,
        reading: AuditEvent,
        filter: AuditFilter,
        limit: i64,
    ) -> Result<Vec<AuditRow>, StoreError> {
        let rows = self.audit.page(filter, limit).await?;
        self.audit.record(reading).await?;
        Ok(rows)
    }
}
