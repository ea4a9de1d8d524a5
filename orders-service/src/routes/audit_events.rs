//! `/audit-events`: this service's part of the trail, for admin-service, which joins it with the others'.

use actix_web::web::{Data, Json, Query};
use serde::Deserialize;
use service_kit::page::{Page, PageQuery};
use service_kit::{AuditFilter, AuditRow, Outcome, Problem};
use shared_claims::extract::Caller;
use shared_claims::ids::ClientId;
use shared_claims::permission::orders::ReadAudit;

use super::Service;
use crate::domain::party::Party;

/// Which events are asked for, besides the page.
#[derive(Deserialize)]
pub(super) struct Filter {
    partner: Option<String>,
    actor: Option<String>,
    from: Option<String>,
    to: Option<String>,
}

/// `GET /audit-events`.
pub(super) async fn list(
    caller: Caller<ReadAudit>,
    page: PageQuery,
    Query(filter): Query<Filter>,
    service: Data<Service>,
) -> Result<Json<Page<AuditRow>>, Problem> {
    let reading = Party::inside(caller.token()).event("audit.read", Outcome::Allowed, service.clock.micros());
    let after = page.after().map(place).transpose()?;
    let filter = AuditFilter { after, ..filter.read()? };
    let rows = service.store.list_audit_events(reading, filter, page.fetch_limit()).await?;
    Ok(Json(page.page(rows, |row| format!("{}:{}", row.occurred_at, row.event_id))))
}

/// A place in the trail, `{micros}:{event_id}`: the same in all three services, since admin-service goes on in each after
/// the last event that it gave out.
fn place(position: &str) -> Result<(i64, String), Problem> {
    let (time, event_id) = position.split_once(':').unwrap_or_default();
    let wrong = || Problem::invalid_field("cursor", "must be a next_cursor of this list");
    let time = time.parse().ok().filter(|_| !event_id.is_empty());
    Ok((time.ok_or_else(wrong)?, event_id.to_owned()))
}

impl Filter {
    fn read(self) -> Result<AuditFilter, Problem> {
        Ok(AuditFilter {
            partner: self.partner.map(|text| name("partner", text)).transpose()?,
            actor: self.actor.map(|text| name("actor", text)).transpose()?,
            from: self.from.map(|text| time("from", &text)).transpose()?,
            to: self.to.map(|text| time("to", &text)).transpose()?,
            after: None,
        })
    }
}

/// A client's or a person's id: the rules are the same.
fn name(field: &'static str, text: String) -> Result<String, Problem> {
    let name = ClientId::new(text).map_err(|error| Problem::invalid_field(field, error.to_string()))?;
    Ok(name.into())
}

fn time(field: &'static str, text: &str) -> Result<i64, Problem> {
    let wanted = "must be an RFC 3339 time such as 2026-11-22T02:30:00Z";
    service_kit::time::parse_rfc3339(text).map_err(|_| Problem::invalid_field(field, wanted))
}
