//! Asking for a part of the trail: `GET /audit-events?partner=&actor=&from=&to=&cursor=&limit=`, the same in every
//! service.
//!
//! A cursor is base64url of `{micros}:{event_id}`, the place of the last row given out, in all services alike: so one
//! that joins the trails of several hands a reader's cursor on as it is, and each goes on after the same place.

use std::fmt;
use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::web::Query;
use actix_web::{Error, FromRequest, HttpRequest};
use serde::Deserialize;

use super::{AuditFilter, AuditRow};
use crate::page::{Page, PageQuery};
use crate::problem::Problem;
use crate::time::parse_rfc3339;

/// Longest id to filter by, in bytes; rows hold no longer one.
const LONGEST_ID: usize = 255;

/// The query string. A parameter that is not known is an error: with a misspelt filter one would read another trail
/// than one thinks.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AuditQuery {
    /// Only what concerns this partner.
    pub partner: Option<String>,
    /// Only what this actor did.
    pub actor: Option<String>,
    /// Only from this time on, RFC 3339.
    pub from: Option<String>,
    /// Only before this time, RFC 3339.
    pub to: Option<String>,
    /// Where the page before ended.
    pub cursor: Option<String>,
    /// 1 to 100.
    pub limit: Option<String>,
}

/// What is asked for. As an argument of a handler it is read from the query string.
#[derive(Debug, Clone)]
pub struct AuditRequest {
    /// Which rows, and after which place.
    pub filter: AuditFilter,
    /// How many.
    pub page: PageQuery,
}

impl AuditRequest {
    /// One page of `rows`, which were fetched with [`PageQuery::fetch_limit`].
    #[must_use]
    pub fn page_of(&self, rows: Vec<AuditRow>) -> Page<AuditRow> {
        self.page.page(rows, |row| Place::of(row).to_string())
    }
}

impl TryFrom<AuditQuery> for AuditRequest {
    type Error = Problem;

    fn try_from(query: AuditQuery) -> Result<Self, Problem> {
        let page = PageQuery::parse(query.limit.as_deref(), query.cursor.as_deref())?;
        let after = page.after().map(Place::parse).transpose()?.map(|place| (place.time, place.event_id));
        let filter = AuditFilter {
            partner: id("partner", query.partner)?,
            actor: id("actor", query.actor)?,
            from: time("from", query.from)?,
            to: time("to", query.to)?,
            after,
        };
        Ok(Self { filter, page })
    }
}

impl FromRequest for AuditRequest {
    type Error = Error;
    type Future = Ready<Result<Self, Error>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let query = Query::<AuditQuery>::from_request(request, payload).into_inner();
        ready(query.and_then(|query| Ok(Self::try_from(query.into_inner())?)))
    }
}

fn id(name: &str, value: Option<String>) -> Result<Option<String>, Problem> {
    let fits = |text: &String| (1..=LONGEST_ID).contains(&text.len()) && !text.chars().any(char::is_control);
    match value {
        Some(text) if !fits(&text) => Err(Problem::invalid_field(name, "must be an id")),
        value => Ok(value),
    }
}

fn time(name: &str, value: Option<String>) -> Result<Option<i64>, Problem> {
    let wrong = |_| Problem::invalid_field(name, "must be a time such as 2026-11-22T02:30:00.123456Z");
    value.map(|text| parse_rfc3339(&text).map_err(wrong)).transpose()
}

/// A place in the trail.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// Microseconds since the epoch.
    pub time: i64,
    /// Among rows of the same time, the id decides.
    pub event_id: String,
}

impl Place {
    /// The place of a row.
    #[must_use]
    pub fn of(row: &AuditRow) -> Self {
        Self { time: row.occurred_at, event_id: row.event_id.clone() }
    }

    fn parse(position: &str) -> Result<Self, Problem> {
        let place = position.split_once(':').and_then(|(time, event_id)| {
            let time = time.parse().ok()?;
            (!event_id.is_empty()).then(|| Self { time, event_id: event_id.to_owned() })
        });
        place.ok_or_else(|| Problem::invalid_field("cursor", "must be a next_cursor of this list"))
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.time, self.event_id)
    }
}

#[cfg(test)]
mod tests {
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;

    use super::*;

    #[test]
    fn filters_that_cannot_be_meant_are_named() {
        let text = |text: &str| Some(text.to_owned());
        let place = |position: &str| Some(URL_SAFE_NO_PAD.encode(position));
        for (query, field) in [
            (AuditQuery { partner: text(""), ..AuditQuery::default() }, "partner"),
            (AuditQuery { actor: text("a\0b"), ..AuditQuery::default() }, "actor"),
            (AuditQuery { from: text("yesterday"), ..AuditQuery::default() }, "from"),
            (AuditQuery { to: text("2026-01-01"), ..AuditQuery::default() }, "to"),
            (AuditQuery { limit: text("0"), ..AuditQuery::default() }, "limit"),
            (AuditQuery { cursor: place("evt_1"), ..AuditQuery::default() }, "cursor"),
            (AuditQuery { cursor: place("1:"), ..AuditQuery::default() }, "cursor"),
            (AuditQuery { cursor: place("99999999999999999999:evt_1"), ..AuditQuery::default() }, "cursor"),
        ] {
            let problem = AuditRequest::try_from(query).unwrap_err();
            assert_eq!((problem.status().as_u16(), problem.errors()[0].field.as_str()), (422, field));
        }
    }
}
