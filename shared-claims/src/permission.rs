//! Permissions: what a handler asks of its caller, as types.
//!
//! A permission belongs to one API and names the scope that the token must carry, for people the role as well, and
//! for inner calls the service that must be acting. The grid of all of them is checked in as `permissions.txt`.

use crate::role::Role;
use crate::scope::Scope;

/// One of our resource servers, as the type that its permissions belong to.
pub trait Api: 'static {
    /// The service's name, also the `realm` of its challenges.
    const NAME: &'static str;
    /// Every permission that the API checks.
    const PERMISSIONS: &'static [Requirement];

    /// The scopes that a token for this API may carry.
    fn scopes() -> impl Iterator<Item = Scope> {
        let mut seen = std::collections::BTreeSet::new();
        Self::PERMISSIONS.iter().map(|requirement| requirement.scope).filter(move |scope| seen.insert(*scope))
    }
}

/// What a caller must bring.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Requirement {
    /// The permission's name, for the log and the grid.
    pub name: &'static str,
    /// The scope that the token must carry.
    pub scope: Scope,
    /// The role that the person must have; `None` where clients call for themselves.
    pub role: Option<Role>,
    /// The service that must be the outermost actor (RFC 8693 section 4.1); `None` where none may be needed.
    pub actor: Option<&'static str>,
}

/// A permission, to be named in a handler's signature: `Caller<orders::ReadOrders>`.
pub trait Permission: 'static {
    /// Where it is checked.
    type Api: Api;
    /// What it takes.
    const REQUIREMENT: Requirement;
}

macro_rules! permissions {
    ($Api:ident = $service:literal {
        $($(#[$doc:meta])* $Name:ident: $scope:ident $(, role $role:ident)? $(, actor $actor:literal)?;)+
    }) => {
        use super::{Api, Permission, Requirement};
        use crate::{role::Role, scope::Scope};

        #[doc = concat!("The API of ", $service, ".")]
        #[derive(Debug, Clone, Copy)]
        pub struct $Api;

        impl Api for $Api {
            const NAME: &'static str = $service;
            const PERMISSIONS: &'static [Requirement] = &[$($Name::REQUIREMENT),+];
        }

        $(
            $(#[$doc])*
            #[derive(Debug, Clone, Copy)]
            pub struct $Name;

            impl Permission for $Name {
                type Api = $Api;
                const REQUIREMENT: Requirement = Requirement {
                    name: stringify!($Name),
                    scope: Scope::$scope,
                    role: { let _role: Option<Role> = None; $(let _role = Some(Role::$role);)? _role },
                    actor: { let _actor: Option<&'static str> = None; $(let _actor = Some($actor);)? _actor },
                };
            }
        )+
    };
}

/// Permissions of orders-service, the target application.
pub mod orders {
    permissions! { OrdersApi = "orders-service" {
        /// See one's own orders.
        ReadOrders: OrdersRead;
        /// Place orders.
        WriteOrders: OrdersWrite;
        /// See one's own accounts.
        ReadAccounts: AccountsRead;
        /// Create accounts.
        WriteAccounts: AccountsWrite;
        /// Ask for fulfilment.
        RequestFulfilment: FulfilmentRequest;
        /// Read this service's part of the audit trail, as admin-service on behalf of an auditor.
        ReadAudit: AuditRead, role Auditor, actor "admin-service";
    } }
}

/// Permissions of admin-service, the internal application.
pub mod admin {
    permissions! { AdminApi = "admin-service" {
        /// Register, change and suspend partners.
        ManagePartners: PartnersManage, role Manager;
        /// Rotate signing keys.
        ManageKeys: KeysManage, role Manager;
        /// Accept a fulfilment, as orders-service on behalf of a partner.
        AcceptFulfilment: FulfilmentAccept, actor "orders-service";
        /// See fulfilments and mark them as done.
        CompleteFulfilment: FulfilmentComplete, role Fulfiller;
        /// Read the joined audit trail.
        ReadAudit: AuditRead, role Auditor;
    } }
}

/// Permissions of auth-service's own management API.
pub mod auth {
    permissions! { AuthApi = "auth-service" {
        /// Manage OAuth clients, as admin-service on behalf of a manager.
        ManageClients: ClientsManage, role Manager, actor "admin-service";
        /// Manage people, as admin-service on behalf of a manager.
        ManageUsers: UsersManage, role Manager, actor "admin-service";
        /// Rotate signing keys, as admin-service on behalf of a manager.
        ManageKeys: KeysManage, role Manager, actor "admin-service";
        /// Read this service's part of the audit trail, as admin-service on behalf of an auditor.
        ReadAudit: AuditRead, role Auditor, actor "admin-service";
        /// Learn who the person is, as a client that they allowed it (OpenID Connect Core section 5.3).
        ReadIdentity: OpenId;
    } }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write;

    use super::{Api, Role, admin::AdminApi, auth::AuthApi, orders::OrdersApi};

    fn rows<A: Api>(grid: &mut String) {
        for permission in A::PERMISSIONS {
            write!(
                grid,
                "{:<15} {:<19} {:<20} {:<15}",
                A::NAME,
                permission.name,
                permission.scope.as_str(),
                permission.actor.unwrap_or("-")
            )
            .unwrap();
            write!(grid, " {:^7}", if permission.role.is_none() { "x" } else { "-" }).unwrap();
            for role in Role::ALL {
                let suffices = permission.role.is_none_or(|needed| needed == role);
                write!(grid, " {:^9}", if suffices { "x" } else { "-" }).unwrap();
            }
            let trimmed = grid.trim_end().len();
            grid.truncate(trimmed);
            grid.push('\n');
        }
    }

    /// A change of policy is a change of this file, so that it is seen in review.
    #[test]
    #[expect(clippy::disallowed_methods, reason = "a test has no settings module")]
    fn the_grid_of_roles_and_permissions_is_the_checked_in_one() {
        let mut grid = String::from(
            "service         permission          scope                actor           no role  manager  fulfiller  auditor  customer\n",
        );
        rows::<OrdersApi>(&mut grid);
        rows::<AdminApi>(&mut grid);
        rows::<AuthApi>(&mut grid);
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/permissions.txt");
        if std::env::var_os("UPDATE_GRID").is_some() {
            std::fs::write(path, &grid).unwrap();
        }
        assert_eq!(std::fs::read_to_string(path).unwrap_or_default(), grid, "UPDATE_GRID=1 writes the grid anew");
    }
}
