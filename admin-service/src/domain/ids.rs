//! Ids that come from outside. They end up in URLs of other services and in rows, so there is no character in them that
//! could mean anything there.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Longest id, in bytes. Ours have 40.
const LONGEST: usize = 64;

/// The text cannot be an id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be 1 to {LONGEST} letters, digits, hyphens or underscores")]
pub struct InvalidId;

fn checked(text: String) -> Result<String, InvalidId> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
    if (1..=LONGEST).contains(&text.len()) && text.bytes().all(plain) { Ok(text) } else { Err(InvalidId) }
}

macro_rules! id {
    ($(#[$doc:meta])* $Id:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(try_from = "String")]
        pub struct $Id(String);

        impl $Id {
            /// The text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $Id {
            type Error = InvalidId;
            fn try_from(text: String) -> Result<Self, InvalidId> {
                checked(text).map(Self)
            }
        }

        impl From<$Id> for String {
            fn from(id: $Id) -> Self {
                id.0
            }
        }

        impl AsRef<str> for $Id {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $Id {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

id! {
    /// A partner: its `client_id` at auth-service.
    PartnerId
}
id! {
    /// One of a partner's secrets; the name of it, not the secret.
    SecretId
}
id! {
    /// A person: their `user_id` at auth-service.
    UserId
}
id! {
    /// A fulfilment, as orders-service named it.
    FulfilmentId
}
id! {
    /// An order of orders-service.
    OrderId
}
id! {
    /// An account of orders-service.
    AccountId
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_holds_nothing_that_means_something_in_a_url() {
        for good in ["a", "cli_0190-Ab", &"x".repeat(LONGEST)] {
            assert_eq!(PartnerId::try_from(good.to_owned()).unwrap().as_str(), good);
        }
        for bad in ["", "..", "a/b", "a%2Fb", "a?b", "a#b", "a b", "a.b", "a\n", "ä", &"x".repeat(LONGEST + 1)] {
            assert_eq!(PartnerId::try_from(bad.to_owned()), Err(InvalidId), "{bad:?}");
        }
    }
}
