//! CORS: which pages in a browser may call what partners call, and read the answers. It tells browsers what to allow to
//! a page and keeps nobody out: who may do what is decided by the token, here as everywhere.

use actix_cors::Cors;
use actix_web::guard::{Guard, GuardContext};
use actix_web::http::header::{AUTHORIZATION, CONTENT_TYPE, ORIGIN, RETRY_AFTER, WWW_AUTHENTICATE};
use actix_web::web::{self, ServiceConfig};
use service_kit::request_id::X_REQUEST_ID;
use shared_claims::extract::{Access, Endpoint, register};

use super::endpoints;
use super::idempotency::IDEMPOTENCY_KEY;
use crate::settings::AllowedOrigins;

/// Seconds for which a browser remembers what it was allowed.
const MAX_AGE: usize = 3600;

/// Registers the table of endpoints, with CORS for the pages of `origins` on the rows that partners use.
///
/// Those rows are registered twice. Only a request from an allowed origin takes the first set, so every other request
/// is answered as if there were no CORS.
pub(crate) fn register_endpoints(origins: &AllowedOrigins, config: &mut ServiceConfig) {
    let rows = || endpoints().into_iter().partition::<Vec<_>, _>(is_for_partners);
    let (for_partners, others) = rows();
    register(others, config);
    if !origins.is_empty() {
        let policy = policy(origins, &for_partners);
        let scope = web::scope("").guard(Listed(origins.clone())).wrap(policy);
        config.service(scope.configure(|config| register(rows().0, config)));
    }
    register(for_partners, config);
}

/// What a caller may do for itself. Where one of our services must be acting, no page is.
fn is_for_partners(row: &Endpoint) -> bool {
    matches!(row.access, Access::Permission(required) if required.actor.is_none())
}

/// Never with credentials, that is cookies: a page brings its token itself.
fn policy(origins: &AllowedOrigins, rows: &[Endpoint]) -> Cors {
    let policy = Cors::default()
        .allowed_methods(rows.iter().map(|row| row.method.clone()))
        .allowed_headers([AUTHORIZATION, CONTENT_TYPE, IDEMPOTENCY_KEY])
        .expose_headers([X_REQUEST_ID, WWW_AUTHENTICATE, RETRY_AFTER])
        .max_age(MAX_AGE);
    origins.iter().fold(policy, Cors::allowed_origin)
}

/// Requests that name one of these origins, and no other.
struct Listed(AllowedOrigins);

impl Guard for Listed {
    fn check(&self, context: &GuardContext<'_>) -> bool {
        let mut origins = context.head().headers().get_all(ORIGIN);
        match (origins.next(), origins.next()) {
            (Some(only), None) => self.0.contains(only.as_bytes()),
            _ => false,
        }
    }
}
