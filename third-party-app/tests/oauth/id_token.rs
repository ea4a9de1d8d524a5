//! Whom a client believes to have signed in.

use aws_lc_rs::digest::{SHA256, SHA512, digest};
use serde_json::{Value, json};
use third_party_app::inspect::KeySet;
use third_party_app::oauth::{Expected, verify_id_token};

use crate::support::{ISSUER, Key, encode, jwks, now};

const ACCESS_TOKEN: &str = "an-access-token";
const EXPECTED: Expected<'_> =
    Expected { issuer: ISSUER, client_id: "cli_1", nonce: "the-nonce", access_token: ACCESS_TOKEN };

fn half(hash: &[u8]) -> String {
    encode(&hash[..hash.len() / 2])
}

fn claims(changes: &[(&str, Value)]) -> Value {
    let mut claims = json!({
        "iss": ISSUER, "sub": "usr_1", "aud": "cli_1", "exp": now() + 300, "iat": now(), "auth_time": now(),
        "nonce": "the-nonce", "at_hash": half(digest(&SHA256, ACCESS_TOKEN.as_bytes()).as_ref()),
    });
    for (name, value) in changes {
        if value.is_null() {
            claims.as_object_mut().unwrap().remove(*name);
        } else {
            claims[*name] = value.clone();
        }
    }
    claims
}

fn header(key: &Key) -> Value {
    json!({"alg": key.alg(), "kid": "k1", "typ": "JWT"})
}

fn verify(token: &str, key: &Key) -> Result<String, String> {
    let keys = KeySet::read(jwks(&[key.jwk("k1")])).unwrap();
    verify_id_token(token, &keys, EXPECTED, now()).map(|who| who.subject).map_err(|error| error.to_string())
}

#[track_caller]
fn refused(changes: &[(&str, Value)], name: &str) {
    let key = Key::es256();
    let reason = verify(&key.token(&header(&key), &claims(changes)), &key).unwrap_err();
    assert!(reason.contains(&format!("3 claims: {name} ")), "{changes:?}: {reason}");
}

#[test]
fn it_says_who_signed_in() {
    let key = Key::es256();
    assert_eq!(verify(&key.token(&header(&key), &claims(&[])), &key).as_deref(), Ok("usr_1"));
    let fuller = [("azp", json!("cli_1")), ("aud", json!(["cli_1"]))];
    assert_eq!(verify(&key.token(&header(&key), &claims(&fuller)), &key).as_deref(), Ok("usr_1"));
}

#[test]
fn the_hash_goes_with_the_algorithm() {
    let key = Key::eddsa();
    let long = [("at_hash", json!(half(digest(&SHA512, ACCESS_TOKEN.as_bytes()).as_ref())))];
    assert_eq!(verify(&key.token(&header(&key), &claims(&long)), &key).as_deref(), Ok("usr_1"));
    assert!(verify(&key.token(&header(&key), &claims(&[])), &key).unwrap_err().contains("at_hash"));
}

#[test]
fn one_of_another_issuer_is_refused() {
    refused(&[("iss", json!("https://evil.example"))], "iss");
    refused(&[("iss", Value::Null)], "iss");
}

#[test]
fn one_for_another_client_is_refused() {
    refused(&[("aud", json!("cli_2"))], "aud");
    refused(&[("aud", json!(["cli_1", "cli_2"]))], "aud");
    refused(&[("aud", Value::Null)], "aud");
    refused(&[("azp", json!("cli_2"))], "azp");
}

#[test]
fn one_of_another_request_is_refused() {
    refused(&[("nonce", json!("another-nonce"))], "nonce");
    refused(&[("nonce", Value::Null)], "nonce");
}

#[test]
fn one_with_another_access_token_is_refused() {
    refused(&[("at_hash", json!(half(digest(&SHA256, b"another-token").as_ref())))], "at_hash");
    refused(&[("at_hash", json!(7))], "at_hash");
}

#[test]
fn one_that_has_expired_is_refused() {
    refused(&[("exp", json!(now() - 6)), ("iat", json!(now() - 300))], "exp");
}

#[test]
fn one_that_names_nobody_is_refused() {
    refused(&[("sub", Value::Null)], "sub");
    refused(&[("sub", json!(""))], "sub");
    refused(&[("sub", json!("ü"))], "sub");
}

#[test]
fn one_that_nobody_signed_is_refused() {
    let key = Key::es256();
    let unsigned = format!(
        "{}.{}.",
        encode(json!({"alg": "none", "typ": "JWT"}).to_string().as_bytes()),
        encode(claims(&[]).to_string().as_bytes())
    );
    assert!(verify(&unsigned, &key).unwrap_err().contains("not signed"));
}

#[test]
fn one_that_another_key_signed_is_refused() {
    let token = Key::es256();
    let token = token.token(&header(&token), &claims(&[]));
    assert!(verify(&token, &Key::es256()).unwrap_err().contains("2 signature"));
}

#[test]
fn an_access_token_is_no_id_token() {
    let key = Key::es256();
    let mut header = header(&key);
    header["typ"] = json!("at+jwt");
    let claims = claims(&[("client_id", json!("cli_1")), ("jti", json!("tok_1"))]);
    assert!(verify(&key.token(&header, &claims), &key).unwrap_err().contains("3 claims: typ "));
}
