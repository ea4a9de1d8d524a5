//! Looking into tokens.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

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
    let claims = claims(token);
    for name in claims.as_object().unwrap().keys() {
        assert!(CLAIMS.contains(&name.as_str()), "unexpected claim {name}: {claims}");
    }
    let text = format!("{}{claims}", header(token)).to_lowercase();
    for word in ["secret", "password", "@", "$2", "email", "bcrypt", "hash", "first operator", "\"d\""] {
        assert!(!text.contains(word), "{word} in a token: {text}");
    }
}
