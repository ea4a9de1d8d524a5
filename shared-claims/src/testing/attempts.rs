//! The credentials with which a test tries every protected endpoint of a service: none, of the wrong kind, for the
//! wrong audience, too weak, and right.

use serde_json::json;

use super::{Draft, Mint};
use crate::permission::Requirement;
use crate::role::Role;
use crate::scope::Scope;

/// One try, and the answer that it must get.
#[derive(Debug, Clone)]
pub struct Attempt {
    /// What is wrong with it.
    pub name: &'static str,
    /// The value of the Authorization header.
    pub authorization: Option<String>,
    /// The status.
    pub status: u16,
    /// `error` in the challenge (RFC 6750 section 3.1).
    pub error: Option<&'static str>,
}

/// A token with exactly what `required` asks for, at `audience`.
#[must_use]
pub fn right_token(mint: &Mint, audience: &str, required: Requirement) -> Draft {
    let token = match required.role {
        Some(role) => mint.operator_token(audience, required.scope.as_str(), &[role.as_str()]),
        None => mint.access_token(audience, "cli_test", required.scope.as_str()),
    };
    match required.actor {
        Some(actor) => token.claim("act", json!({"sub": actor})),
        None => token,
    }
}

/// Tries that must all be refused where `required` is asked for.
#[must_use]
pub fn refused_attempts(mint: &Mint, audience: &str, required: Requirement) -> Vec<Attempt> {
    let right = || right_token(mint, audience, required);
    let other_scope = Scope::ALL.iter().find(|scope| **scope != required.scope).map_or("", |scope| scope.as_str());
    let mut attempts = vec![
        Attempt { name: "no credentials", authorization: None, status: 401, error: None },
        Attempt {
            name: "another scheme",
            authorization: Some("Basic Y2xpOnNlY3JldA==".to_owned()),
            status: 401,
            error: None,
        },
        invalid("no token at all", "not-a-token"),
        invalid("a receipt", &right().header("typ", json!("fulfilment-receipt+jwt")).build()),
        invalid("a client assertion", &mint.assertion(audience, "cli_test").build()),
        invalid("an ID token", &right().header("typ", json!("JWT")).build()),
        invalid("another audience", &right_token(mint, "http://elsewhere.test", required).build()),
        invalid("another issuer", &right().claim("iss", json!("http://other-issuer.test")).build()),
        invalid("a forged signature", &right().signed_by_a_stranger().build()),
        invalid("no signature", &right().header("alg", json!("none")).signature_bytes([]).build()),
        invalid("expired", &right().claim("exp", json!(1_700_000_000)).build()),
        weak("another scope", &right().claim("scope", json!(other_scope)).build()),
        weak("no scope", &right().claim("scope", json!("")).build()),
    ];
    if let Some(role) = required.role {
        let other = Role::ALL.into_iter().find(|other| *other != role).map_or("", Role::as_str);
        attempts.push(weak("another role", &right().claim("roles", json!([other])).build()));
        attempts.push(weak("no role", &right().without_claim("roles").build()));
    }
    if let Some(actor) = required.actor {
        attempts.push(weak("no actor", &right().without_claim("act").build()));
        attempts.push(weak("another actor", &right().claim("act", json!({"sub": "cli_test"})).build()));
        let inner = json!({"sub": "cli_test", "act": {"sub": actor}});
        attempts.push(weak("the right actor, but not outermost", &right().claim("act", inner).build()));
    }
    attempts
}

fn invalid(name: &'static str, token: &str) -> Attempt {
    Attempt { name, authorization: Some(format!("Bearer {token}")), status: 401, error: Some("invalid_token") }
}

fn weak(name: &'static str, token: &str) -> Attempt {
    Attempt { name, authorization: Some(format!("Bearer {token}")), status: 403, error: Some("insufficient_scope") }
}
