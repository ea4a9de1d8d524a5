//! A person who can sign in.

use serde::{Deserialize, Serialize};
use shared_claims::role::{Role, RoleSet};
use shared_claims::scope::{Scope, ScopeSet};

use super::email::Email;
use super::resource::ResourceName;

/// Whether a person may sign in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum UserStatus {
    /// They may.
    Active,
    /// Not until they are made active again.
    Suspended,
}

/// A person.
#[derive(Debug, Clone)]
pub struct User {
    /// `sub` of their tokens.
    pub user_id: String,
    /// What they sign in with.
    pub email: Email,
    /// What they are called.
    pub name: String,
    /// bcrypt, see [`password`](super::password); empty for a person who has no password.
    pub password_hash: String,
    /// What they are.
    pub roles: RoleSet,
    /// Whether they may sign in.
    pub status: UserStatus,
    /// In microseconds since the epoch.
    pub created_at: i64,
    /// When somebody last showed that the address is theirs, in microseconds since the epoch.
    pub email_verified_at: Option<i64>,
}

/// What a token from the terminal allows a person, by what they are.
#[must_use]
pub fn scope_of(roles: &RoleSet) -> ScopeSet {
    let scopes = roles.iter().flat_map(|role| match role {
        Role::Manager => [Scope::PartnersManage, Scope::KeysManage].as_slice(),
        Role::Fulfiller => [Scope::FulfilmentComplete].as_slice(),
        Role::Auditor => [Scope::AuditRead].as_slice(),
        Role::Customer => [].as_slice(),
    });
    scopes.copied().collect()
}

/// What of a person's roles matters at a resource server, and so what a token for it tells. A partner need not know that
/// its customer is an auditor.
#[must_use]
pub fn roles_at(resource: ResourceName, roles: &RoleSet) -> RoleSet {
    let matters = |role: &Role| match resource {
        ResourceName::Orders => *role == Role::Customer,
        ResourceName::Admin => *role != Role::Customer,
        ResourceName::Auth => false,
    };
    roles.iter().filter(matters).collect()
}

/// What a person may allow a client at a resource server: at the inside one what their roles give them, elsewhere all that
/// is theirs.
#[must_use]
pub fn scope_at(resource: ResourceName, user: &User) -> ScopeSet {
    match resource {
        ResourceName::Admin => scope_of(&user.roles),
        other => other.scopes(),
    }
}
