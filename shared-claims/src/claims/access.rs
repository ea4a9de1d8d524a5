//! The access token: a JWT as RFC 9068 profiles it.

use serde::{Deserialize, Serialize};

use super::{Kind, Members, Registered};
use crate::clock::Timestamp;
use crate::ids::{ClientId, Subject, TokenId};
use crate::role::{Role, RoleSet};
use crate::scope::ScopeSet;
use crate::verify::{ClaimFault, ClaimsRefusal};

/// The claims of an access token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct AccessToken {
    /// RFC 7519 section 4.1.
    #[serde(flatten)]
    pub registered: Registered,
    /// Names from the IANA registry of JWT claims.
    #[serde(flatten)]
    pub public: AccessPublic,
    /// Names that only our own services agreed on.
    #[serde(flatten)]
    pub private: AccessPrivate,
}

/// The public claims of an access token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AccessPublic {
    /// `client_id` (RFC 8693 section 4.3): the client that got the token.
    pub client_id: ClientId,
    /// `scope` (RFC 8693 section 4.2): what the token allows.
    pub scope: ScopeSet,
    /// `roles` (RFC 9068 section 2.2.3.1): what the person is; empty for clients.
    #[serde(skip_serializing_if = "RoleSet::is_empty")]
    pub roles: RoleSet,
    /// `auth_time` (OpenID Connect Core section 2): when the person signed in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub auth_time: Option<Timestamp>,
    /// `act` (RFC 8693 section 4.1): who acts for the subject, for exchanged tokens.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub act: Option<Actor>,
}

/// The private claims of an access token.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct AccessPrivate {
    /// `origin_jti`: the token that was first exchanged on the way to this one, so that what revokes that one
    /// revokes this one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub origin_jti: Option<TokenId>,
}

/// A party that acts for the subject, and the one that acted before it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Actor {
    /// The acting client.
    pub sub: Subject,
    /// The actor before; told for the record, never for a decision (RFC 8693 section 4.1).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub act: Option<Box<Actor>>,
}

impl AccessToken {
    /// Claims to be signed.
    #[cfg(feature = "sign")]
    #[must_use]
    pub fn new(registered: Registered, public: AccessPublic, private: AccessPrivate) -> Self {
        Self { registered, public, private }
    }

    /// About whom the token speaks.
    #[must_use]
    pub fn subject(&self) -> &Subject {
        &self.registered.subject
    }

    /// The client that got the token.
    #[must_use]
    pub fn client_id(&self) -> &ClientId {
        &self.public.client_id
    }

    /// The outermost actor, the only one that decisions may look at.
    #[must_use]
    pub fn actor(&self) -> Option<&Subject> {
        self.public.act.as_ref().map(|actor| &actor.sub)
    }

    /// The first of the actors before the current one, the most deeply nested `act`; `None` where nobody acted before.
    ///
    /// RFC 8693 section 4.1: prior actors are informational and must not be considered in access control decisions. So
    /// this is for records and for nothing else. As a record it is as good as the issuer's word: it must write into
    /// `act` only the clients of tokens that it verified itself, never what a request says, and leave none out.
    #[must_use]
    pub fn first_actor(&self) -> Option<&Subject> {
        let current = self.public.act.as_ref()?;
        let before = std::iter::successors(current.act.as_deref(), |actor| actor.act.as_deref());
        before.last().map(|actor| &actor.sub)
    }
}

impl Kind for AccessToken {
    const TYP: &'static str = "at+jwt";

    fn read(registered: Registered, members: &Members<'_>) -> Result<Self, ClaimsRefusal> {
        // Bound to a key that its sender would have to show (RFC 7800), which nobody here checks yet: as a plain bearer
        // token it would be worth more to a thief than its issuer meant.
        if members.has("cnf") {
            return Err(ClaimFault::NotAgreed.of("cnf"));
        }
        let public = AccessPublic {
            client_id: members.text("client_id")?,
            scope: members.if_any("scope", read_scope)?.unwrap_or_default(),
            roles: members.if_any("roles", read_roles)?.unwrap_or_default(),
            auth_time: members.date_if_any("auth_time")?,
            act: members.if_any("act", read_actor)?,
        };
        let private = AccessPrivate { origin_jti: members.if_any("origin_jti", Members::text)? };
        Ok(Self { registered, public, private })
    }
}

fn read_scope(members: &Members<'_>, claim: &'static str) -> Result<ScopeSet, ClaimsRefusal> {
    let text: String = members.structure(claim)?;
    ScopeSet::known_in(&text).map_err(|_| ClaimFault::WrongType.of(claim))
}

/// Roles that this code does not know grant nothing, so they are passed over, as unknown scopes are.
fn read_roles(members: &Members<'_>, claim: &'static str) -> Result<RoleSet, ClaimsRefusal> {
    let names: Vec<String> = members.structure(claim)?;
    Ok(names.iter().filter_map(|name| name.parse::<Role>().ok()).collect())
}

/// RFC 8693 section 4.1. Whatever is wrong with an actor, however deep, is wrong with `act`.
fn read_actor(members: &Members<'_>, claim: &'static str) -> Result<Actor, ClaimsRefusal> {
    let actor = members.object(claim)?;
    let sub = actor.text("sub").map_err(|_| ClaimFault::WrongType.of(claim))?;
    Ok(Actor { sub, act: actor.if_any(claim, read_actor)?.map(Box::new) })
}
