//! What anyone may read: the metadata of this resource, and the keys that it signs with.

use actix_web::HttpResponse;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use actix_web::web::Data;
use serde::Serialize;
use shared_claims::ids::{Audience, Issuer};
use shared_claims::permission::Api;
use shared_claims::permission::orders::OrdersApi;
use shared_claims::scope::Scope;
use shared_claims::sign::JwkSetDocument;

/// Five minutes: a new key is published for longer than that before it signs.
const CACHED: &str = "public, max-age=300";

/// Both documents, written once at start. Neither depends on a request, least of all on its Host header.
pub(crate) struct Documents {
    resource: String,
    jwks: String,
}

/// Protected resource metadata (RFC 9728 section 2).
#[derive(Serialize)]
struct ProtectedResource<'a> {
    resource: &'a Audience,
    authorization_servers: [&'a Issuer; 1],
    jwks_uri: String,
    scopes_supported: Vec<&'static str>,
    bearer_methods_supported: [&'static str; 1],
    resource_signing_alg_values_supported: [&'static str; 1],
    resource_name: &'static str,
}

impl Documents {
    /// Of the resource `public_url`, for which `issuer` issues tokens, and which signs with the keys of `jwks`.
    ///
    /// # Errors
    /// If they cannot be written as JSON.
    pub(crate) fn new(
        public_url: &Audience,
        issuer: &Issuer,
        jwks: &JwkSetDocument,
    ) -> Result<Self, serde_json::Error> {
        let resource = ProtectedResource {
            resource: public_url,
            authorization_servers: [issuer],
            jwks_uri: below(public_url, "/.well-known/jwks.json"),
            scopes_supported: OrdersApi::scopes().map(Scope::as_str).collect(),
            bearer_methods_supported: ["header"],
            resource_signing_alg_values_supported: ["ES256"],
            resource_name: "Orders",
        };
        Ok(Self { resource: serde_json::to_string(&resource)?, jwks: serde_json::to_string(jwks)? })
    }
}

/// Where the metadata are, as every challenge says (RFC 9728 section 5.1).
pub(crate) fn resource_metadata_url(public_url: &Audience) -> String {
    below(public_url, "/.well-known/oauth-protected-resource")
}

fn below(public_url: &Audience, path: &str) -> String {
    format!("{}{path}", public_url.as_str().trim_end_matches('/'))
}

/// `GET /.well-known/oauth-protected-resource`.
pub(super) async fn protected_resource(documents: Data<Documents>) -> HttpResponse {
    document("application/json", &documents.resource)
}

/// `GET /.well-known/jwks.json` (RFC 7517 section 8.5.2).
pub(super) async fn jwks(documents: Data<Documents>) -> HttpResponse {
    document("application/jwk-set+json", &documents.jwks)
}

fn document(content_type: &'static str, text: &str) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, content_type))
        .insert_header((CACHE_CONTROL, CACHED))
        .body(text.to_owned())
}
