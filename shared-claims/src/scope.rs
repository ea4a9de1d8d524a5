//! Scopes: what a token lets its bearer ask for.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

macro_rules! scopes {
    ($($(#[$doc:meta])* $Variant:ident = $name:literal),+ $(,)?) => {
        /// One scope-token (RFC 6749 section 3.3).
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Scope { $($(#[$doc])* $Variant),+ }

        impl Scope {
            /// Every scope.
            pub const ALL: &'static [Self] = &[$(Self::$Variant),+];

            /// The name in tokens and requests.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$Variant => $name),+ }
            }
        }
    };
}

scopes! {
    /// See one's own orders.
    OrdersRead = "orders:read",
    /// Place orders.
    OrdersWrite = "orders:write",
    /// See one's own accounts.
    AccountsRead = "accounts:read",
    /// Create accounts for one's users.
    AccountsWrite = "accounts:write",
    /// Ask for an order to be fulfilled.
    FulfilmentRequest = "fulfilment:request",
    /// Hand a fulfilment over to admin-service; only orders-service gets it, by exchange.
    FulfilmentAccept = "fulfilment:accept",
    /// Mark a fulfilment as done.
    FulfilmentComplete = "fulfilment:complete",
    /// Register, change and suspend partners.
    PartnersManage = "partners:manage",
    /// Register, change and suspend OAuth clients; only admin-service gets it, by exchange.
    ClientsManage = "clients:manage",
    /// Create and change people; only admin-service gets it, by exchange.
    UsersManage = "users:manage",
    /// Rotate signing keys.
    KeysManage = "keys:manage",
    /// Read the audit trail.
    AuditRead = "audit:read",
    /// Learn who the person is: makes a request one of OpenID Connect (OpenID Connect Core section 3.1.2.1).
    OpenId = "openid",
    /// Learn the person's name (OpenID Connect Core section 5.4).
    Profile = "profile",
    /// Learn the person's e-mail address (OpenID Connect Core section 5.4).
    Email = "email",
    /// Go on while the person is away (OpenID Connect Core section 11).
    OfflineAccess = "offline_access",
}

impl Scope {
    /// What the issuer itself tells about the person; no API of ours asks for one of these.
    pub const IDENTITY: [Self; 3] = [Self::OpenId, Self::Profile, Self::Email];
}

/// No scope has this name, or the list is not separated by single spaces.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("unknown scope")]
pub struct UnknownScope;

impl FromStr for Scope {
    type Err = UnknownScope;
    fn from_str(name: &str) -> Result<Self, UnknownScope> {
        Self::ALL.iter().copied().find(|scope| scope.as_str() == name).ok_or(UnknownScope)
    }
}

impl<'de> Deserialize<'de> for Scope {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A set of scopes, written as one text with single spaces between them (RFC 6749 section 3.3).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ScopeSet(BTreeSet<Scope>);

impl ScopeSet {
    /// Whether `scope` is granted.
    #[must_use]
    pub fn contains(&self, scope: Scope) -> bool {
        self.0.contains(&scope)
    }

    /// Whether all of these are in `other`.
    #[must_use]
    pub fn is_subset(&self, other: &Self) -> bool {
        self.0.is_subset(&other.0)
    }

    /// Those that are in both.
    #[must_use]
    pub fn intersection(&self, other: &Self) -> Self {
        self.0.intersection(&other.0).copied().collect()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The scopes, in a fixed order.
    pub fn iter(&self) -> impl Iterator<Item = Scope> + '_ {
        self.0.iter().copied()
    }

    /// Reads the `scope` of a token. Scopes that this code does not know grant nothing, so they are passed over: an
    /// issuer may serve other applications too. What is no list of scope-tokens at all is an error.
    ///
    /// # Errors
    /// [`UnknownScope`] if the text is not scope-tokens separated by single spaces.
    pub fn known_in(text: &str) -> Result<Self, UnknownScope> {
        if text.is_empty() {
            return Ok(Self::default());
        }
        let mut known = BTreeSet::new();
        for token in text.split(' ') {
            if token.is_empty() || !token.bytes().all(is_scope_byte) {
                return Err(UnknownScope);
            }
            known.extend(token.parse::<Scope>());
        }
        Ok(Self(known))
    }
}

/// `scope-token = 1*( %x21 / %x23-5B / %x5D-7E )` (RFC 6749 section 3.3).
fn is_scope_byte(byte: u8) -> bool {
    matches!(byte, 0x21 | 0x23..=0x5B | 0x5D..=0x7E)
}

impl FromStr for ScopeSet {
    type Err = UnknownScope;

    /// Reads a request's `scope`: here an unknown scope is an error, and so is an empty list.
    fn from_str(text: &str) -> Result<Self, UnknownScope> {
        text.split(' ').map(Scope::from_str).collect()
    }
}

impl FromIterator<Scope> for ScopeSet {
    fn from_iter<I: IntoIterator<Item = Scope>>(scopes: I) -> Self {
        Self(scopes.into_iter().collect())
    }
}

impl fmt::Display for ScopeSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, scope) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str(" ")?;
            }
            f.write_str(scope.as_str())?;
        }
        Ok(())
    }
}

impl Serialize for ScopeSet {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for ScopeSet {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_for_an_unknown_scope_is_an_error() {
        assert_eq!("orders:read orders:burn".parse::<ScopeSet>(), Err(UnknownScope));
        assert_eq!("".parse::<ScopeSet>(), Err(UnknownScope));
        assert_eq!("orders:read  orders:write".parse::<ScopeSet>(), Err(UnknownScope));
        assert_eq!("ORDERS:READ".parse::<ScopeSet>(), Err(UnknownScope));
    }

    #[test]
    fn a_token_with_an_unknown_scope_grants_the_known_ones() {
        let granted = ScopeSet::known_in("orders:burn orders:read").unwrap();
        assert_eq!(granted, [Scope::OrdersRead].into_iter().collect());
        assert_eq!(ScopeSet::known_in("orders:read\torders:write"), Err(UnknownScope));
        assert_eq!(ScopeSet::known_in(" orders:read"), Err(UnknownScope));
    }

    #[test]
    fn every_scope_reads_back_as_itself() {
        for scope in Scope::ALL {
            assert_eq!(scope.as_str().parse(), Ok(*scope));
            assert_eq!(scope.to_string(), scope.as_str());
        }
    }
}
