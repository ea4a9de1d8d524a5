//! E-mail addresses as names of people: compared without case, not proved to exist.

use serde::{Deserialize, Serialize};

/// An address in lower case.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Email(String);

/// The text cannot be an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be an e-mail address of at most 254 bytes")]
pub struct InvalidEmail;

impl Email {
    /// Checks the form only: something, an `@`, something, no blanks, at most 254 bytes (RFC 5321 section 4.5.3.1).
    ///
    /// # Errors
    /// [`InvalidEmail`].
    pub fn parse(text: &str) -> Result<Self, InvalidEmail> {
        let (local, domain) = text.rsplit_once('@').ok_or(InvalidEmail)?;
        let unfit = |c: char| c.is_whitespace() || c.is_control();
        if local.is_empty() || domain.is_empty() || text.len() > 254 || text.contains(unfit) || local.contains('@') {
            return Err(InvalidEmail);
        }
        Ok(Self(text.to_lowercase()))
    }

    /// The address.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Email {
    type Error = InvalidEmail;
    fn try_from(text: String) -> Result<Self, InvalidEmail> {
        Self::parse(&text)
    }
}

impl From<Email> for String {
    fn from(email: Email) -> Self {
        email.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_person_has_one_address_however_it_is_typed() {
        assert_eq!(Email::parse("Operator@Example.COM").unwrap().as_str(), "operator@example.com");
        for text in ["", "@", "a@", "@b", "a b@c", "a@b\n", "a@b@c", &format!("{}@b", "a".repeat(260))] {
            assert_eq!(Email::parse(text), Err(InvalidEmail), "{text:?}");
        }
    }
}
