//! The other services' parts of the audit trail: their `/audit-events`.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use reqwest::{Method, StatusCode};
use service_kit::AuditRow;
use service_kit::audit::AuditRequest;
use service_kit::page::Page;
use service_kit::time::to_rfc3339;
use shared_claims::scope::Scope;

use super::error::PeerError;
use super::peer::{Call, Errand};
use crate::domain::TrailPage;

/// One service's part, on behalf of one auditor.
#[derive(Clone)]
pub struct AuditTrail(Errand);

impl AuditTrail {
    /// With an errand to the service.
    #[must_use]
    pub fn new(service: Errand) -> Self {
        Self(service)
    }

    /// The rows that are asked for, no other, and all of them.
    ///
    /// # Errors
    /// [`PeerError`]; [`PeerError::Nonsense`] for rows that were not asked for.
    pub async fn page(&self, request: &AuditRequest) -> Result<TrailPage, PeerError> {
        let filter = &request.filter;
        let call = Call::new(Method::GET, ["audit-events"])
            .query("partner", filter.partner.clone())
            .query("actor", filter.actor.clone())
            .query("from", filter.from.map(to_rfc3339))
            .query("to", filter.to.map(to_rfc3339))
            .query("cursor", request.page.after().map(cursor))
            .query("limit", Some(request.page.limit().to_string()));
        let answer = self.0.send(Scope::AuditRead, call).await;
        let answer = answer.map_err(PeerError::nothing_to_refuse)?.with_status(&[StatusCode::OK])?;
        let told: Page<AuditRow> = answer.json()?;
        let page = TrailPage { more: told.next_cursor.is_some(), rows: told.items };
        page.check(request).map_err(|broken| PeerError::Nonsense(broken.to_string()))?;
        Ok(page)
    }
}

/// A place in a list as all our services write it.
pub(super) fn cursor(position: &str) -> String {
    URL_SAFE_NO_PAD.encode(position)
}
