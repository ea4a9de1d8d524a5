//! The audit trail, as admin-service joins it.

use serde_json::Value;

use super::cast::all;
use super::{Operator, Service};

/// All events of one partner.
pub struct Trail(Vec<Value>);

impl Operator<'_> {
    /// What the three services recorded about a partner.
    pub async fn trail_of(&self, client_id: &str) -> Trail {
        let page = async |query: &str| {
            self.call(reqwest::Method::GET, &format!("/audit-events?partner={client_id}&{query}")).await
        };
        Trail(all(page).await)
    }
}

impl Trail {
    /// How often a service recorded that this was done to that object.
    pub fn count(&self, service: Service, action: &str, outcome: &str, object: &str) -> usize {
        let wanted = [("service", &*service.name()), ("action", action), ("outcome", outcome), ("object", object)];
        self.0.iter().filter(|event| wanted.iter().all(|(member, value)| event[*member] == *value)).count()
    }

    /// How often a service recorded that this was done to anything.
    pub fn of(&self, service: Service, action: &str, outcome: &str) -> usize {
        let wanted = [("service", &*service.name()), ("action", action), ("outcome", outcome)];
        self.0.iter().filter(|event| wanted.iter().all(|(member, value)| event[*member] == *value)).count()
    }

    /// Demands that it was done, and recorded, once.
    #[track_caller]
    pub fn expect_once(&self, service: Service, action: &str, object: &str) {
        let count = self.count(service, action, "allowed", object);
        assert_eq!(count, 1, "{action} of {object} at {service:?}: {:#?}", self.0);
    }

    /// The services that recorded something under a request id, each once, in alphabetical order.
    pub fn services_under(&self, request_id: &str) -> Vec<String> {
        let events = self.0.iter().filter(|event| event["request_id"] == request_id);
        let mut services: Vec<_> = events.map(|event| event["service"].as_str().unwrap().to_owned()).collect();
        services.sort();
        services.dedup();
        services
    }
}
