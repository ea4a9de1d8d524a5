//! `GET /.well-known/oauth-authorization-server` (RFC 8414). It announces what is served, and nothing else.

use actix_web::http::header::CACHE_CONTROL;
use actix_web::{HttpResponse, Responder};
use serde::Serialize;
use shared_claims::scope::Scope;

use super::Shared;
use crate::client_auth::assertion;
use crate::domain::client::AuthMethod;
use crate::domain::resource::ResourceName;
use crate::grants::Grant;

/// RFC 8414 section 2.
#[derive(Serialize)]
struct Metadata {
    issuer: String,
    token_endpoint: String,
    jwks_uri: String,
    scopes_supported: Vec<&'static str>,
    /// Required, and empty: there is no authorization endpoint.
    response_types_supported: [&'static str; 0],
    grant_types_supported: Vec<&'static str>,
    token_endpoint_auth_methods_supported: Vec<AuthMethod>,
    token_endpoint_auth_signing_alg_values_supported: [jsonwebtoken::Algorithm; 3],
}

pub async fn show(state: Shared) -> impl Responder {
    let issuer = state.issuer.as_str();
    let base = issuer.trim_end_matches('/');
    let [orders, admin] = [ResourceName::Orders.scopes(), ResourceName::Admin.scopes()];
    let outside = |scope: &&Scope| orders.contains(**scope) || admin.contains(**scope);
    let metadata = Metadata {
        issuer: issuer.to_owned(),
        token_endpoint: format!("{base}/oauth/token"),
        jwks_uri: format!("{base}/.well-known/jwks.json"),
        scopes_supported: Scope::ALL.iter().filter(outside).map(|scope| scope.as_str()).collect(),
        response_types_supported: [],
        grant_types_supported: Grant::ALL.map(Grant::as_str).to_vec(),
        token_endpoint_auth_methods_supported: auth_methods(),
        token_endpoint_auth_signing_alg_values_supported: assertion::ALGORITHMS,
    };
    HttpResponse::Ok().insert_header((CACHE_CONTROL, "public, max-age=300")).json(metadata)
}

/// `none` only where there is a grant for clients that use it.
fn auth_methods() -> Vec<AuthMethod> {
    let serves_public = Grant::ALL.iter().any(|grant| grant.grant_type().is_for_public_clients());
    AuthMethod::ALL.into_iter().filter(|method| serves_public || *method != AuthMethod::None).collect()
}
