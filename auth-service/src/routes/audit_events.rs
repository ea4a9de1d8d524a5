//! `GET /audit-events`: this service's part of the trail, for admin-service on behalf of an auditor.

use actix_web::HttpResponse;
use service_kit::audit::AuditRequest;
use service_kit::{AuditEvent, Outcome, Problem};
use shared_claims::extract::Caller;
use shared_claims::permission::auth::ReadAudit;

use super::Shared;

pub async fn list(caller: Caller<ReadAudit>, state: Shared, request: AuditRequest) -> Result<HttpResponse, Problem> {
    let rows = state.audit.page(request.filter.clone(), request.page.fetch_limit()).await?;
    let actor = caller.token().actor().map_or("", |actor| actor.as_str());
    let reading = AuditEvent::new("audit.read", Outcome::Allowed, actor, state.clock.micros());
    state.audit.record(reading.subject(caller.subject().as_str())).await?;
    Ok(HttpResponse::Ok().json(request.page_of(rows)))
}
