//! Ids of partners, which are made here: `cli_` and a UUIDv7. First-party applications and our own services are called
//! otherwise.

use service_kit::AuditEvent;

/// How they begin.
const PREFIX: &str = "cli_";

/// Whether the text is such an id, or looks like one.
#[must_use]
pub fn is_partner_id(text: &str) -> bool {
    let is_id_byte = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    text.starts_with(PREFIX) && text.len() <= 64 && text.bytes().all(is_id_byte)
}

/// Whom the row concerns, so that a partner's rows can be found: `party`, if it is a partner, else nobody.
#[must_use]
pub fn concerning(event: AuditEvent, party: &str) -> AuditEvent {
    if is_partner_id(party) { event.partner(party) } else { event }
}

#[cfg(test)]
mod tests {
    use service_kit::Outcome;

    use super::*;

    #[test]
    fn partners_are_told_from_everybody_else() {
        assert!(is_partner_id(&service_kit::ids::new_id("cli")));
        let long = format!("cli_{}", "0".repeat(61));
        for other in ["", "cli", "usr_1", "orders-app", "orders-service", "cli_ 1", "cli_s3cret!", "cli_\n", &long] {
            assert!(!is_partner_id(other), "{other:?}");
        }
    }

    #[test]
    fn a_row_concerns_a_partner_or_nobody() {
        let event = || AuditEvent::new("token.issue", Outcome::Allowed, "x", 0);
        assert_eq!(concerning(event(), "cli_1").partner.as_deref(), Some("cli_1"));
        assert_eq!(concerning(event(), "orders-app").partner, None);
    }
}
