//! Names that are easily confused, each with a type of its own.
//!
//! `sub` and `client_id` are both text, and a handler that mixes them up serves the wrong owner. With these types the
//! compiler tells them apart.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The text is empty, longer than [`MAX_BYTES`], or holds a control character.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must have 1 to {MAX_BYTES} bytes and no control characters")]
pub struct InvalidName;

/// Longest accepted identifier, in bytes. Ours have at most 60; issuers and audiences are URLs.
pub const MAX_BYTES: usize = 256;

fn checked(text: String) -> Result<String, InvalidName> {
    let acceptable = (1..=MAX_BYTES).contains(&text.len()) && !text.chars().any(char::is_control);
    if acceptable { Ok(text) } else { Err(InvalidName) }
}

macro_rules! name {
    ($(#[$doc:meta])* $Name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $Name(String);

        impl $Name {
            /// Checks the text once, so that no one else has to.
            ///
            /// # Errors
            /// [`InvalidName`] if it is empty, too long or holds a control character.
            pub fn new(text: impl Into<String>) -> Result<Self, InvalidName> {
                checked(text.into()).map(Self)
            }

            /// The text, unchanged.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $Name {
            type Error = InvalidName;
            fn try_from(text: String) -> Result<Self, InvalidName> {
                Self::new(text)
            }
        }

        impl From<$Name> for String {
            fn from(name: $Name) -> Self {
                name.0
            }
        }

        impl fmt::Display for $Name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl std::str::FromStr for $Name {
            type Err = InvalidName;
            fn from_str(text: &str) -> Result<Self, InvalidName> {
                Self::new(text)
            }
        }

        impl PartialEq<str> for $Name {
            fn eq(&self, other: &str) -> bool {
                self.0 == other
            }
        }
    };
}

name! {
    /// Who issued a token: an `iss` value (RFC 7519 section 4.1.1). Compared byte by byte, never as a URL.
    Issuer
}
name! {
    /// For whom a token is meant: one `aud` value (RFC 7519 section 4.1.3). Compared byte by byte.
    Audience
}
name! {
    /// About whom a token speaks: `sub` (RFC 7519 section 4.1.2), a client or a person.
    Subject
}
name! {
    /// The OAuth client that asked for a token: `client_id` (RFC 8693 section 4.3).
    ClientId
}
name! {
    /// The name of one token: `jti` (RFC 7519 section 4.1.7).
    TokenId
}
name! {
    /// The name of one key: `kid` (RFC 7515 section 4.1.4). Only ever compared, never a path, query or URL.
    KeyId
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_neither_empty_nor_endless_nor_does_it_hold_control_characters() {
        assert_eq!(KeyId::new(""), Err(InvalidName));
        assert_eq!(KeyId::new("k".repeat(MAX_BYTES + 1)), Err(InvalidName));
        assert_eq!(KeyId::new("a\nb"), Err(InvalidName));
        assert!(KeyId::new("k".repeat(MAX_BYTES)).is_ok());
        assert!(KeyId::new("../../etc/passwd").is_ok(), "a kid is only compared, so it may look like anything");
    }
}
