//! What the trail holds, and its JSON form.

use diesel::prelude::{Insertable, Queryable, Selectable};
use serde::{Deserialize, Serialize};

use super::schema::audit_events;
use super::{AuditEvent, Outcome};

/// One entry of a service's trail, as it is answered and as another service's is read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditRow {
    /// `evt_` and a UUIDv7.
    pub event_id: String,
    /// Microseconds since 1970, UTC; in JSON `time`, RFC 3339.
    #[serde(rename = "time", with = "rfc3339")]
    pub occurred_at: i64,
    /// The service that recorded it.
    pub service: String,
    /// `noun.verb`.
    pub action: String,
    /// How it ended.
    pub outcome: Outcome,
    /// Class of the refusal or failure.
    pub reason: Option<String>,
    /// Who did it.
    pub actor: String,
    /// On whose behalf, when that is another.
    pub subject: Option<String>,
    /// `client_id` of the partner concerned.
    pub partner: Option<String>,
    /// Id of what was touched.
    pub object: Option<String>,
    /// Id of the request; empty, and `null` in JSON, when no request caused it.
    #[serde(with = "null_if_empty")]
    pub request_id: String,
}

mod null_if_empty {
    use serde::{Deserialize, Deserializer, Serialize as _, Serializer};

    pub(super) fn serialize<S: Serializer>(text: &str, serializer: S) -> Result<S::Ok, S::Error> {
        Some(text).filter(|text| !text.is_empty()).serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
        Ok(Option::deserialize(deserializer)?.unwrap_or_default())
    }
}

mod rfc3339 {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    use crate::time::{parse_rfc3339, to_rfc3339};

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's signature")]
    pub(super) fn serialize<S: Serializer>(micros: &i64, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&to_rfc3339(*micros))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<i64, D::Error> {
        let text = String::deserialize(deserializer)?;
        parse_rfc3339(&text).map_err(D::Error::custom)
    }
}

/// The row as the database stores it.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
// None is written as NULL and not as DEFAULT, so that SQLite, too, takes many rows in one statement.
#[diesel(table_name = audit_events, treat_none_as_default_value = false)]
pub(super) struct Stored {
    event_id: String,
    occurred_at: i64,
    service: String,
    action: String,
    outcome: String,
    reason: Option<String>,
    actor: String,
    subject: Option<String>,
    partner: Option<String>,
    object: Option<String>,
    request_id: String,
}

impl Stored {
    pub(super) fn new(service: &str, event: AuditEvent) -> Self {
        Self {
            event_id: event.event_id,
            occurred_at: event.occurred_at,
            service: service.to_owned(),
            action: event.action.to_owned(),
            outcome: event.outcome.as_str().to_owned(),
            reason: event.reason,
            actor: event.actor,
            subject: event.subject,
            partner: event.partner,
            object: event.object,
            request_id: event.request_id,
        }
    }
}

impl From<Stored> for AuditRow {
    fn from(stored: Stored) -> Self {
        Self {
            event_id: stored.event_id,
            occurred_at: stored.occurred_at,
            service: stored.service,
            action: stored.action,
            // The table's CHECK lets no other text in.
            outcome: Outcome::parse(&stored.outcome).unwrap_or(Outcome::Failed),
            reason: stored.reason,
            actor: stored.actor,
            subject: stored.subject,
            partner: stored.partner,
            object: stored.object,
            request_id: stored.request_id,
        }
    }
}
