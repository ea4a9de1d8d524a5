//! Keys come and go, and what was verified with one that has gone is remembered no longer.

use std::sync::Arc;

use jsonwebtoken::Algorithm::{ES256, EdDSA, RS256};
use serde_json::{Value, json};
use shared_claims::cache::Cached;
use shared_claims::keys::{KeySource, RemotePolicy};
use shared_claims::testing::TestClock;
use shared_claims::verify::SignatureRefusal::{Mismatch, UnknownKey};
use shared_claims::verify::{Refusal, Verify};

use crate::support::issuer::{Answer, Issuer, until};
use crate::support::now;
use crate::{busy, mint, quiet, token_of, verifier};

#[tokio::test]
async fn a_key_that_leaves_a_good_answer_is_forgotten_and_the_generation_grows() {
    let mint = mint();
    let issuer = Issuer::new(Answer::json(mint.jwks_json())).await;
    let keys = issuer.keys(busy());
    until("keys", || keys.is_ready()).await;
    let old = token_of(&mint);
    let (old_kid, old_key) = (mint.key().kid().clone(), mint.key());

    mint.rotate(ES256);
    issuer.answers(Answer::json(mint.jwks_json()));
    until("the new key", || keys.find(Some(mint.key().kid()), ES256).is_some()).await;
    assert_eq!(keys.generation(), 0, "a key has come, and none has gone");
    now(verifier(&keys).verify(old.as_bytes())).unwrap();

    mint.withdraw_old_keys();
    issuer.answers(Answer::json(mint.jwks_json()));
    until("the old key to go", || keys.find(Some(&old_kid), ES256).is_none()).await;
    assert_eq!(keys.generation(), 1);
    let refusal = verifier(&keys).verify(old.as_bytes()).await.err();
    assert_eq!(refusal, Some(Refusal::Signature(UnknownKey)));
    let unnamed = mint.access_token(crate::support::US, "cli_1", "").without_header("kid").signed_with(old_key).build();
    assert_eq!(verifier(&keys).verify(unnamed.as_bytes()).await.err(), Some(Refusal::Signature(Mismatch)));
}

#[tokio::test]
async fn the_same_keys_in_another_order_or_with_more_about_them_are_the_same_generation() {
    let mint = mint();
    mint.rotate(EdDSA);
    mint.rotate(RS256);
    let set: Value = serde_json::from_str(&mint.jwks_json()).unwrap();
    let [ec, ed, rsa] = [0, 1, 2].map(|index| set["keys"][index].clone());
    let described = |key: &Value| {
        let mut key = key.clone();
        key["x5t"] = json!("AAAA");
        key
    };
    let issuer = Issuer::new(Answer::json(set.to_string())).await;
    let keys = issuer.keys(busy());
    until("keys", || keys.is_ready()).await;
    for same in [json!([rsa, ed, ec]), json!([described(&ec), described(&ed), described(&rsa)]), json!([ec, ed, rsa])] {
        issuer.answers(Answer::json(json!({"keys": same}).to_string()));
        issuer.has_answered().await;
        assert_eq!(keys.generation(), 0);
    }
}

fn named(key: &Value) -> Answer {
    let mut key = key.clone();
    key["kid"] = json!("2026");
    Answer::json(json!({"keys": [key]}).to_string())
}

#[tokio::test]
async fn another_key_under_the_same_name_is_another_key() {
    let (mint, successor) = (mint(), mint());
    let issuer = Issuer::new(named(&json!(mint.key().public_jwk()))).await;
    let keys = issuer.keys(busy());
    until("keys", || keys.is_ready()).await;
    let token = mint.access_token(crate::support::US, "cli_1", "").header("kid", json!("2026")).build();
    now(verifier(&keys).verify(token.as_bytes())).unwrap();

    issuer.answers(named(&json!(successor.key().public_jwk())));
    until("the successor", || keys.generation() == 1).await;
    assert_eq!(now(verifier(&keys).verify(token.as_bytes())).err(), Some(Refusal::Signature(Mismatch)));
}

/// Whatever of it is different: the type, the algorithm, any of its numbers.
#[tokio::test]
async fn a_key_that_differs_in_anything_is_another_key() {
    let of = |algorithm| {
        let mint = mint();
        mint.rotate(algorithm);
        json!(mint.key().public_jwk())
    };
    let with = |key: &Value, name: &str, value: Value| {
        let mut key = key.clone();
        key[name] = value;
        key
    };
    // Each RSA key differs from the one before it in one thing.
    let rsa = of(RS256);
    let modulus = with(&rsa, "n", of(RS256)["n"].clone());
    let exponent = with(&modulus, "e", json!("Aw"));
    let algorithm = with(&exponent, "alg", json!("PS256"));
    let issuer = Issuer::new(named(&of(ES256))).await;
    let keys = issuer.keys(busy());
    until("keys", || keys.is_ready()).await;
    let successors = [
        ("another type", of(EdDSA)),
        ("another key of the type", of(EdDSA)),
        ("an RSA key", rsa),
        ("another modulus", modulus),
        ("another exponent", exponent),
        ("another algorithm", algorithm),
    ];
    for (generation, (name, successor)) in (1..).zip(successors) {
        issuer.answers(named(&successor));
        issuer.has_answered().await;
        assert_eq!(keys.generation(), generation, "{name}");
    }
}

/// With a cache around it: the generation is what takes a verified token out again.
#[tokio::test]
async fn a_token_that_was_remembered_is_refused_once_its_key_has_gone() {
    let mint = mint();
    let issuer = Issuer::new(Answer::json(mint.jwks_json())).await;
    let keys = issuer.keys(RemotePolicy { cooldown: std::time::Duration::ZERO, ..quiet() });
    until("keys", || keys.is_ready()).await;
    let cached = Cached::new(verifier(&keys), Arc::new(keys.clone()), TestClock::new().clock(), 1 << 20);
    let token = token_of(&mint);
    cached.verify(token.as_bytes()).await.unwrap();

    mint.rotate(ES256);
    mint.withdraw_old_keys();
    issuer.answers(Answer::json(mint.jwks_json()));
    assert!(now(cached.verify(token.as_bytes())).is_ok(), "nobody has heard of it yet");
    cached.verify(token_of(&mint).as_bytes()).await.unwrap();
    assert_eq!(cached.verify(token.as_bytes()).await.err(), Some(Refusal::Signature(UnknownKey)));
}
