//! Reading the trail.

use diesel::prelude::*;

use super::row::{AuditRow, Stored};
use super::schema::audit_events::dsl;
use crate::database::{AnyBackend, AnyConnection};

/// Which entries are asked for; `None` everywhere asks for all.
#[derive(Debug, Clone, Default)]
pub struct AuditFilter {
    /// Only what concerns this partner (`client_id`).
    pub partner: Option<String>,
    /// Only what this actor did.
    pub actor: Option<String>,
    /// Only from this time on, microseconds.
    pub from: Option<i64>,
    /// Only before this time, microseconds.
    pub to: Option<i64>,
    /// Only after this place in the order: time in microseconds, then event id.
    pub after: Option<(i64, String)>,
}

/// At most `limit` entries, by time and then by id.
pub(super) fn page(connection: &mut AnyConnection, filter: &AuditFilter, limit: i64) -> QueryResult<Vec<AuditRow>> {
    let mut query = dsl::audit_events.select(Stored::as_select()).into_boxed::<AnyBackend>();
    if let Some(partner) = &filter.partner {
        query = query.filter(dsl::partner.eq(partner));
    }
    if let Some(actor) = &filter.actor {
        query = query.filter(dsl::actor.eq(actor));
    }
    if let Some(from) = filter.from {
        query = query.filter(dsl::occurred_at.ge(from));
    }
    if let Some(to) = filter.to {
        query = query.filter(dsl::occurred_at.lt(to));
    }
    if let Some((time, id)) = &filter.after {
        let later = dsl::occurred_at.gt(time).or(dsl::occurred_at.eq(time).and(dsl::event_id.gt(id)));
        // Said twice: the plain bound lets the index find the place, which no planner does with the OR.
        query = query.filter(dsl::occurred_at.ge(time)).filter(later);
    }
    let rows = query.order((dsl::occurred_at, dsl::event_id)).limit(limit).load(connection)?;
    Ok(rows.into_iter().map(AuditRow::from).collect())
}
