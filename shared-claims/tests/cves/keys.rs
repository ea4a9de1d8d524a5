//! Algorithm, key and signature.

use aws_lc_rs::hmac;
use jsonwebtoken::Algorithm::{self, RS256};
use serde_json::{Value, json};
use shared_claims::agreement::{Agreement, InvalidAgreement};
use shared_claims::claims::AccessToken;
use shared_claims::ids::{Audience, Issuer};
use shared_claims::keys::{InvalidJwkSet, KeySet, KeySource};
use shared_claims::testing::{Draft, Mint, TestClock};
use shared_claims::verify::FormRefusal::{ForeignKey, HeaderParameter, NoSignature};
use shared_claims::verify::SignatureRefusal::{AlgorithmNotAllowed, Mismatch};
use shared_claims::verify::Verifier;

use crate::support::material::{P256_ORDER, p256_forms, unhex};
use crate::support::parts::{b64, hmac_token, parts, unb64, with_part};
use crate::support::table::{Table, form, sig};
use crate::support::{ALL, ISSUER, Setting, US, agreement, now};

/// `none`: a token says that it needs no signature, and is believed.
#[test]
fn cve_2015_2951_a_token_that_asks_for_no_signature_is_refused() {
    let setting = Setting::allowing(&ALL);
    let mut table = Table::of(&setting);
    for none in ["none", "None", "NONE", "nOnE"] {
        let unsigned = setting.draft().header("alg", json!(none)).claim("sub", json!("admin"));
        table.refused(none, unsigned.signature_bytes([]).build(), form(NoSignature));
    }
    for alg in [json!(null), json!(""), json!(false)] {
        let refusal = if alg.is_string() { sig(AlgorithmNotAllowed) } else { form(HeaderParameter("alg")) };
        table.refused(alg.to_string(), setting.with_header("alg", alg), refusal);
    }
}

/// The comparison ran only as far as the shorter of two signatures, so that an empty one was equal to any.
#[test]
fn cve_2020_28042_a_part_of_the_signature_is_not_the_signature() {
    let setting = Setting::new();
    let good = setting.good();
    let signature = unb64(&parts(&good)[2]);
    let mut table = Table::of(&setting);
    table.refused("nothing of it", with_part(&good, 2, ""), form(NoSignature));
    for length in 1..signature.len() {
        table.refused(format!("{length} bytes"), with_part(&good, 2, &b64(&signature[..length])), sig(Mismatch));
    }
}

/// Confusion: the public key, which everyone has, is taken for an HMAC secret because the token says HS256.
#[test]
fn cve_2016_10555_a_public_key_is_no_shared_secret() {
    let setting = Setting::allowing(&ALL);
    let mut table = Table::of(&setting);
    for (name, secret) in p256_forms(&setting.mint.key()) {
        table.refused(name, setting.draft().hmac_sha256(&secret).build(), sig(AlgorithmNotAllowed));
    }
}

/// Confusion once more: the key's type, or the `alg` that its JWK leaves out, is filled in from the token's header.
#[test]
fn cve_2026_11800_a_key_is_for_the_algorithm_that_the_issuer_stated_and_never_for_the_tokens() {
    let setting = Setting::signing_with(RS256);
    let mut jwks: Value = serde_json::from_str(&setting.mint.jwks_json()).unwrap();
    jwks["keys"][0].as_object_mut().unwrap().remove("alg");
    let without_alg = KeySet::from_json(jwks.to_string().as_bytes());
    assert_eq!(without_alg.err(), Some(InvalidJwkSet::NoUsableKey), "an RSA key must say what it is for");

    let modulus = unb64(setting.mint.jwks_json().split("\"n\":\"").nth(1).unwrap().split('"').next().unwrap());
    let mut table = Table::of(&setting);
    for secret in [&[][..], &modulus, setting.mint.jwks_json().as_bytes(), &[0; 32]] {
        for (alg, digest) in [("HS256", hmac::HMAC_SHA256), ("HS384", hmac::HMAC_SHA384), ("HS512", hmac::HMAC_SHA512)]
        {
            table.refused(alg, hmac_token(setting.draft(), alg, digest, secret), sig(AlgorithmNotAllowed));
        }
    }
}

/// A token signed with a key of the attacker's, which it brings along.
fn bringing_its_own_key(setting: &Setting) -> [(&'static str, Draft); 2] {
    let thief = Mint::new(ISSUER, TestClock::new());
    let jwk = json!(thief.key().public_jwk());
    let named = setting.draft().header("kid", json!(thief.key().kid())).header("jwk", jwk.clone());
    let unnamed = setting.draft().without_header("kid").header("jwk", jwk);
    [("with kid", named.signed_with(thief.key())), ("without kid", unnamed.signed_with(thief.key()))]
}

#[test]
fn cve_2018_0114_a_token_is_not_checked_with_the_key_that_it_brings() {
    let setting = Setting::new();
    let mut table = Table::of(&setting);
    for (name, draft) in bringing_its_own_key(&setting) {
        table.refused(name, draft.build(), form(ForeignKey("jwk")));
    }
}

/// The same, where the verifier has no key of its own yet and takes what it is offered.
#[test]
fn cve_2026_27962_a_verifier_without_keys_does_not_take_the_tokens() {
    let setting = Setting::new();
    let agreed = agreement(ISSUER, US, "at+jwt", &setting.allowed);
    let none = std::sync::Arc::new(KeySet::default());
    let verifier = Verifier::<AccessToken>::new(agreed, none, setting.clock.clock());
    for (name, draft) in bringing_its_own_key(&setting) {
        let refusal = now(verifier.verify(draft.build().as_bytes())).err();
        assert_eq!(refusal, Some(form(ForeignKey("jwk"))), "{name}");
    }
}

/// "Psychic signatures": r = s = 0 matched every message under every key.
#[test]
fn cve_2022_21449_a_blank_ecdsa_signature_matches_nothing() {
    let setting = Setting::new();
    let good = setting.good();
    let order = unhex(P256_ORDER);
    let mut table = Table::of(&setting);
    for (name, bytes) in [
        ("r = s = 0", vec![0; 64]),
        ("r = s = n", order.repeat(2)),
        ("r = 0, s = n", [vec![0; 32], order.clone()].concat()),
        ("r = n, s = 0", [order, vec![0; 32]].concat()),
        ("DER of 0 and 0", unhex("3006020100020100")),
    ] {
        table.refused(name, with_part(&good, 2, &b64(bytes)), sig(Mismatch));
    }
}

/// Blank HMAC key: a shared secret that nobody had set was the empty text.
#[test]
fn cve_2019_20933_there_is_no_shared_secret_that_could_be_blank() {
    let setting = Setting::allowing(&ALL);
    let mut table = Table::of(&setting);
    for secret in [&b""[..], b"\0", &[0; 32], b" "] {
        table.refused(format!("{secret:?}"), setting.draft().hmac_sha256(secret).build(), sig(AlgorithmNotAllowed));
    }
    let (issuer, audience) = (Issuer::new(ISSUER).unwrap(), Audience::new(US).unwrap());
    let shared = Agreement::new(issuer, audience, "at+jwt", &[Algorithm::HS256]);
    assert_eq!(shared.err(), Some(InvalidAgreement::SharedSecret));
    for k in ["", "AA", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"] {
        let jwks = json!({"keys": [{"kty": "oct", "alg": "HS256", "use": "sig", "kid": "k", "k": k}]}).to_string();
        assert_eq!(KeySet::from_json(jwks.as_bytes()).err(), Some(InvalidJwkSet::NoUsableKey));
    }
    assert!(setting.mint.find(None, Algorithm::HS256).is_none());
}
