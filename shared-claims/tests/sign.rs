//! Signing, held against jsonwebtoken, the RFCs' examples and our own three checks.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing))]
#![expect(clippy::disallowed_types, clippy::disallowed_methods, reason = "another implementation to compare with")]

mod support;

use std::collections::BTreeSet;
use std::time::Duration;

use aws_lc_rs::hmac;
use jsonwebtoken::Algorithm::{self, ES256, EdDSA, RS256};
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{DecodingKey, EncodingKey, Header, Validation, decode, encode};
use serde_json::{Value, json};
use shared_claims::claims::{AccessPrivate, AccessPublic, AccessToken, Registered};
use shared_claims::clock::{Clock, Timestamp};
use shared_claims::ids::{Audience, ClientId, Issuer, Subject, TokenId};
use shared_claims::keys::{KeySet, PublicKey};
use shared_claims::role::{Role, RoleSet};
use shared_claims::scope::Scope;
use shared_claims::sign::{JwkSetDocument, SignError, SigningKey, thumbprint};
use shared_claims::testing::signature_matches;
use shared_claims::verify::{Raw, Verified};
use support::parts::{b64, parts, unb64};
use support::{ISSUER, US, agreement};

const OURS: [Algorithm; 3] = [ES256, RS256, EdDSA];

fn new_key(algorithm: Algorithm) -> SigningKey {
    SigningKey::from_pkcs8(algorithm, &SigningKey::generate_pkcs8(algorithm).unwrap()).unwrap()
}

fn claims(now: Timestamp) -> AccessToken {
    let registered = Registered::issue(
        Issuer::new(ISSUER).unwrap(),
        Subject::new("usr_1").unwrap(),
        Audience::new(US).unwrap(),
        TokenId::new("jti-1").unwrap(),
        now,
        Duration::from_secs(300),
    );
    let public = AccessPublic {
        client_id: ClientId::new("cli_1").unwrap(),
        scope: [Scope::OrdersRead, Scope::OrdersWrite].into_iter().collect(),
        roles: [Role::Auditor].into_iter().collect(),
        auth_time: Some(now),
        act: None,
    };
    AccessToken::new(registered, public, AccessPrivate::default())
}

fn verify(token: &str, jwks: &str, algorithm: Algorithm, now: Timestamp) -> Verified<AccessToken> {
    let keys = KeySet::from_json(jwks.as_bytes()).unwrap();
    let well_formed = Raw::new(token.as_bytes()).well_formed().unwrap();
    let key = keys.find(well_formed.unverified_kid(), algorithm).unwrap();
    let signed = well_formed.signed_by(&key, &[algorithm]).unwrap();
    signed.as_agreed(&agreement(ISSUER, US, "at+jwt", &[algorithm]), now).unwrap()
}

fn jwks_of(key: &SigningKey) -> String {
    serde_json::to_string(&JwkSetDocument::of([key])).unwrap()
}

#[test]
fn what_we_sign_we_verify_and_so_does_jsonwebtoken() {
    let now = Clock::system().now();
    for algorithm in OURS {
        let key = new_key(algorithm);
        let token = key.sign(&claims(now)).unwrap();
        let verified = verify(&token, &jwks_of(&key), algorithm, now);
        assert_eq!(*verified, claims(now), "{algorithm:?}");

        let mut validation = Validation::new(algorithm);
        validation.set_issuer(&[ISSUER]);
        validation.set_audience(&[US]);
        validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
        let theirs = decode::<Value>(&token, &DecodingKey::from_jwk(key.public_jwk()).unwrap(), &validation).unwrap();
        assert_eq!(theirs.claims, json!(claims(now)), "{algorithm:?}");
        assert_eq!(theirs.header.kid.as_deref(), Some(key.kid().as_str()));
    }
}

#[test]
fn what_jsonwebtoken_signs_we_verify() {
    let now = Clock::system().now();
    for algorithm in [ES256, EdDSA] {
        let der = SigningKey::generate_pkcs8(algorithm).unwrap();
        let key = SigningKey::from_pkcs8(algorithm, &der).unwrap();
        let theirs = if algorithm == ES256 { EncodingKey::from_ec_der(&der) } else { EncodingKey::from_ed_der(&der) };
        let mut header = Header::new(algorithm);
        header.typ = Some("at+jwt".to_owned());
        header.kid = Some(key.kid().to_string());
        let token = encode(&header, &claims(now), &theirs).unwrap();
        assert_eq!(*verify(&token, &jwks_of(&key), algorithm, now), claims(now), "{algorithm:?}");
    }
}

#[test]
fn a_token_on_the_wire_says_what_rfc_9068_asks_for_and_nothing_else() {
    let now = Timestamp::from_seconds(1_767_225_600).unwrap();
    let key = new_key(ES256);
    let [header, payload, signature] = parts(&key.sign(&claims(now)).unwrap());
    let read = |part: &str| serde_json::from_slice::<Value>(&unb64(part)).unwrap();
    assert_eq!(read(&header), json!({"typ": "at+jwt", "alg": "ES256", "kid": key.kid()}));
    let expected = json!({
        "iss": ISSUER, "sub": "usr_1", "aud": US, "exp": 1_767_225_900, "nbf": 1_767_225_600, "iat": 1_767_225_600,
        "jti": "jti-1", "client_id": "cli_1", "scope": "orders:read orders:write", "roles": ["auditor"],
        "auth_time": 1_767_225_600,
    });
    assert_eq!(read(&payload), expected);
    assert_eq!(unb64(&signature).len(), 64);

    let mut client = claims(now);
    client.public.roles = RoleSet::default();
    client.public.auth_time = None;
    let [_, payload, _] = parts(&key.sign(&client).unwrap());
    let names: BTreeSet<String> = read(&payload).as_object().unwrap().keys().cloned().collect();
    let of_a_client = ["iss", "sub", "aud", "exp", "nbf", "iat", "jti", "client_id", "scope"];
    assert_eq!(names, of_a_client.map(str::to_owned).into());
}

#[test]
fn a_token_made_from_another_one_does_not_outlive_it() {
    let now = Timestamp::from_seconds(1_767_225_600).unwrap();
    let registered = claims(now).registered;
    let limit = |seconds| now.plus(Duration::from_secs(seconds));
    assert_eq!(registered.clone().no_later_than(limit(60)).expires_at, limit(60));
    assert_eq!(registered.no_later_than(limit(600)).expires_at, limit(300));
}

#[test]
fn a_published_key_is_public_and_says_what_it_is_for() {
    for (algorithm, members) in [
        (ES256, vec!["alg", "crv", "kid", "kty", "use", "x", "y"]),
        (EdDSA, vec!["alg", "crv", "kid", "kty", "use", "x"]),
        (RS256, vec!["alg", "e", "kid", "kty", "n", "use"]),
    ] {
        let key = new_key(algorithm);
        let set: Value = serde_json::from_str(&jwks_of(&key)).unwrap();
        let jwk = set["keys"][0].as_object().unwrap();
        let mut names: Vec<&str> = jwk.keys().map(String::as_str).collect();
        names.sort_unstable();
        assert_eq!(names, members, "{algorithm:?}: no d, p, q, dp, dq, qi or k");
        assert_eq!((&jwk["use"], &jwk["alg"]), (&json!("sig"), &json!(algorithm)));
        if algorithm == RS256 {
            assert_eq!((unb64(jwk["n"].as_str().unwrap()).len(), &jwk["e"]), (256, &json!("AQAB")));
        }
    }
}

#[test]
fn a_private_key_shows_its_name_only() {
    for algorithm in OURS {
        let key = new_key(algorithm);
        assert_eq!(format!("{key:?}"), format!("SigningKey {{ kid: KeyId(\"{}\"), .. }}", key.kid()));
    }
}

#[test]
fn the_name_of_a_key_is_its_thumbprint_so_the_same_key_has_the_same_name_everywhere() {
    for algorithm in OURS {
        let der = SigningKey::generate_pkcs8(algorithm).unwrap();
        let load = || SigningKey::from_pkcs8(algorithm, &der).unwrap();
        assert_eq!(load().kid(), load().kid());
        assert_eq!(thumbprint(&load().public_jwk().algorithm).as_deref(), Some(load().kid().as_str()));
        assert_ne!(load().kid(), new_key(algorithm).kid());
    }
    // RFC 8037 appendix A.3.
    let jwk: Jwk = serde_json::from_value(ed_jwk()).unwrap();
    assert_eq!(thumbprint(&jwk.algorithm).unwrap(), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
    let secret: Jwk = serde_json::from_value(json!({"kty": "oct", "k": "AAAA"})).unwrap();
    assert_eq!(thumbprint(&secret.algorithm), None);
}

#[test]
fn a_private_key_is_of_its_algorithm_and_whole() {
    for algorithm in OURS {
        let der = SigningKey::generate_pkcs8(algorithm).unwrap();
        for other in OURS.into_iter().filter(|other| *other != algorithm) {
            assert_eq!(
                SigningKey::from_pkcs8(other, &der).err(),
                Some(SignError::InvalidKey),
                "{algorithm:?} as {other:?}"
            );
        }
        for wrong in [&der[..der.len() - 1], &der[1..], &[]] {
            assert_eq!(SigningKey::from_pkcs8(algorithm, wrong).err(), Some(SignError::InvalidKey));
        }
    }
    for other in [Algorithm::HS256, Algorithm::ES384, Algorithm::PS256, Algorithm::RS512] {
        assert_eq!(SigningKey::generate_pkcs8(other).err(), Some(SignError::UnsupportedAlgorithm));
        assert_eq!(SigningKey::from_pkcs8(other, &[]).err(), Some(SignError::UnsupportedAlgorithm));
    }
}

/// The payload of the examples in RFC 7515 appendix A.
const PAYLOAD: &str = "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";

/// Appendix A.1: signature = HMAC-SHA-256(base64url(header) + "." + base64url(payload), key).
#[test]
fn the_hmac_over_both_parts_is_the_rfcs_and_jsonwebtokens() {
    let key = unb64("AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow");
    let input = format!("eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.{PAYLOAD}");
    let tag = b64(hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &key), input.as_bytes()));
    assert_eq!(tag, "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
    let theirs = jsonwebtoken::crypto::sign(input.as_bytes(), &EncodingKey::from_secret(&key), Algorithm::HS256);
    assert_eq!(theirs.unwrap(), tag);
}

/// Appendix A.3.
#[test]
fn the_rfcs_es256_example_passes_checks_1_and_2() {
    let token = format!(
        "eyJhbGciOiJFUzI1NiJ9.{PAYLOAD}.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q"
    );
    let jwk: Jwk = serde_json::from_value(json!({
        "kty": "EC", "crv": "P-256", "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
        "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0", "d": "jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI",
    }))
    .unwrap();
    let key = PublicKey::from_jwk(&jwk).unwrap();
    assert!(Raw::new(token.as_bytes()).well_formed().unwrap().signed_by(&key, &[ES256]).is_ok());
}

fn ed_jwk() -> Value {
    json!({"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"})
}

/// RFC 8037 appendix A.4. Its payload is no JSON.
#[test]
fn the_rfcs_eddsa_example_matches() {
    let key = PublicKey::from_jwk(&serde_json::from_value(ed_jwk()).unwrap()).unwrap();
    let signature = "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg";
    let message = b"eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc";
    assert!(signature_matches(&key, message, &unb64(signature)));
    assert!(!signature_matches(&key, &message[1..], &unb64(signature)));
}
