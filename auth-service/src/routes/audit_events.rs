//! `GET /audit-events`: this service's part of the trail, for admin-service on behalf of an auditor.

use actix_web::{HttpResponse, web};
use serde::Deserialize;
use service_kit::page::PageQuery;
use service_kit::time::parse_rfc3339;
use service_kit::{AuditFilter, Problem};
use shared_claims::extract::Caller;
use shared_claims::permission::auth::ReadAudit;

use super::Shared;

#[derive(Deserialize)]
pub struct TrailQuery {
    partner: Option<String>,
    actor: Option<String>,
    from: Option<String>,
    to: Option<String>,
}

pub async fn list(
    _caller: Caller<ReadAudit>,
    state: Shared,
    query: web::Query<TrailQuery>,
    page: PageQuery,
) -> Result<HttpResponse, Problem> {
    let TrailQuery { partner, actor, from, to } = query.into_inner();
    let filter = AuditFilter {
        partner,
        actor,
        from: from.map(|text| time("from", &text)).transpose()?,
        to: to.map(|text| time("to", &text)).transpose()?,
        after: page.after().map(position).transpose()?,
    };
    let rows = state.audit.page(filter, page.fetch_limit()).await?;
    let page = page.page(rows, |row| format!("{}:{}", row.occurred_at, row.event_id));
    Ok(HttpResponse::Ok().json(page))
}

fn time(field: &'static str, text: &str) -> Result<i64, Problem> {
    parse_rfc3339(text)
        .map_err(|_| Problem::invalid_field(field, "must be a time as in RFC 3339, such as 2026-01-31T12:00:00Z"))
}

/// Where a page ended: time and id of its last row.
fn position(text: &str) -> Result<(i64, String), Problem> {
    let read = text.split_once(':').and_then(|(micros, id)| Some((micros.parse().ok()?, id.to_owned())));
    read.ok_or_else(|| Problem::invalid_field("cursor", "is not a cursor of this list"))
}
