//! What becomes of refusals besides their answer: a count of all, and a row in the audit trail where it is known who
//! was refused.

use actix_web::HttpRequest;
use actix_web::http::Method;
use service_kit::{AuditEvent, Outcome};
use shared_claims::extract::Denied;
use shared_claims::permission::{Api, admin::AdminApi};

use super::trail::Trail;
use crate::domain::{FulfilmentId, PartnerId, UserId};

/// For the gate.
pub fn observer(trail: Trail) -> impl Fn(&HttpRequest, &Denied) + Send + Sync + 'static {
    move |request, denied| {
        metrics::counter!("access_refused_total", "service" => AdminApi::NAME, "class" => denied.class()).increment(1);
        // Without a good token it is not known who it was: those are counted, else anyone could fill the trail.
        let Some(token) = denied.token() else { return };
        let action = action(request.method(), &request.match_pattern().unwrap_or_default());
        let event = trail.event_of(action, token).reason(denied.class());
        let event = about(AuditEvent { outcome: Outcome::Refused, ..event }, request);
        let log = trail.log().clone();
        // The caller is refused whether or not this can be recorded, and does not wait for it.
        tokio::spawn(async move {
            if let Err(error) = log.record(event).await {
                log::error!("a refusal is missing from the audit trail: {error}");
            }
        });
    }
}

fn about(event: AuditEvent, request: &HttpRequest) -> AuditEvent {
    let named = |name: &str| request.match_info().get(name).map(str::to_owned);
    if let Some(Ok(partner)) = named("client_id").map(PartnerId::try_from) {
        return event.partner(&partner).object(&partner);
    }
    if let Some(Ok(user)) = named("user_id").map(UserId::try_from) {
        return event.object(&user);
    }
    match named("fulfilment_id").map(FulfilmentId::try_from) {
        Some(Ok(fulfilment)) => event.object(&fulfilment),
        _ => event,
    }
}

/// What was attempted.
fn action(method: &Method, pattern: &str) -> &'static str {
    match (method.as_str(), pattern) {
        ("POST", "/partners") => "partner.register",
        ("PATCH", "/partners/{client_id}") => "partner.change",
        ("POST", "/partners/{client_id}/suspend") => "partner.suspend",
        ("POST", "/partners/{client_id}/resume") => "partner.resume",
        ("POST", "/partners/{client_id}/secrets") => "secret.add",
        ("DELETE", "/partners/{client_id}/secrets/{secret_id}") => "secret.remove",
        ("GET", "/partners") => "partner.list",
        ("GET", "/partners/{client_id}") => "partner.read",
        ("POST", "/users") => "user.create",
        ("PATCH", "/users/{user_id}") => "user.change",
        ("GET", "/users") => "user.list",
        ("GET", "/users/{user_id}") => "user.read",
        ("POST", "/fulfilments") => "fulfilment.accept",
        ("GET", "/fulfilments") => "fulfilment.list",
        ("GET", "/fulfilments/{fulfilment_id}") => "fulfilment.read",
        ("POST", "/fulfilments/{fulfilment_id}/complete") => "fulfilment.complete",
        ("GET", "/audit-events") => "audit.read",
        _ => UNNAMED,
    }
}

/// For a route that has no name above; a test sees to it that none is without.
const UNNAMED: &str = "request";

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
