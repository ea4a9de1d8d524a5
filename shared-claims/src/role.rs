//! Roles: what a person is at the target application. Clients have none.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// What a person is. The claim `roles` lists them (RFC 9068 section 2.2.3.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Manages partners, users and keys.
    Manager,
    /// Completes fulfilments.
    Fulfiller,
    /// Reads the audit trail.
    Auditor,
    /// Orders for themselves, through a partner that they allowed.
    Customer,
}

/// No role has this name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("unknown role; the roles are manager, fulfiller, auditor and customer")]
pub struct UnknownRole;

impl Role {
    /// Every role, in the order of the permission grid.
    pub const ALL: [Self; 4] = [Self::Manager, Self::Fulfiller, Self::Auditor, Self::Customer];

    /// The name in tokens and requests.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Manager => "manager",
            Self::Fulfiller => "fulfiller",
            Self::Auditor => "auditor",
            Self::Customer => "customer",
        }
    }
}

impl FromStr for Role {
    type Err = UnknownRole;
    fn from_str(name: &str) -> Result<Self, UnknownRole> {
        Self::ALL.into_iter().find(|role| role.as_str() == name).ok_or(UnknownRole)
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The roles of one person.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RoleSet(BTreeSet<Role>);

impl RoleSet {
    /// Whether the person has `role`.
    #[must_use]
    pub fn contains(&self, role: Role) -> bool {
        self.0.contains(&role)
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The roles, in a fixed order.
    pub fn iter(&self) -> impl Iterator<Item = Role> + '_ {
        self.0.iter().copied()
    }
}

impl FromIterator<Role> for RoleSet {
    fn from_iter<I: IntoIterator<Item = Role>>(roles: I) -> Self {
        Self(roles.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_role_reads_back_as_itself_and_nothing_else_is_one() {
        for role in Role::ALL {
            assert_eq!(role.to_string().parse(), Ok(role));
            assert_eq!(serde_json::to_string(&role).unwrap(), format!("\"{role}\""));
        }
        for other in ["", "Manager", "manager ", "admin", "*"] {
            assert_eq!(other.parse::<Role>(), Err(UnknownRole));
        }
    }

    #[test]
    fn a_set_of_roles_has_each_of_them_once() {
        let roles: RoleSet = [Role::Auditor, Role::Manager, Role::Auditor].into_iter().collect();
        assert_eq!(roles.iter().collect::<Vec<_>>(), [Role::Manager, Role::Auditor]);
        assert!(roles.contains(Role::Auditor) && !roles.contains(Role::Customer));
        assert!(!roles.is_empty() && RoleSet::default().is_empty());
    }
}
