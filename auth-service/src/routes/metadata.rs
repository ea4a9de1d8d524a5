//! `GET /.well-known/oauth-authorization-server` (RFC 8414) and `/.well-known/openid-configuration` (OpenID Connect
//! Discovery section 3). They announce what is served, and nothing else.

use actix_web::http::header::CACHE_CONTROL;
use actix_web::{HttpResponse, Responder};
use jsonwebtoken::Algorithm;
use jsonwebtoken::crypto::JwtSigner;
use serde::Serialize;
use shared_claims::scope::Scope;

use super::Shared;
use crate::client_auth::assertion;
use crate::domain::authorization_request::Prompt;
use crate::domain::client::AuthMethod;
#[cfg(feature = "legacy-flows")]
use crate::domain::grant_type::GrantType;
use crate::domain::resource::ResourceName;
use crate::domain::response::{Response, ResponseMode};
use crate::domain::session::Method;
use crate::grants::Grant;
use crate::state::State;

/// RFC 8414 section 2, with the members of RFC 9126 and RFC 9207.
#[derive(Serialize)]
struct Metadata {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    pushed_authorization_request_endpoint: String,
    jwks_uri: String,
    scopes_supported: Vec<&'static str>,
    response_types_supported: &'static [&'static str],
    response_modes_supported: Vec<&'static str>,
    grant_types_supported: Vec<&'static str>,
    token_endpoint_auth_methods_supported: [AuthMethod; 4],
    token_endpoint_auth_signing_alg_values_supported: [Algorithm; 3],
    code_challenge_methods_supported: [&'static str; 1],
    authorization_response_iss_parameter_supported: bool,
}

/// What OpenID Connect adds.
#[derive(Serialize)]
struct OpenIdConfiguration {
    #[serde(flatten)]
    metadata: Metadata,
    userinfo_endpoint: String,
    end_session_endpoint: String,
    subject_types_supported: [&'static str; 1],
    /// Discovery demands RS256 among them; ours is the one that this server signs with (docs/decisions/0019).
    id_token_signing_alg_values_supported: [Algorithm; 1],
    acr_values_supported: [&'static str; 2],
    claims_supported: [&'static str; 13],
    prompt_values_supported: [&'static str; 4],
    claims_parameter_supported: bool,
    request_parameter_supported: bool,
    /// Only those of pushed requests, which this member does not mean. Left out, it would be true.
    request_uri_parameter_supported: bool,
}

pub async fn oauth(state: Shared) -> impl Responder {
    HttpResponse::Ok().insert_header((CACHE_CONTROL, "public, max-age=300")).json(metadata(&state))
}

pub async fn openid(state: Shared) -> impl Responder {
    let base = state.issuer.as_str().trim_end_matches('/');
    let configuration = OpenIdConfiguration {
        metadata: metadata(&state),
        userinfo_endpoint: format!("{base}/oauth/userinfo"),
        end_session_endpoint: format!("{base}/oauth/logout"),
        subject_types_supported: ["public"],
        id_token_signing_alg_values_supported: [state.ring.newest().algorithm()],
        acr_values_supported: Method::ALL.map(Method::acr),
        claims_supported: [
            "iss",
            "sub",
            "aud",
            "exp",
            "iat",
            "auth_time",
            "nonce",
            "acr",
            "amr",
            "sid",
            "name",
            "email",
            "email_verified",
        ],
        prompt_values_supported: Prompt::ALL.map(Prompt::as_str),
        claims_parameter_supported: false,
        request_parameter_supported: false,
        request_uri_parameter_supported: false,
    };
    HttpResponse::Ok().insert_header((CACHE_CONTROL, "public, max-age=300")).json(configuration)
}

/// Those of the token endpoint, and none that it does not serve.
fn grant_types() -> Vec<&'static str> {
    let served = Grant::ALL.into_iter().map(Grant::as_str);
    #[cfg(feature = "legacy-flows")]
    let served = served.chain([GrantType::Implicit.as_str()]);
    served.collect()
}

fn metadata(state: &State) -> Metadata {
    let issuer = state.issuer.as_str();
    let base = issuer.trim_end_matches('/');
    let [orders, admin] = [ResourceName::Orders.scopes(), ResourceName::Admin.scopes()];
    let identity = [Scope::OpenId, Scope::Profile, Scope::Email, Scope::OfflineAccess];
    let outside = |scope: &&Scope| orders.contains(**scope) || admin.contains(**scope) || identity.contains(scope);
    Metadata {
        issuer: issuer.to_owned(),
        authorization_endpoint: format!("{base}/oauth/authorize"),
        token_endpoint: format!("{base}/oauth/token"),
        pushed_authorization_request_endpoint: format!("{base}/oauth/par"),
        jwks_uri: format!("{base}/.well-known/jwks.json"),
        scopes_supported: Scope::ALL.iter().filter(outside).map(|scope| scope.as_str()).collect(),
        response_types_supported: Response::TYPES,
        response_modes_supported: ResponseMode::ALL.iter().map(|mode| mode.as_str()).collect(),
        grant_types_supported: grant_types(),
        token_endpoint_auth_methods_supported: [
            AuthMethod::ClientSecretBasic,
            AuthMethod::ClientSecretPost,
            AuthMethod::PrivateKeyJwt,
            AuthMethod::None,
        ],
        token_endpoint_auth_signing_alg_values_supported: assertion::ALGORITHMS,
        code_challenge_methods_supported: ["S256"],
        authorization_response_iss_parameter_supported: true,
    }
}
