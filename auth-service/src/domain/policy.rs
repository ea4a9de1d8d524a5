//! Which of our services may exchange which token for which: one row each, all else refused (RFC 8693).

use serde::Deserialize;
use shared_claims::ids::ClientId;
use shared_claims::scope::{Scope, ScopeSet};

use super::application::Application;
use super::resource::ResourceName;

/// A client inside the house: one of our services. It has no secret; it signs with a key that it publishes itself.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InsideClient {
    /// Its name at the token endpoint.
    pub client_id: ClientId,
    /// The resource server that it is: tokens for this audience, and no others, may it exchange.
    pub serves: ResourceName,
}

/// One row of the policy.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    client_id: ClientId,
    subject_scope: Scope,
    resource: ResourceName,
    scope: ScopeSet,
}

/// `bootstrap.json`: the clients inside the house, what they may exchange, and the first-party applications. It holds no secret and is checked in.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bootstrap {
    inside_clients: Vec<InsideClient>,
    exchange_policy: Vec<Row>,
    applications: Vec<Application>,
}

/// Why an exchange is not allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotAllowed {
    /// The client may exchange nothing at all.
    Client,
    /// It may not exchange for this resource.
    Resource,
    /// The subject token lacks the scope, or more was asked for than its row gives.
    Scope,
}

impl Bootstrap {
    /// Reads the file.
    ///
    /// # Errors
    /// What serde says: it names line and column.
    pub fn parse(json: &str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(json)
    }

    /// One of our services.
    #[must_use]
    pub fn inside_client(&self, client_id: &str) -> Option<&InsideClient> {
        self.inside_clients.iter().find(|client| client.client_id == *client_id)
    }

    /// All of our services that are clients.
    #[must_use]
    pub fn inside_clients(&self) -> &[InsideClient] {
        &self.inside_clients
    }

    /// The first-party applications.
    #[must_use]
    pub fn applications(&self) -> &[Application] {
        &self.applications
    }

    /// Whether this is a client that is compiled in.
    #[must_use]
    pub fn knows(&self, client_id: &str) -> bool {
        self.inside_client(client_id).is_some() || self.applications.iter().any(|app| app.client_id == *client_id)
    }

    /// What `client` gets for a subject token with `held` scopes, at `resource`: all that the rows give, or `asked`, if
    /// it asked for less.
    ///
    /// # Errors
    /// [`NotAllowed`].
    pub fn exchange(
        &self,
        client: &ClientId,
        held: &ScopeSet,
        resource: ResourceName,
        asked: Option<&ScopeSet>,
    ) -> Result<ScopeSet, NotAllowed> {
        let mut rows = self.exchange_policy.iter().filter(|row| row.client_id == *client).peekable();
        rows.peek().ok_or(NotAllowed::Client)?;
        let mut rows = rows.filter(|row| row.resource == resource).peekable();
        rows.peek().ok_or(NotAllowed::Resource)?;
        let granted: ScopeSet =
            rows.filter(|row| held.contains(row.subject_scope)).flat_map(|row| row.scope.iter()).collect();
        match asked {
            _ if granted.is_empty() => Err(NotAllowed::Scope),
            None => Ok(granted),
            Some(asked) if asked.is_subset(&granted) => Ok(asked.clone()),
            Some(_) => Err(NotAllowed::Scope),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policy() -> Bootstrap {
        Bootstrap::parse(include_str!("../../bootstrap.json")).unwrap()
    }

    fn exchange(client: &str, held: &str, resource: ResourceName, asked: Option<&str>) -> Result<String, NotAllowed> {
        let held = held.parse().unwrap();
        let asked = asked.map(|text| text.parse().unwrap());
        let client = ClientId::new(client).unwrap();
        policy().exchange(&client, &held, resource, asked.as_ref()).map(|scope| scope.to_string())
    }

    #[test]
    fn orders_service_hands_a_fulfilment_over_and_nothing_else() {
        let orders = "orders-service";
        assert_eq!(
            exchange(orders, "fulfilment:request", ResourceName::Admin, None),
            Ok("fulfilment:accept".to_owned())
        );
        assert_eq!(exchange(orders, "orders:read", ResourceName::Admin, None), Err(NotAllowed::Scope));
        assert_eq!(exchange(orders, "fulfilment:request", ResourceName::Auth, None), Err(NotAllowed::Resource));
        assert_eq!(
            exchange(orders, "fulfilment:request", ResourceName::Admin, Some("fulfilment:complete")),
            Err(NotAllowed::Scope)
        );
    }

    #[test]
    fn admin_service_gets_what_the_operator_holds_and_no_more() {
        let admin = "admin-service";
        let (manager, auditor) = ("partners:manage keys:manage", "audit:read");
        assert_eq!(
            exchange(admin, manager, ResourceName::Auth, None),
            Ok("clients:manage users:manage keys:manage".to_owned())
        );
        assert_eq!(exchange(admin, manager, ResourceName::Auth, Some("users:manage")), Ok("users:manage".to_owned()));
        assert_eq!(exchange(admin, auditor, ResourceName::Auth, Some("clients:manage")), Err(NotAllowed::Scope));
        assert_eq!(exchange(admin, auditor, ResourceName::Orders, None), Ok("audit:read".to_owned()));
        assert_eq!(exchange(admin, manager, ResourceName::Orders, None), Err(NotAllowed::Scope));
    }

    #[test]
    fn anyone_else_exchanges_nothing() {
        assert_eq!(exchange("cli_1", "fulfilment:request", ResourceName::Admin, None), Err(NotAllowed::Client));
    }
}
