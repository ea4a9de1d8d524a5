//! The resource servers that tokens are issued for: our three services, known by their public URLs.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use shared_claims::ids::Audience;
use shared_claims::permission::{Api, admin::AdminApi, auth::AuthApi, orders::OrdersApi};
use shared_claims::scope::ScopeSet;

/// One of our services, as a resource server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ResourceName {
    /// orders-service.
    Orders,
    /// admin-service.
    Admin,
    /// auth-service's own management API.
    Auth,
}

impl ResourceName {
    /// The scopes that mean something there.
    #[must_use]
    pub fn scopes(self) -> ScopeSet {
        match self {
            Self::Orders => OrdersApi::scopes().collect(),
            Self::Admin => AdminApi::scopes().collect(),
            Self::Auth => AuthApi::scopes().collect(),
        }
    }
}

/// Which URL stands for which service (RFC 8707: the values of `resource`).
#[derive(Debug, Clone)]
pub struct Resources {
    /// orders-service.
    pub orders: Audience,
    /// admin-service.
    pub admin: Audience,
    /// This service.
    pub auth: Audience,
}

impl Resources {
    /// The service with this URL, compared as text.
    #[must_use]
    pub fn named(&self, resource: &str) -> Option<ResourceName> {
        [(&self.orders, ResourceName::Orders), (&self.admin, ResourceName::Admin), (&self.auth, ResourceName::Auth)]
            .into_iter()
            .find(|(audience, _)| *audience == resource)
            .map(|(_, name)| name)
    }

    /// The URL of a service.
    #[must_use]
    pub fn audience(&self, name: ResourceName) -> &Audience {
        match name {
            ResourceName::Orders => &self.orders,
            ResourceName::Admin => &self.admin,
            ResourceName::Auth => &self.auth,
        }
    }

    /// What a partner may have tokens for.
    #[must_use]
    pub fn of_partners(&self) -> BTreeSet<Audience> {
        BTreeSet::from([self.orders.clone()])
    }
}
