//! The ID token: who it is that signed in (OpenID Connect Core section 3.1.3.7).

use aws_lc_rs::digest::{Algorithm, SHA256, SHA512, digest};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};

use crate::inspect::{Agreement, Decoded, Finding, Inspection, KeySet, Outcome, inspect};

/// The kind of token. OpenID Connect does not demand it of an ID token, but this issuer states it, and it tells an ID
/// token from an access token, whose kind is `at+jwt`.
const TYP: &str = "JWT";

/// What an ID token is compared with.
#[derive(Debug, Clone, Copy)]
pub struct Expected<'e> {
    /// The issuer that the browser was sent to.
    pub issuer: &'e str,
    /// This client.
    pub client_id: &'e str,
    /// What was sent with the authorization request.
    pub nonce: &'e str,
    /// The access token that came with it.
    pub access_token: &'e str,
}

/// Who it is. Issuer and subject together are the only name that never becomes another's (section 5.7).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The issuer.
    pub issuer: String,
    /// The issuer's name for the person.
    pub subject: String,
}

/// An ID token that says nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the ID token is refused: {0}")]
pub struct IdTokenError(pub String);

type Checked = Result<String, String>;

/// Makes the three checks, with what an ID token needs in the third, at the time `now` (seconds since 1970).
#[must_use]
pub fn inspect_id_token(id_token: &str, keys: &KeySet, expected: Expected<'_>, now: i64) -> Inspection {
    let agreement = Agreement {
        issuer: Some(expected.issuer.to_owned()),
        audience: Some(expected.client_id.to_owned()),
        typ: Some(TYP.to_owned()),
    };
    let mut inspection = inspect(id_token, Some(keys), &agreement, now);
    if let Some(token) = &inspection.decoded {
        let claims = &token.claims;
        let mut findings = vec![
            finding("sub", subject(claims)),
            finding("aud", sole_audience(claims, expected.client_id)),
            finding("nonce", equal(claims, "nonce", expected.nonce)),
        ];
        if claims.contains_key("azp") {
            findings.push(finding("azp", equal(claims, "azp", expected.client_id)));
        }
        // Section 3.1.3.6: optional in this flow, where the access token comes from the server itself.
        if claims.contains_key("at_hash") {
            findings.push(finding("at_hash", access_token_hash(token, expected.access_token)));
        }
        inspection.claims.extend(findings);
    }
    inspection
}

/// Verifies an ID token.
///
/// # Errors
/// [`IdTokenError`], which names the first check that failed.
pub fn verify_id_token(
    id_token: &str,
    keys: &KeySet,
    expected: Expected<'_>,
    now: i64,
) -> Result<Identity, IdTokenError> {
    let inspection = inspect_id_token(id_token, keys, expected, now);
    if !inspection.accepted() {
        let reason = inspection.refusal().unwrap_or_else(|| "not everything was checked".to_owned());
        return Err(IdTokenError(reason));
    }
    let subject = inspection.decoded.and_then(|token| token.claims.get("sub")?.as_str().map(str::to_owned));
    let subject = subject.ok_or_else(|| IdTokenError("it names nobody".to_owned()))?;
    Ok(Identity { issuer: expected.issuer.to_owned(), subject })
}

fn finding(claim: &'static str, checked: Checked) -> Finding {
    let outcome = match checked {
        Ok(found) => Outcome::Passed(found),
        Err(reason) => Outcome::Failed(reason),
    };
    Finding { claim, outcome }
}

/// Section 2: at most 255 ASCII characters.
fn subject(claims: &Map<String, Value>) -> Checked {
    match claims.get("sub").and_then(Value::as_str) {
        Some(subject) if !subject.is_empty() && subject.len() <= 255 && subject.is_ascii() => {
            Ok(format!("is {subject:?}"))
        }
        _ => Err("names nobody".to_owned()),
    }
}

/// Section 3.1.3.7, 3: no other audience either, since this client trusts none.
fn sole_audience(claims: &Map<String, Value>, client_id: &str) -> Checked {
    let alone = match claims.get("aud") {
        Some(Value::String(one)) => one == client_id,
        Some(Value::Array(several)) => several.iter().all(|one| one.as_str() == Some(client_id)),
        _ => false,
    };
    if alone { Ok("holds this client alone".to_owned()) } else { Err("holds others than this client".to_owned()) }
}

fn equal(claims: &Map<String, Value>, claim: &str, expected: &str) -> Checked {
    match claims.get(claim).and_then(Value::as_str) {
        None => Err("is missing, or not a string".to_owned()),
        Some(found) if found == expected => Ok("is the one that was sent".to_owned()),
        Some(_) => Err("is not the one that was sent: the token belongs to another request or client".to_owned()),
    }
}

/// The left half of the hash that goes with the token's own algorithm (section 3.1.3.6).
fn access_token_hash(token: &Decoded, access_token: &str) -> Checked {
    let algorithm: &'static Algorithm = match token.parameter("alg") {
        Some("EdDSA") => &SHA512,
        _ => &SHA256,
    };
    let hash = digest(algorithm, access_token.as_bytes());
    let (left, _) = hash.as_ref().split_at(hash.as_ref().len() / 2);
    match token.claims.get("at_hash").and_then(Value::as_str) {
        Some(found) if found == URL_SAFE_NO_PAD.encode(left) => Ok("is that of the access token".to_owned()),
        _ => Err("is not that of the access token which came with it".to_owned()),
    }
}
