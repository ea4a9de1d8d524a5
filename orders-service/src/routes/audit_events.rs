//! `/audit-events`: this service's part of the trail, for admin-service, which joins it with the others'.

use actix_web::web::{Data, Json};
use service_kit::audit::AuditRequest;
use service_kit::page::Page;
use service_kit::{AuditRow, Outcome, Problem};
use shared_claims::extract::Caller;
use shared_claims::permission::orders::ReadAudit;

use super::Service;
use crate::domain::party::Party;

/// `GET /audit-events`.
pub(super) async fn list(
    caller: Caller<ReadAudit>,
    request: AuditRequest,
    service: Data<Service>,
) -> Result<Json<Page<AuditRow>>, Problem> {
    let reading = Party::inside(caller.token()).event("audit.read", Outcome::Allowed, service.clock.micros());
    let rows = service.store.list_audit_events(reading, request.filter.clone(), request.page.fetch_limit()).await?;
    Ok(Json(request.page_of(rows)))
}
