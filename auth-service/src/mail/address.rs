//! Addresses that mail can be sent to: fewer than people can be named by.

use std::fmt;
use std::str::FromStr;

use lettre::Address;

use crate::domain::email::Email;

/// Longest part before the `@`, bytes (RFC 5321 section 4.5.3.1.1).
const LONGEST_LOCAL_PART: usize = 64;
/// Longest label of a domain, bytes (RFC 1035 section 2.3.4).
const LONGEST_LABEL: usize = 63;

/// An address of ASCII letters, digits and the signs that need no quotes (the Dot-string of RFC 5321 section 4.1.2), at a
/// domain that is a name. It holds no blank, quote, bracket or control character, so it cannot end a header or an SMTP
/// command; and no letter that only looks like another one.
#[derive(Clone, PartialEq, Eq)]
pub struct MailAddress(Address);

/// No mail can be sent there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be a plain ASCII e-mail address, such as no-reply@example.com")]
pub struct InvalidMailAddress;

impl MailAddress {
    /// The domain.
    #[must_use]
    pub fn domain(&self) -> &str {
        self.0.domain()
    }

    pub(super) fn to_lettre(&self) -> Address {
        self.0.clone()
    }
}

impl FromStr for MailAddress {
    type Err = InvalidMailAddress;

    fn from_str(text: &str) -> Result<Self, InvalidMailAddress> {
        let (local, domain) = text.split_once('@').ok_or(InvalidMailAddress)?;
        if text.len() > 254 || !is_dot_string(local) || !is_host_name(domain) {
            return Err(InvalidMailAddress);
        }
        Address::new(local, domain).map(Self).map_err(|_| InvalidMailAddress)
    }
}

impl TryFrom<&Email> for MailAddress {
    type Error = InvalidMailAddress;

    /// What is kept, and never what was typed: the two differ in case, and case is more than ASCII's.
    fn try_from(email: &Email) -> Result<Self, InvalidMailAddress> {
        email.as_str().parse()
    }
}

/// Addresses of people stay out of the log.
impl fmt::Debug for MailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[address]")
    }
}

fn is_dot_string(local: &str) -> bool {
    let fits = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~".contains(c);
    local.len() <= LONGEST_LOCAL_PART && local.split('.').all(|atom| !atom.is_empty() && atom.chars().all(fits))
}

/// Names only: an IP address as a domain is nobody's, or somebody's who should not get mail from us.
fn is_host_name(domain: &str) -> bool {
    let fits = |label: &str| {
        (1..=LONGEST_LABEL).contains(&label.len())
            && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let numeric = domain.rsplit('.').next().is_some_and(|last| last.chars().all(|c| c.is_ascii_digit()));
    domain.split('.').all(fits) && !numeric
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_addresses_pass() {
        for good in ["a@example.com", "first.last+tag@mail.example.co.uk", "o'neill@example.com", "operator@localhost"]
        {
            let address: MailAddress = good.parse().unwrap();
            assert_eq!(address.to_lettre().to_string(), good);
        }
    }

    /// Whatever could end a header or a command, name a second recipient, or look like somebody else's address.
    #[test]
    fn nothing_that_could_be_read_as_more_than_one_address_is_one() {
        for bad in [
            "",
            "@",
            "a@",
            "@b",
            "a",
            "a@b@c.example",
            "a@example.com\r\nBcc: b@example.com",
            "a\r\nRCPT TO:<b@example.com>@example.com",
            "a@example.com\n",
            "a\u{0}@example.com",
            "a@example.com,b@example.com",
            "a@example.com b@example.com",
            "Somebody <a@example.com>",
            "<a@example.com>",
            "\"a b\"@example.com",
            "\"a\\\"\"@example.com",
            "a(comment)@example.com",
            "a:b@example.com",
            "a;b@example.com",
            "a\\@example.com",
            "a@[127.0.0.1]",
            "a@127.0.0.1",
            "a@[IPv6:::1]",
            "a@example..com",
            "a@.example.com",
            "a@example.com.",
            "a@-example.com",
            "a@exam_ple.com",
            ".a@example.com",
            "a.@example.com",
            "a..b@example.com",
            "ä@example.com",
            "a@exämple.com",
            "\u{430}@example.com",
            "a\u{200b}@example.com",
            "a\u{202e}@example.com",
            "=?utf-8?q?a=0ABcc:_b?=@exa mple.com",
        ] {
            assert_eq!(bad.parse::<MailAddress>(), Err(InvalidMailAddress), "{bad:?}");
        }
        assert!(format!("{}@example.com", "a".repeat(65)).parse::<MailAddress>().is_err());
        assert!(format!("a@{}.com", "b".repeat(64)).parse::<MailAddress>().is_err());
        assert!(format!("a@{}", "b.".repeat(130) + "c").parse::<MailAddress>().is_err());
    }

    /// The Kelvin sign is a k in lower case: mail goes to the person who is found, and to nobody whom it resembles.
    #[test]
    fn mail_goes_to_the_address_that_is_kept() {
        let email = Email::parse("\u{212a}elvin@EXAMPLE.com").unwrap();
        assert_eq!(MailAddress::try_from(&email).unwrap().to_lettre().to_string(), "kelvin@example.com");
        assert!(MailAddress::try_from(&Email::parse("k\u{130}t@example.com").unwrap()).is_err());
    }

    #[test]
    fn an_address_does_not_print() {
        assert_eq!(format!("{:?}", "a@example.com".parse::<MailAddress>().unwrap()), "[address]");
    }
}
