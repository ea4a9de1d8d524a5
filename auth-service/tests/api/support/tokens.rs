//! Looking into tokens.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::Algorithm;
use serde_json::Value;
use shared_claims::agreement::Agreement;
use shared_claims::claims::{AccessToken, Kind as _};
use shared_claims::ids::{Audience, Issuer};
use shared_claims::keys::KeySet;
use shared_claims::verify::{Refusal, Verified, Verifier};

use super::{ISSUER, TestApp};

fn part(token: &str, index: usize) -> Value {
    let part = token.split('.').nth(index).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}

pub fn header(token: &str) -> Value {
    part(token, 0)
}

pub fn claims(token: &str) -> Value {
    part(token, 1)
}

/// Every claim that any of our access tokens has. A new one is to be thought about here.
const CLAIMS: [&str; 13] =
    ["act", "aud", "auth_time", "client_id", "exp", "iat", "iss", "jti", "nbf", "origin_jti", "roles", "scope", "sub"];

/// Checklist T13: a token is signed, not encrypted. Whoever holds it reads it, so it holds no secret, no hash and
/// nothing about a person. Called for each token that the service issues in any of these tests.
pub fn assert_holds_nothing_private(token: &str) {
    let mut claims = claims(token);
    for name in claims.as_object().unwrap().keys() {
        assert!(CLAIMS.contains(&name.as_str()), "unexpected claim {name}: {claims}");
    }
    // The scope `email` is a word of the agreement, and nobody's address.
    if let Some(scope) = claims["scope"].as_str() {
        claims["scope"] = scope.split(' ').filter(|scope| *scope != "email").collect();
    }
    // A thumbprint is random letters, and now and then a word.
    let mut header = header(token);
    header.as_object_mut().unwrap().remove("kid");
    let text = format!("{header}{claims}").to_lowercase();
    for word in ["secret", "password", "@", "$2", "email", "bcrypt", "hash", "first operator", "\"d\""] {
        assert!(!text.contains(word), "{word} in a token: {text}");
    }
}

/// As a resource server does: by the keys that are published, and by nothing else that this service knows.
pub async fn verify(app: &TestApp, token: &str, audience: &str) -> Result<Verified<AccessToken>, Refusal> {
    let keys = KeySet::from_json(app.get("/.well-known/jwks.json").await.text.as_bytes()).unwrap();
    let (issuer, audience) = (Issuer::new(ISSUER).unwrap(), Audience::new(audience).unwrap());
    let agreement = Agreement::new(issuer, audience, AccessToken::TYP, &[Algorithm::ES256]).unwrap();
    Verifier::new(agreement, Arc::new(keys), app.clock.clock()).verify(token.as_bytes()).await
}
