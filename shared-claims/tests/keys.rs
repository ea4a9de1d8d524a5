//! What becomes a key, for which algorithm, and how it is found.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing))]

mod support;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use jsonwebtoken::Algorithm::{self, ES256, ES384, EdDSA, PS256, RS256, RS512};
use serde_json::{Value, json};
use shared_claims::ids::KeyId;
use shared_claims::keys::{InvalidJwk, InvalidJwkSet, KeySet, KeySource, PublicKey};
use shared_claims::testing::{Mint, TestClock};
use shared_claims::verify::{Raw, SignatureRefusal};
use support::parts::{b64, resigned};
use support::{ISSUER, Setting};

fn read(jwk: Value) -> Result<Algorithm, InvalidJwk> {
    PublicKey::from_jwk(&serde_json::from_value(jwk).unwrap()).map(|key| key.algorithm())
}

fn public(algorithm: Algorithm) -> Value {
    json!(Setting::signing_with(algorithm).mint.key().public_jwk())
}

fn with(jwk: &Value, name: &str, value: Value) -> Value {
    let mut changed = jwk.clone();
    changed[name] = value;
    changed
}

fn without(jwk: &Value, name: &str) -> Value {
    let mut changed = jwk.clone();
    changed.as_object_mut().unwrap().remove(name);
    changed
}

fn set(keys: &[Value]) -> Result<KeySet, InvalidJwkSet> {
    KeySet::from_json(json!({"keys": keys}).to_string().as_bytes())
}

#[test]
fn a_curve_says_the_algorithm_and_an_rsa_key_must() {
    for algorithm in [ES256, EdDSA] {
        assert_eq!(read(without(&public(algorithm), "alg")), Ok(algorithm));
    }
    let rsa = public(RS256);
    assert_eq!(read(without(&rsa, "alg")), Err(InvalidJwk::Algorithm));
    for algorithm in [RS256, RS512, PS256] {
        assert_eq!(read(with(&rsa, "alg", json!(algorithm))), Ok(algorithm));
    }
    for other in ["ES256", "EdDSA", "HS256", "RSA-OAEP", "RSA1_5", "none", "rs256", ""] {
        assert_eq!(read(with(&rsa, "alg", json!(other))), Err(InvalidJwk::Algorithm), "{other}");
    }
}

#[test]
fn a_key_for_something_else_checks_no_signatures() {
    let key = public(ES256);
    assert_eq!(read(without(&key, "use")), Ok(ES256));
    assert_eq!(read(with(&key, "key_ops", json!(["verify"]))), Ok(ES256));
    assert_eq!(read(with(&key, "key_ops", json!(["sign", "verify"]))), Ok(ES256));
    for operations in [json!([]), json!(["sign"]), json!(["encrypt", "wrapKey"]), json!(["Verify"])] {
        assert_eq!(read(with(&key, "key_ops", operations.clone())), Err(InvalidJwk::Use), "{operations}");
    }
    for other in ["enc", "SIG", "", "sign"] {
        assert_eq!(read(with(&key, "use", json!(other))), Err(InvalidJwk::Use), "{other}");
    }
    assert_eq!(read(with(&key, "kid", json!(""))), Err(InvalidJwk::KeyId));
    assert_eq!(read(with(&key, "kid", json!("a\nb"))), Err(InvalidJwk::KeyId));
}

/// RFC 7518 section 6.2.1: on the curve, and both coordinates in full length.
#[test]
fn a_point_is_on_its_curve_and_written_in_full() {
    let key = public(ES256);
    let x = support::parts::unb64(key["x"].as_str().unwrap());
    for (name, value) in [
        ("short", b64(&x[1..])),
        ("long", b64([&[0], &x[..]].concat())),
        ("zero", b64([0; 32])),
        ("largest", b64([0xff; 32])),
        ("empty", String::new()),
        ("padded", format!("{}=", key["x"].as_str().unwrap())),
        ("y for x", key["y"].as_str().unwrap().to_owned()),
    ] {
        assert_eq!(read(with(&key, "x", json!(value))), Err(InvalidJwk::Values), "{name}");
    }
    let ed = public(EdDSA);
    let x = support::parts::unb64(ed["x"].as_str().unwrap());
    for (name, value) in [("short", b64(&x[1..])), ("long", b64([&x[..], &[0]].concat())), ("empty", String::new())] {
        assert_eq!(read(with(&ed, "x", json!(value))), Err(InvalidJwk::Values), "{name}");
    }
}

#[test]
fn an_rsa_key_is_large_enough_and_not_too_large_and_written_in_one_way() {
    let rsa = public(RS256);
    let modulus = |bytes: usize| with(&rsa, "n", json!(b64([vec![0xc1], vec![0x35; bytes - 1]].concat())));
    assert_eq!(read(modulus(256)), Ok(RS256));
    assert_eq!(read(modulus(1024)), Ok(RS256));
    for bytes in [1, 64, 128, 255, 1025, 4096] {
        assert_eq!(read(modulus(bytes)), Err(InvalidJwk::Values), "{bytes} bytes");
    }
    let n = support::parts::unb64(rsa["n"].as_str().unwrap());
    assert_eq!(read(with(&rsa, "n", json!(b64([&[0], &n[..]].concat())))), Err(InvalidJwk::Values), "a leading zero");
    assert_eq!(read(with(&rsa, "n", json!(""))), Err(InvalidJwk::Values));
    for (exponent, expected) in [
        (&[1, 0, 1][..], Ok(RS256)),
        (&[3], Ok(RS256)),
        (&[1, 0, 0, 0, 0, 0, 0, 1], Ok(RS256)),
        (&[1, 0, 0, 0, 0, 0, 0, 0, 1], Err(InvalidJwk::Values)),
        (&[], Err(InvalidJwk::Values)),
        (&[0], Err(InvalidJwk::Values)),
        (&[1], Err(InvalidJwk::Values)),
        (&[2], Err(InvalidJwk::Values)),
        (&[1, 0, 0], Err(InvalidJwk::Values)),
        (&[0, 1, 0, 1], Err(InvalidJwk::Values)),
    ] {
        assert_eq!(read(with(&rsa, "e", json!(b64(exponent)))), expected, "{exponent:?}");
    }
}

/// We do not sign with it, but an issuer of someone else's may.
#[test]
fn es384_is_verified_with_p_384() {
    let random = SystemRandom::new();
    let der = EcdsaKeyPair::generate_pkcs8(&ECDSA_P384_SHA384_FIXED_SIGNING, &random).unwrap();
    let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P384_SHA384_FIXED_SIGNING, der.as_ref()).unwrap();
    let point = pair.public_key().as_ref();
    let jwk = json!({"kty": "EC", "crv": "P-384", "x": b64(&point[1..49]), "y": b64(&point[49..])});
    assert_eq!(read(jwk.clone()), Ok(ES384));
    assert_eq!(read(with(&jwk, "alg", json!("ES256"))), Err(InvalidJwk::Algorithm));
    assert_eq!(read(with(&jwk, "crv", json!("P-256"))), Err(InvalidJwk::Values), "48 bytes are no P-256");
    let key = PublicKey::from_jwk(&serde_json::from_value(jwk).unwrap()).unwrap();
    let token = resigned(&Setting::new().with_header("alg", json!("ES384")), |input| {
        pair.sign(&random, input).unwrap().as_ref().to_vec()
    });
    let signed = |token: &str| Raw::new(token.as_bytes()).well_formed().unwrap().signed_by(&key, &[ES384]).map(drop);
    assert_eq!(signed(&token), Ok(()));
    let forged = token.replacen(&token[token.len() - 20..token.len() - 10], "AAAAAAAAAA", 1);
    assert_eq!(signed(&forged), Err(SignatureRefusal::Mismatch));
}

#[test]
fn a_key_is_found_by_its_name_or_by_being_the_only_one() {
    let (one, other, ed) = (public(ES256), public(ES256), public(EdDSA));
    let kid = |key: &Value| KeyId::new(key["kid"].as_str().unwrap()).unwrap();
    let keys = set(&[one.clone(), other.clone(), ed.clone()]).unwrap();
    assert_eq!(keys.kids().cloned().collect::<Vec<_>>(), [kid(&one), kid(&other), kid(&ed)]);
    assert_eq!(keys.find(Some(&kid(&other)), ES256).unwrap().kid(), Some(&kid(&other)));
    assert!(keys.find(None, ES256).is_none(), "two of them");
    assert_eq!(keys.find(None, EdDSA).unwrap().kid(), Some(&kid(&ed)));
    assert!(keys.find(None, RS256).is_none());
    assert!(keys.find(Some(&KeyId::new("other").unwrap()), ES256).is_none());

    let unnamed = set(&[without(&one, "kid"), without(&ed, "kid")]).unwrap();
    assert!(unnamed.find(None, ES256).is_some());
    assert!(unnamed.find(Some(&kid(&one)), ES256).is_none(), "a name that nobody has is nobody's");
    assert!(set(&[without(&one, "kid"), without(&other, "kid")]).is_ok());
}

#[test]
fn a_set_is_a_list_of_keys_of_which_one_at_least_is_of_use() {
    let key = public(ES256);
    assert_eq!(set(&[key.clone(), key.clone()]).err(), Some(InvalidJwkSet::AmbiguousKid));
    let namesake = with(&public(EdDSA), "kid", key["kid"].clone());
    assert_eq!(set(&[key.clone(), namesake]).err(), Some(InvalidJwkSet::AmbiguousKid));
    assert_eq!(set(&[]).err(), Some(InvalidJwkSet::NoUsableKey));
    assert_eq!(set(&[with(&key, "use", json!("enc"))]).err(), Some(InvalidJwkSet::NoUsableKey));
    assert!(set(&[with(&key, "use", json!("enc")), public(EdDSA), json!(7)]).is_ok());
    for text in ["", "[]", "{}", "null", r#"{"keys":{}}"#, r#"{"keys":null}"#, r#"{"Keys":[]}"#, "{\"keys\":[]} x"] {
        assert_eq!(KeySet::from_json(text.as_bytes()).err(), Some(InvalidJwkSet::Form), "{text}");
    }
}

/// A set that never changes is ready, knows all it will ever know, and forgets nothing.
#[test]
fn a_fixed_set_is_a_source_of_keys() {
    let mint = Mint::new(ISSUER, TestClock::new());
    let keys = KeySet::from_json(mint.jwks_json().as_bytes()).unwrap();
    assert!(KeySource::find(&keys, Some(mint.key().kid()), ES256).is_some());
    assert_eq!(support::now(keys.refresh()), Ok(()));
    assert_eq!((keys.generation(), keys.is_ready()), (0, true));
}
