//! Ids of accounts, orders and fulfilments, each with a type of its own: a handler that mixes them up does not compile.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The text is no id of its kind. Nothing can have such an id, so callers are told what they are told of an unknown one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be an id that was given out here")]
pub struct InvalidId;

/// A prefix, an underscore, and a UUID in lower-case hexadecimal with hyphens.
fn checked(text: String, prefix: &str) -> Result<String, InvalidId> {
    let uuid = text.strip_prefix(prefix).and_then(|rest| rest.strip_prefix('_'));
    let is_hex = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f' | b'-');
    if uuid.is_some_and(|uuid| uuid.len() == 36 && uuid.bytes().all(is_hex)) { Ok(text) } else { Err(InvalidId) }
}

macro_rules! id {
    ($(#[$doc:meta])* $Name:ident = $prefix:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $Name(String);

        impl $Name {
            /// A new one, which sorts after all that were made before it.
            pub fn generate() -> Self {
                Self(service_kit::ids::new_id($prefix))
            }

            /// The id as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $Name {
            type Error = InvalidId;
            fn try_from(text: String) -> Result<Self, InvalidId> {
                checked(text, $prefix).map(Self)
            }
        }

        impl From<$Name> for String {
            fn from(id: $Name) -> Self {
                id.0
            }
        }

        impl fmt::Display for $Name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

id! {
    /// An account that a partner opened for one of its users.
    AccountId = "acc"
}
id! {
    /// An order.
    OrderId = "ord"
}
id! {
    /// A fulfilment, here and at admin-service.
    FulfilmentId = "ful"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_reads_back_and_another_kind_of_id_does_not() {
        let order = OrderId::generate();
        assert_eq!(OrderId::try_from(order.to_string()), Ok(order.clone()));
        assert_eq!(AccountId::try_from(order.to_string()), Err(InvalidId));
        for text in ["", "ord_", "ord", "ord_\0", "ORD_0191b2c4-0000-7000-8000-000000000000", "../../etc/passwd"] {
            assert_eq!(OrderId::try_from(text.to_owned()), Err(InvalidId), "{text:?}");
        }
    }
}
