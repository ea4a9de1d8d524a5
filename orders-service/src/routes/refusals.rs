//! What becomes of refused requests besides the answer: every one is counted, and a 403 is told to the audit trail.

use actix_web::HttpRequest;
use actix_web::http::Method;
use service_kit::{AuditEvent, Outcome};
use shared_claims::clock::Clock;
use shared_claims::extract::{Denied, Gate, Reason};
use shared_claims::permission::orders::OrdersApi;

use crate::domain::ids::{AccountId, OrderId};
use crate::domain::owner::Owner;
use crate::domain::party::Party;
use crate::settings::SERVICE;
use crate::store::Store;

/// Makes `gate` count and record.
pub(crate) fn watch(gate: Gate<OrdersApi>, store: Store, clock: Clock) -> Gate<OrdersApi> {
    gate.with_observer(move |request: &HttpRequest, denied: &Denied| {
        metrics::counter!("access_refused_total", "service" => SERVICE, "class" => denied.class()).increment(1);
        let Some(event) = event(request, denied, clock.micros()) else { return };
        let store = store.clone();
        // Nothing is done that would have to wait for the record, so the answer does not.
        tokio::spawn(async move {
            if let Err(error) = store.record(event).await {
                log::error!("a refusal is missing in the audit trail: {error}");
            }
        });
    })
}

/// Who was refused what. A 401 names nobody who could be put down for it.
fn event(request: &HttpRequest, denied: &Denied, now: i64) -> Option<AuditEvent> {
    let (Reason::Insufficient(_), Some(token)) = (denied.reason(), denied.token()) else { return None };
    let party = if token.actor().is_some() { Party::inside(token) } else { Party::partner(&Owner::of(token)) };
    let action = action(request.method(), &request.match_pattern().unwrap_or_default());
    let event = party.event(action, Outcome::Refused, now).reason(denied.class());
    let named = |name: &str| request.match_info().get(name).map(str::to_owned);
    let order = named("order_id").and_then(|id| OrderId::try_from(id).ok()).map(String::from);
    let account = named("account_id").and_then(|id| AccountId::try_from(id).ok()).map(String::from);
    Some(match order.or(account) {
        Some(id) => event.object(id),
        None => event,
    })
}

/// For a route that has no name below; a test sees to it that there is none.
const UNNAMED: &str = "request";

/// What was attempted.
fn action(method: &Method, pattern: &str) -> &'static str {
    match (method.as_str(), pattern) {
        ("POST", "/accounts") => "account.create",
        ("GET", "/accounts") => "account.list",
        ("GET", "/accounts/{account_id}") => "account.read",
        ("POST", "/orders") => "order.create",
        ("GET", "/orders") => "order.list",
        ("GET", "/orders/{order_id}") => "order.read",
        ("POST", "/orders/{order_id}/fulfilment") => "fulfilment.request",
        ("GET", "/orders/{order_id}/receipt") => "receipt.read",
        ("GET", "/audit-events") => "audit.read",
        _ => UNNAMED,
    }
}

#[cfg(test)]
mod tests {
    use shared_claims::extract::Access;

    use super::*;

    #[test]
    fn every_protected_route_has_a_name_in_the_trail() {
        for endpoint in crate::routes::endpoints() {
            if matches!(endpoint.access, Access::Permission(_)) {
                assert_ne!(action(&endpoint.method, endpoint.path), UNNAMED, "{} {}", endpoint.method, endpoint.path);
            }
        }
    }
}
