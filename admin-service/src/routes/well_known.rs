//! What anyone may know of this service.

use actix_web::http::header::CACHE_CONTROL;
use actix_web::{HttpResponse, web};
use serde_json::json;
use shared_claims::ids::{Audience, Issuer};
use shared_claims::permission::{Api, admin::AdminApi};
use shared_claims::scope::Scope;
use shared_claims::sign::JwkSetDocument;

/// How long others may keep these documents.
const CACHE: &str = "public, max-age=300";

/// The documents, written once at start: nothing in a request changes them.
#[derive(Debug, Clone)]
pub struct WellKnown {
    protected_resource: String,
    jwks: String,
}

impl WellKnown {
    /// For the service that tokens name `resource`, with access tokens of `issuer`, and with these keys.
    ///
    /// # Errors
    /// If the keys cannot be written as JSON.
    pub fn new(resource: &Audience, issuer: &Issuer, keys: &JwkSetDocument) -> Result<Self, serde_json::Error> {
        let scopes: Vec<&str> = AdminApi::scopes().map(Scope::as_str).collect();
        let base = resource.as_str().trim_end_matches('/');
        // RFC 9728 section 2.
        let protected_resource = json!({
            "resource": resource,
            "authorization_servers": [issuer],
            "jwks_uri": format!("{base}/.well-known/jwks.json"),
            "scopes_supported": scopes,
            "bearer_methods_supported": ["header"],
            "resource_name": AdminApi::NAME,
        });
        Ok(Self { protected_resource: protected_resource.to_string(), jwks: serde_json::to_string(keys)? })
    }

    /// Where the first of them is, for challenges (RFC 9728 section 5.1).
    #[must_use]
    pub fn protected_resource_url(resource: &Audience) -> String {
        format!("{}/.well-known/oauth-protected-resource", resource.as_str().trim_end_matches('/'))
    }
}

pub(super) async fn protected_resource(documents: web::Data<WellKnown>) -> HttpResponse {
    document("application/json", &documents.protected_resource)
}

pub(super) async fn jwks(documents: web::Data<WellKnown>) -> HttpResponse {
    document("application/jwk-set+json", &documents.jwks)
}

fn document(content_type: &str, text: &str) -> HttpResponse {
    HttpResponse::Ok().content_type(content_type).insert_header((CACHE_CONTROL, CACHE)).body(text.to_owned())
}
