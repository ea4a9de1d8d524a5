//! The documents' token: three parts, of which the last is an HMAC over the first two.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};
use shared_claims::agreement::Algorithm;
use shared_claims::clock::Timestamp;
use shared_claims::verify::Raw;

use crate::secret::SharedSecret;

/// The claims of a token, by name.
pub type Claims = Map<String, Value>;

/// The header of every token here.
pub const HEADER: &str = r#"{"alg":"HS256","typ":"JWT"}"#;

/// A token is not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Its time is over, and nothing else is wrong with it.
    #[error("expired")]
    Expired,
    /// Anything else.
    #[error("invalid")]
    Invalid,
}

/// The signature of a token: HMAC-SHA-256 over `base64url(header) "." base64url(payload)`, in base64url (RFC 7515
/// section 5.1, steps 5 and 6).
#[must_use]
pub fn signature(signing_input: &str, secret: &SharedSecret) -> String {
    URL_SAFE_NO_PAD.encode(secret.tag(signing_input.as_bytes()))
}

/// A token with these claims.
#[must_use]
pub fn sign(claims: &Claims, secret: &SharedSecret) -> String {
    let payload = Value::Object(claims.clone()).to_string();
    let signing_input = format!("{}.{}", URL_SAFE_NO_PAD.encode(HEADER), URL_SAFE_NO_PAD.encode(payload));
    let signature = signature(&signing_input, secret);
    format!("{signing_input}.{signature}")
}

/// The claims of a token that is good at `now`. There is no leeway, as there is none in the documents' example.
///
/// # Errors
/// [`Refusal`].
pub fn verify(token: &str, secret: &SharedSecret, now: Timestamp) -> Result<Claims, Refusal> {
    let invalid = |_| Refusal::Invalid;
    let well_formed = Raw::new(token.as_bytes()).well_formed().map_err(|_| Refusal::Invalid)?;
    // The verifier chose the algorithm; the header may only agree (RFC 8725 section 3.1).
    well_formed.algorithm(&[Algorithm::HS256]).map_err(|_| Refusal::Invalid)?;
    let (signing_input, tag) = token.rsplit_once('.').ok_or(Refusal::Invalid)?;
    if !secret.matches(signing_input.as_bytes(), &URL_SAFE_NO_PAD.decode(tag).map_err(invalid)?) {
        return Err(Refusal::Invalid);
    }
    let (_, payload) = signing_input.split_once('.').ok_or(Refusal::Invalid)?;
    let payload = URL_SAFE_NO_PAD.decode(payload).map_err(invalid)?;
    let claims: Claims = serde_json::from_slice(&payload).map_err(|_| Refusal::Invalid)?;
    check_times(&claims, now.seconds())?;
    Ok(claims)
}

/// `exp` is demanded: a token without it would be good for ever. `nbf` counts if it is there (RFC 7519 section 4.1.5).
fn check_times(claims: &Claims, now: u64) -> Result<(), Refusal> {
    let seconds = |claim: &Value| claim.as_u64().ok_or(Refusal::Invalid);
    let expires_at = claims.get("exp").map(seconds).ok_or(Refusal::Invalid)??;
    let not_before = claims.get("nbf").map(seconds).transpose()?.unwrap_or_default();
    if now >= expires_at {
        return Err(Refusal::Expired);
    }
    if now < not_before { Err(Refusal::Invalid) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use shared_claims::clock::Clock;

    use super::*;
    use crate::published;

    fn secret() -> SharedSecret {
        SharedSecret::parse(b"a secret of more than thirty-two bytes").unwrap()
    }

    fn claims(value: Value) -> Claims {
        serde_json::from_value(value).unwrap()
    }

    fn at(seconds: u64) -> Timestamp {
        Timestamp::from_seconds(seconds).unwrap()
    }

    fn example() -> Claims {
        claims(json!({"user_id": 123, "username": "alice", "exp": 2000}))
    }

    #[test]
    fn the_signature_of_the_rfcs_two_parts_is_the_rfcs() {
        let secret = published::secret().unwrap();
        assert_eq!(signature(published::SIGNING_INPUT, &secret), published::SIGNATURE);
    }

    #[test]
    fn the_rfcs_token_is_good_until_the_second_that_it_names() {
        let secret = published::secret().unwrap();
        let token = format!("{}.{}", published::SIGNING_INPUT, published::SIGNATURE);
        let read = verify(&token, &secret, at(1_300_819_379)).unwrap();
        assert_eq!(read, claims(json!({"iss": "joe", "exp": 1_300_819_380, "http://example.com/is_root": true})));
        assert_eq!(verify(&token, &secret, at(1_300_819_380)), Err(Refusal::Expired));
    }

    #[test]
    fn what_was_signed_is_read_back() {
        assert_eq!(verify(&sign(&example(), &secret()), &secret(), at(1999)), Ok(example()));
    }

    #[test]
    fn an_expired_token_is_expired_only_if_nothing_else_is_wrong() {
        let token = sign(&example(), &secret());
        assert_eq!(verify(&token, &secret(), at(2000)), Err(Refusal::Expired));
        let other = SharedSecret::parse(&[7; 32]).unwrap();
        assert_eq!(verify(&token, &other, at(2000)), Err(Refusal::Invalid));
    }

    #[test]
    fn everything_else_is_invalid() {
        let good = sign(&example(), &secret());
        let (signing_input, tag) = good.rsplit_once('.').unwrap();
        let (header, _) = signing_input.split_once('.').unwrap();
        let relabelled = |header: &str| {
            let input = good.replacen(&URL_SAFE_NO_PAD.encode(HEADER), &URL_SAFE_NO_PAD.encode(header), 1);
            let input = input.rsplit_once('.').unwrap().0.to_owned();
            format!("{input}.{}", signature(&input, &secret()))
        };
        let other_payload = URL_SAFE_NO_PAD.encode(r#"{"user_id":1,"username":"root","exp":2000}"#);
        let without_exp = claims(json!({"user_id": 123}));
        let textual_exp = claims(json!({"exp": "2000"}));
        let not_yet = claims(json!({"exp": 2000, "nbf": 1501}));
        for (why, token) in [
            ("no token", "not.a.token".to_owned()),
            ("empty", String::new()),
            ("two parts", signing_input.to_owned()),
            ("no signature", format!("{signing_input}.")),
            ("another payload", format!("{header}.{other_payload}.{tag}")),
            ("half a signature", format!("{signing_input}.{}", &tag[..20])),
            ("alg none", relabelled(r#"{"alg":"none","typ":"JWT"}"#)),
            ("another algorithm", relabelled(r#"{"alg":"HS512","typ":"JWT"}"#)),
            ("no exp", sign(&without_exp, &secret())),
            ("exp is a text", sign(&textual_exp, &secret())),
            ("not yet", sign(&not_yet, &secret())),
        ] {
            assert_eq!(verify(&token, &secret(), at(1500)), Err(Refusal::Invalid), "{why}");
        }
        assert!(verify(&sign(&not_yet, &secret()), &secret(), at(1501)).is_ok());
        assert!(verify(&relabelled(r#"{"typ":"JWT","alg":"HS256"}"#), &secret(), at(1500)).is_ok());
    }

    #[test]
    fn the_library_signs_the_same_two_parts_alike_and_reads_ours() {
        let bytes = b"a secret of more than thirty-two bytes";
        let day = Clock::system().now().plus(std::time::Duration::from_secs(86_400)).seconds();
        let today = claims(json!({"user_id": 123, "username": "alice", "exp": day}));
        let theirs = published::signed_by_the_library(&today, bytes).unwrap();
        let (signing_input, tag) = theirs.rsplit_once('.').unwrap();
        assert_eq!(signature(signing_input, &secret()), tag);
        assert_eq!(verify(&theirs, &secret(), Clock::system().now()), Ok(today.clone()));
        assert_eq!(published::read_by_the_library(&sign(&today, &secret()), bytes), Some(today));
    }
}
