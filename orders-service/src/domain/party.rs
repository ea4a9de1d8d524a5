//! Who did something, for the audit trail.

use service_kit::{AuditEvent, Outcome};
use shared_claims::claims::AccessToken;

use super::owner::Owner;

/// Whoever acts, on whose behalf, and the partner that it concerns.
#[derive(Debug, Clone)]
pub struct Party {
    actor: String,
    subject: String,
    partner: Option<String>,
}

impl Party {
    /// A partner's program, for itself or for one of its accounts, or a person who uses it.
    pub fn partner(owner: &Owner) -> Self {
        let (actor, subject) = (owner.actor().to_owned(), owner.subject().to_string());
        Self { actor, subject, partner: Some(owner.partner().to_string()) }
    }

    /// One of our own services, on an operator's behalf.
    ///
    /// The actor is the outermost `act`; without one, whoever the token speaks of: a person, or the client itself.
    pub fn inside(token: &AccessToken) -> Self {
        let subject = token.subject();
        Self { actor: token.actor().unwrap_or(subject).to_string(), subject: subject.to_string(), partner: None }
    }

    /// What they did, `now` (microseconds since 1970).
    pub fn event(&self, action: &'static str, outcome: Outcome, now: i64) -> AuditEvent {
        let event = AuditEvent::new(action, outcome, &self.actor, now).subject(&self.subject);
        match &self.partner {
            Some(partner) => event.partner(partner),
            None => event,
        }
    }
}
