//! The registered claims (RFC 7519 section 4.1), the same for every kind of token.

use serde::{Serialize, Serializer};

use super::Members;
use crate::clock::Timestamp;
use crate::ids::{Audience, Issuer, Subject, TokenId};
use crate::verify::ClaimsRefusal;

/// `iss sub aud exp nbf iat jti`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Registered {
    /// `iss`: who issued the token.
    #[serde(rename = "iss")]
    pub issuer: Issuer,
    /// `sub`: about whom it speaks.
    #[serde(rename = "sub")]
    pub subject: Subject,
    /// `aud`: for whom it is meant. We issue one; of others' we accept a list.
    #[serde(rename = "aud", serialize_with = "one_or_list")]
    pub audience: Vec<Audience>,
    /// `exp`: from this second on it is not accepted, leeway aside.
    #[serde(rename = "exp")]
    pub expires_at: Timestamp,
    /// `nbf`: before this second it is not accepted, leeway aside.
    #[serde(rename = "nbf", skip_serializing_if = "Option::is_none")]
    pub not_before: Option<Timestamp>,
    /// `iat`: when it was issued.
    #[serde(rename = "iat")]
    pub issued_at: Timestamp,
    /// `jti`: its name.
    #[serde(rename = "jti")]
    pub token_id: TokenId,
}

impl Registered {
    pub(crate) fn read(members: &Members<'_>) -> Result<Self, ClaimsRefusal> {
        Ok(Self {
            issuer: members.text("iss")?,
            subject: members.text("sub")?,
            audience: members.texts("aud")?,
            expires_at: members.date("exp")?,
            not_before: members.date_if_any("nbf")?,
            issued_at: members.date("iat")?,
            token_id: members.text("jti")?,
        })
    }

    /// The later of `iat` and `nbf`.
    #[must_use]
    pub fn valid_from(&self) -> Timestamp {
        self.not_before.map_or(self.issued_at, |not_before| not_before.max(self.issued_at))
    }

    /// The registered claims of a token to be signed now, good for `lifetime` (whole seconds).
    #[cfg(feature = "sign")]
    #[must_use]
    pub fn issue(
        issuer: Issuer,
        subject: Subject,
        audience: Audience,
        token_id: TokenId,
        now: Timestamp,
        lifetime: std::time::Duration,
    ) -> Self {
        Self {
            issuer,
            subject,
            audience: vec![audience],
            expires_at: now.plus(lifetime),
            not_before: Some(now),
            issued_at: now,
            token_id,
        }
    }

    /// The same, but not beyond `limit`: a token made from another one must not outlive it.
    #[cfg(feature = "sign")]
    #[must_use]
    pub fn no_later_than(mut self, limit: Timestamp) -> Self {
        self.expires_at = self.expires_at.min(limit);
        self
    }
}

fn one_or_list<S: Serializer>(audience: &[Audience], serializer: S) -> Result<S::Ok, S::Error> {
    match audience {
        [one] => one.serialize(serializer),
        list => list.serialize(serializer),
    }
}
