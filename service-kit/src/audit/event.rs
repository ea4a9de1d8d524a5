//! What a service reports.

use serde::{Deserialize, Serialize};

use crate::ids::new_id;
use crate::request_id::RequestId;

/// Longest text of a field, characters; more is cut off. Some of these texts come from callers who are not known yet.
const LONGEST_TEXT: usize = 255;

/// How an action ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// It was done.
    Allowed,
    /// The actor may not do it, or did not prove to be who it says.
    Refused,
    /// It was allowed and went wrong.
    Failed,
}

impl Outcome {
    /// As stored and shown: `allowed`, `refused`, `failed`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Allowed => "allowed",
            Self::Refused => "refused",
            Self::Failed => "failed",
        }
    }

    pub(super) fn parse(text: &str) -> Option<Self> {
        [Self::Allowed, Self::Refused, Self::Failed].into_iter().find(|outcome| outcome.as_str() == text)
    }
}

/// One entry of the audit trail, before the service adds its name. It holds ids and classes of reasons, never a token,
/// secret or password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditEvent {
    /// `evt_` and a UUIDv7.
    pub event_id: String,
    /// Microseconds since 1970, UTC.
    pub occurred_at: i64,
    /// `noun.verb`, such as `order.create`.
    pub action: &'static str,
    /// How it ended.
    pub outcome: Outcome,
    /// Class of the refusal or failure.
    pub reason: Option<String>,
    /// Who did it: a `client_id` or a user's id.
    pub actor: String,
    /// On whose behalf, when that is another.
    pub subject: Option<String>,
    /// `client_id` of the partner concerned.
    pub partner: Option<String>,
    /// Id of what was touched.
    pub object: Option<String>,
    /// Id of the request, empty outside of one.
    pub request_id: String,
}

impl AuditEvent {
    /// An event of this moment (`occurred_at`, microseconds) and of the request that this task answers.
    ///
    /// Texts are cut at 255 characters and control characters become U+FFFD: PostgreSQL refuses NUL, and no one's
    /// client id may stand in the way of the record.
    #[must_use]
    pub fn new(action: &'static str, outcome: Outcome, actor: impl AsRef<str>, occurred_at: i64) -> Self {
        Self {
            event_id: new_id("evt"),
            occurred_at,
            action,
            outcome,
            reason: None,
            actor: clean(actor.as_ref()),
            subject: None,
            partner: None,
            object: None,
            request_id: RequestId::current().map(|id| id.as_str().to_owned()).unwrap_or_default(),
        }
    }

    /// With the class of the refusal or failure.
    #[must_use]
    pub fn reason(self, reason: impl AsRef<str>) -> Self {
        Self { reason: Some(clean(reason.as_ref())), ..self }
    }

    /// With the party on whose behalf it was done.
    #[must_use]
    pub fn subject(self, subject: impl AsRef<str>) -> Self {
        Self { subject: Some(clean(subject.as_ref())), ..self }
    }

    /// With the partner concerned.
    #[must_use]
    pub fn partner(self, partner: impl AsRef<str>) -> Self {
        Self { partner: Some(clean(partner.as_ref())), ..self }
    }

    /// With the id of what was touched.
    #[must_use]
    pub fn object(self, object: impl AsRef<str>) -> Self {
        Self { object: Some(clean(object.as_ref())), ..self }
    }

    /// With another request's id than this task's.
    #[must_use]
    pub fn request_id(self, request_id: impl AsRef<str>) -> Self {
        Self { request_id: clean(request_id.as_ref()), ..self }
    }
}

fn clean(text: &str) -> String {
    text.chars()
        .take(LONGEST_TEXT)
        .map(|char| if char.is_control() { char::REPLACEMENT_CHARACTER } else { char })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{AuditEvent, Outcome};

    #[test]
    fn texts_of_callers_are_cut_and_cleaned() {
        let event = AuditEvent::new("login", Outcome::Refused, "a\0b\n", 1).object("ü".repeat(1000));
        assert_eq!(event.actor, "a\u{fffd}b\u{fffd}");
        assert_eq!(event.object.unwrap().chars().count(), 255);
        assert!(event.request_id.is_empty());
    }
}
