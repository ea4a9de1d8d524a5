//! What the handlers of partners and of people share.

use actix_web::http::StatusCode;
use actix_web::http::header::CACHE_CONTROL;
use actix_web::{HttpResponse, HttpResponseBuilder};
use service_kit::{AuditEvent, Problem, Secret};
use shared_claims::extract::Caller;
use shared_claims::permission::Permission;

use super::Trail;
use crate::peers::{Clients, Peer, PeerError, Users};

/// auth-service, where partners and people are kept, and the trail, where it is written down what was done to them.
pub struct Desk {
    /// Where they are kept.
    pub auth: Peer,
    /// Where it is written down.
    pub trail: Trail,
}

impl Desk {
    /// auth-service's clients, on behalf of the caller.
    pub(super) fn clients<P: Permission>(&self, caller: &Caller<P>) -> Clients {
        Clients::new(self.auth.on_behalf_of(caller.subject_token()))
    }

    /// auth-service's people, on behalf of the caller.
    pub(super) fn users<P: Permission>(&self, caller: &Caller<P>) -> Users {
        Users::new(self.auth.on_behalf_of(caller.subject_token()))
    }

    /// Does `deed` and records how it ended; `about` adds what is known only then. Both are done in a task of their own: a
    /// caller who hangs up ends the handler, and what was set going must not end half way.
    pub(super) async fn carry_out<T: Send + 'static>(
        &self,
        event: AuditEvent,
        deed: impl Future<Output = Result<T, PeerError>> + Send + 'static,
        about: fn(AuditEvent, &T) -> AuditEvent,
    ) -> Result<T, Problem> {
        self.trail.ready().await?;
        let trail = self.trail.clone();
        let task = tokio::spawn(async move {
            let ended = deed.await;
            let event = match &ended {
                Ok(done) => about(event, done),
                Err(_) => event,
            };
            trail.settle(event, ended).await
        });
        task.await.map_err(Problem::internal)?
    }
}

/// Where all was known before.
pub(super) fn nothing_new<T>(event: AuditEvent, _: &T) -> AuditEvent {
    event
}

/// An answer that is nobody else's to keep: it may hold a secret.
pub(super) fn answer(status: StatusCode) -> HttpResponseBuilder {
    let mut answer = HttpResponse::build(status);
    answer.insert_header((CACHE_CONTROL, "no-store")).content_type("application/json");
    answer
}

/// With auth-service's own words.
pub(super) fn passed_on(body: &Secret) -> HttpResponse {
    answer(StatusCode::OK).body(body.expose().clone())
}
