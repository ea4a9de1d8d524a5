//! CORS: which pages in a browser may call what partners call, and read the answers. It tells browsers what to allow to
//! a page and keeps nobody out: who may do what is decided by the token, here as everywhere.

use std::collections::BTreeSet;

use actix_cors::{Cors, CorsError};
use actix_web::ResponseError as _;
use actix_web::body::{EitherBody, MessageBody};
use actix_web::dev::ServiceResponse;
use actix_web::guard::{Guard, GuardContext};
use actix_web::http::header::{AUTHORIZATION, CONTENT_TYPE, HeaderName, ORIGIN, RETRY_AFTER, WWW_AUTHENTICATE};
use actix_web::middleware::{Next, from_fn};
use actix_web::web::{self, ServiceConfig};
use service_kit::Problem;
use service_kit::request_id::X_REQUEST_ID;
use shared_claims::extract::{Access, Endpoint, register};

use super::endpoints;
use super::idempotency::IDEMPOTENCY_KEY;
use crate::settings::AllowedOrigins;

/// Seconds for which a browser remembers what it was allowed.
const MAX_AGE: usize = 3600;
/// What a page may set.
const HEADERS: [HeaderName; 3] = [AUTHORIZATION, CONTENT_TYPE, IDEMPOTENCY_KEY];

/// Registers the table of endpoints, with CORS for the pages of `origins` on the paths that partners use.
///
/// Their rows are registered twice. Only a request from an allowed origin takes the first set, so every other request
/// is answered as if there were no CORS.
pub(crate) fn register_endpoints(origins: &AllowedOrigins, config: &mut ServiceConfig) {
    let (for_partners, others) = open_and_closed(endpoints());
    register(others, config);
    if !origins.is_empty() {
        let (policy, allowed) = (policy(origins, &for_partners), in_words(&for_partners));
        let scope =
            web::scope("").guard(Listed(origins.clone())).wrap(policy).wrap(from_fn(move |request, next: Next<_>| {
                let allowed = allowed.clone();
                async move { Ok(explained(next.call(request).await?, allowed)) }
            }));
        config.service(scope.configure(|config| register(open_and_closed(endpoints()).0, config)));
    }
    register(for_partners, config);
}

/// The rows of paths that are open to pages, and the others. A path is open when all of its rows are for partners: it is
/// registered as one, so its rows stay together.
fn open_and_closed(rows: Vec<Endpoint>) -> (Vec<Endpoint>, Vec<Endpoint>) {
    let closed: Vec<_> = rows.iter().filter(|row| !is_for_partners(row)).map(|row| row.path).collect();
    rows.into_iter().partition(|row| !closed.contains(&row.path))
}

/// What a caller may do for itself. Where one of our services must be acting, no page is.
fn is_for_partners(row: &Endpoint) -> bool {
    matches!(row.access, Access::Permission(required) if required.actor.is_none())
}

/// Never with credentials, that is cookies: a page brings its token itself.
fn policy(origins: &AllowedOrigins, rows: &[Endpoint]) -> Cors {
    let policy = Cors::default()
        .allowed_methods(rows.iter().map(|row| row.method.clone()))
        .allowed_headers(HEADERS)
        .expose_headers([X_REQUEST_ID, WWW_AUTHENTICATE, RETRY_AFTER])
        .max_age(MAX_AGE);
    origins.iter().fold(policy, Cors::allowed_origin)
}

/// What the policy allows, for who writes a page.
fn in_words(rows: &[Endpoint]) -> String {
    let methods: BTreeSet<_> = rows.iter().map(|row| row.method.as_str()).collect();
    let list = |names: Vec<&str>| names.join(", ");
    let headers = list(HEADERS.iter().map(HeaderName::as_str).collect());
    format!("A page may use the methods {}, and set the headers {headers}.", list(methods.into_iter().collect()))
}

/// A preflight that asks for more than `allowed` is told so.
fn explained<B: MessageBody>(response: ServiceResponse<B>, allowed: String) -> ServiceResponse<EitherBody<B>> {
    let error = response.response().error();
    if error.is_some_and(|error| error.as_error::<CorsError>().is_some()) {
        return response.into_response(Problem::bad_request(allowed).error_response()).map_into_right_body();
    }
    response.map_into_left_body()
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

#[cfg(test)]
mod tests {
    use actix_web::http::Method;
    use actix_web::{HttpResponse, Responder};
    use shared_claims::extract::Caller;
    use shared_claims::permission::Permission;
    use shared_claims::permission::orders::{ReadAudit, ReadOrders};

    use super::*;

    async fn any<P: Permission>(_: Caller<P>) -> impl Responder {
        HttpResponse::Ok()
    }

    #[test]
    fn a_path_with_a_row_that_is_not_for_partners_is_closed_with_all_its_rows() {
        let (open, closed) = open_and_closed(vec![
            Endpoint::protected(Method::GET, "/mixed", any::<ReadOrders>),
            Endpoint::protected(Method::GET, "/open", any::<ReadOrders>),
            Endpoint::protected(Method::POST, "/mixed", any::<ReadAudit>),
            Endpoint::protected(Method::PUT, "/open", any::<ReadOrders>),
            Endpoint::public(Method::GET, "/public", HttpResponse::Ok),
        ]);
        let names =
            |rows: &[Endpoint]| rows.iter().map(|row| format!("{} {}", row.method, row.path)).collect::<Vec<_>>();
        assert_eq!(names(&open), ["GET /open", "PUT /open"]);
        assert_eq!(names(&closed), ["GET /mixed", "POST /mixed", "GET /public"]);
    }
}
