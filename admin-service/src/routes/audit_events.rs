//! `GET /audit-events`: one trail of all three services.

use std::cmp::min;

use actix_web::http::header::CACHE_CONTROL;
use actix_web::{HttpResponse, web};
use service_kit::Problem;
use service_kit::audit::AuditRequest;
use shared_claims::extract::Caller;
use shared_claims::permission::admin::ReadAudit;

use super::trail::Trail;
use crate::domain::{TrailPage, merge};
use crate::peers::{AuditTrail, Peer};

/// Who keeps the other parts of the trail.
pub struct OtherTrails {
    /// auth-service.
    pub auth: Peer,
    /// orders-service.
    pub orders: Peer,
}

/// All three are asked at once. If one does not tell its part there is no answer: a trail with a gap that nobody sees
/// is worse than none. Reading is itself recorded; a reader who wants an end that stands still gives `to`.
pub(super) async fn list(
    caller: Caller<ReadAudit>,
    request: AuditRequest,
    trail: web::Data<Trail>,
    others: web::Data<OtherTrails>,
) -> Result<HttpResponse, Problem> {
    let event = trail.event("audit.read", &caller);
    let of = |service: &Peer| AuditTrail::new(service.on_behalf_of(caller.subject_token()));
    let (auth, orders) = (of(&others.auth), of(&others.orders));
    let (own, auth, orders) = tokio::join!(own(&trail, &request), auth.page(&request), orders.page(&request));
    let own = own?;
    let others = auth.and_then(|auth| Ok([auth, orders?]));
    let [auth, orders] = trail.settle(event, others).await?;
    let page = merge(&request, [own, auth, orders]);
    Ok(HttpResponse::Ok().insert_header((CACHE_CONTROL, "no-store")).json(page))
}

async fn own(trail: &Trail, request: &AuditRequest) -> Result<TrailPage, Problem> {
    let mut rows = trail.log().page(request.filter.clone(), request.page.fetch_limit()).await?;
    let more = rows.len() > request.page.limit();
    rows.truncate(min(rows.len(), request.page.limit()));
    Ok(TrailPage { rows, more })
}
