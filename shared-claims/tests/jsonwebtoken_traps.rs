//! Each trap of jsonwebtoken 11 that a verifier has to close, with a token that the library itself lets through, set up
//! as its documentation shows, and the check of ours that does not.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing))]
#![expect(clippy::disallowed_types, clippy::disallowed_methods, reason = "what must not be used is shown to be unsafe")]

mod support;

use std::time::Duration;

use jsonwebtoken::Algorithm::{self, ES256, RS256};
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{DecodingKey, Validation, decode};
use serde_json::{Value, json};
use shared_claims::clock::Clock;
use shared_claims::keys::{InvalidJwk, PublicKey};
use shared_claims::testing::Draft;
use shared_claims::verify::ClaimFault::{Expired, InFuture, Missing, NotAgreed, TooLong, WrongType};
use shared_claims::verify::FormRefusal::{self, DuplicateMember, Extension, ForeignKey};
use shared_claims::verify::Refusal;
use support::table::{claim, form};
use support::{ISSUER, Setting, US};

/// The library looks at the system's clock and at no other, so the tokens here are of today.
fn today() -> Setting {
    let setting = Setting::new();
    let now = Clock::system().now();
    setting.clock.advance(now.since(setting.clock.now()));
    setting
}

/// What users of the library write: an algorithm, an issuer and an audience.
fn as_documented(algorithm: Algorithm) -> Validation {
    let mut validation = Validation::new(algorithm);
    validation.set_issuer(&[ISSUER]);
    validation.set_audience(&[US]);
    validation
}

/// Whether the library accepts the token.
fn lets_through(setting: &Setting, token: &str) -> bool {
    let key = DecodingKey::from_jwk(setting.mint.key().public_jwk()).unwrap();
    decode::<Value>(token, &key, &as_documented(ES256)).is_ok()
}

/// The library lets the token through, and we refuse it for `because`.
fn trap(setting: &Setting, draft: Draft, because: Refusal) {
    let token = draft.build();
    assert!(lets_through(setting, &token), "no trap any more: {because}");
    assert_eq!(setting.refusal(token), because);
}

#[test]
fn only_exp_is_required_so_a_token_without_issuer_audience_and_subject_passes() {
    let setting = today();
    for name in ["iss", "aud", "sub", "iat", "jti", "client_id"] {
        trap(&setting, setting.draft().without_claim(name), claim(name, Missing));
    }
    trap(
        &setting,
        setting.draft().payload_bytes(format!(r#"{{"exp":{}}}"#, setting.seconds() + 60)),
        claim("iss", Missing),
    );
}

#[test]
fn a_claim_of_the_wrong_type_is_skipped_unless_it_is_required() {
    let setting = today();
    trap(&setting, setting.draft().claim("iss", json!(7)), claim("iss", WrongType));
    trap(&setting, setting.draft().claim("iss", json!({"iss": ISSUER})), claim("iss", WrongType));
    trap(&setting, setting.draft().claim("aud", json!(7)), claim("aud", WrongType));
    trap(&setting, setting.draft().claim("aud", json!([US, 7])), claim("aud", WrongType));
    trap(&setting, setting.draft().claim("sub", json!(7)), claim("sub", WrongType));
    trap(&setting, setting.draft().claim("nbf", json!("tomorrow")), claim("nbf", WrongType));
}

#[test]
fn an_issuer_given_as_a_list_passes_when_any_of_it_matches() {
    let setting = today();
    trap(&setting, setting.draft().claim("iss", json!(["https://thief.example.net", ISSUER])), claim("iss", WrongType));
}

#[test]
fn typ_and_crit_are_not_looked_at() {
    let setting = today();
    trap(&setting, setting.draft().header("typ", json!("logout+jwt")), claim("typ", NotAgreed));
    trap(&setting, setting.draft().without_header("typ"), claim("typ", Missing));
    trap(&setting, setting.draft().header("crit", json!(["bork"])).header("bork", json!("x")), form(Extension("crit")));
    trap(&setting, setting.draft().header("zip", json!("DEF")), form(Extension("zip")));
    trap(&setting, setting.draft().header("enc", json!("A256GCM")), form(Extension("enc")));
}

#[test]
fn iat_is_not_looked_at_and_nbf_only_when_asked() {
    let setting = today();
    let tomorrow = json!(setting.seconds() + 86_400);
    let later = json!(setting.seconds() + 86_500);
    trap(&setting, setting.draft().claim("exp", later.clone()).claim("nbf", tomorrow.clone()), claim("nbf", InFuture));
    let issued_tomorrow = setting.draft().without_claim("nbf").claim("iat", tomorrow).claim("exp", later);
    trap(&setting, issued_tomorrow, claim("iat", InFuture));
    trap(&setting, setting.draft().claim("exp", json!(setting.seconds() + 86_400)), claim("exp", TooLong));
}

#[test]
fn the_hidden_leeway_is_a_minute() {
    let setting = today();
    let (then, ended) = (json!(setting.seconds() - 60), json!(setting.seconds() - 30));
    trap(
        &setting,
        setting.draft().claim("iat", then.clone()).claim("nbf", then).claim("exp", ended),
        claim("exp", Expired),
    );
}

#[test]
fn the_clock_is_the_systems_and_cannot_be_another() {
    let setting = Setting::new();
    let token = setting.good();
    assert!(!lets_through(&setting, &token), "a token of 1 January 2026 has expired");
    assert!(setting.verify(&token).is_ok(), "by our clock it is 1 January 2026");
    setting.clock.advance(Duration::from_secs(305));
    assert_eq!(setting.refusal(&token), claim("exp", Expired));
}

#[test]
fn of_two_equal_names_the_last_one_counts() {
    let setting = today();
    let payload = support::parts::unb64(&support::parts::parts(&setting.good())[1]);
    let twice = String::from_utf8(payload).unwrap().replacen('{', r#"{"scope":"partners:manage","#, 1);
    trap(&setting, setting.draft().payload_bytes(twice), form(DuplicateMember));
    let kid = setting.mint.key().kid().to_string();
    let header = format!(r#"{{"typ":"at+jwt","alg":"ES256","x":"1","x":"2","kid":"{kid}"}}"#);
    trap(&setting, setting.draft().header_bytes(header), form(DuplicateMember));
}

#[test]
fn a_token_may_have_any_size() {
    let setting = today();
    trap(&setting, setting.draft().claim("x", json!("x".repeat(1 << 20))), form(FormRefusal::TooLong));
}

/// The library passes them on to whoever asks for the header; whoever then uses them has lost.
#[test]
fn a_key_or_its_location_in_the_header_is_the_callers_problem() {
    let setting = today();
    let jwk = json!(setting.mint.key().public_jwk());
    for (name, value) in [
        ("jwk", jwk),
        ("jku", json!("https://thief.example.net/jwks.json")),
        ("x5u", json!("https://thief.example.net/x.pem")),
        ("x5c", json!(["MIIB"])),
    ] {
        trap(&setting, setting.draft().header(name, value), form(ForeignKey(name)));
    }
}

fn jwk(value: Value) -> Jwk {
    serde_json::from_value(value).unwrap()
}

/// Every one of these becomes a `DecodingKey`, and none a key of ours.
#[test]
fn a_jwk_becomes_a_key_whatever_it_says_that_it_is_for() {
    let setting = Setting::new();
    let ec = json!(setting.mint.key().public_jwk());
    let with = |name: &str, value: Value| {
        let mut changed = ec.clone();
        changed[name] = value;
        jwk(changed)
    };
    for (jwk, because) in [
        (jwk(json!({"kty": "oct", "k": "AAECAwQFBgcICQoLDA0ODw", "alg": "HS256", "use": "sig"})), InvalidJwk::KeyType),
        (jwk(json!({"kty": "oct", "k": ""})), InvalidJwk::KeyType),
        (with("use", json!("enc")), InvalidJwk::Use),
        (with("key_ops", json!(["sign"])), InvalidJwk::Use),
        (with("key_ops", json!([])), InvalidJwk::Use),
        (with("alg", json!("ES384")), InvalidJwk::Algorithm),
        (with("alg", json!("HS256")), InvalidJwk::Algorithm),
        (with("alg", json!("RS256")), InvalidJwk::Algorithm),
        (with("alg", json!("ECDH-ES")), InvalidJwk::Algorithm),
        (with("crv", json!("P-384")), InvalidJwk::Algorithm),
        (with("crv", json!("P-521")), InvalidJwk::Curve),
        (with("crv", json!("Ed25519")), InvalidJwk::Curve),
        (with("x", json!("AAAA")), InvalidJwk::Values),
        (with("x", json!("")), InvalidJwk::Values),
        (jwk(json!({"kty": "OKP", "crv": "P-256", "x": "AAAA"})), InvalidJwk::Curve),
        (jwk(json!({"kty": "OKP", "crv": "Ed25519", "x": "AAAA"})), InvalidJwk::Values),
        (jwk(json!({"kty": "RSA", "n": "AQAB", "e": "AQAB"})), InvalidJwk::Algorithm),
        (jwk(json!({"kty": "RSA", "alg": "RS256", "n": "AQAB", "e": "AQAB"})), InvalidJwk::Values),
    ] {
        assert!(DecodingKey::from_jwk(&jwk).is_ok(), "no trap any more: {jwk:?}");
        assert_eq!(PublicKey::from_jwk(&jwk).err(), Some(because), "{jwk:?}");
    }
    assert!(PublicKey::from_jwk(&jwk(ec)).is_ok());
}

/// With the library, whoever knows the "public" key set of an issuer with a shared secret can sign.
#[test]
fn a_shared_secret_in_a_key_set_signs_for_the_issuer() {
    let setting = today();
    let secret = [7; 32];
    let oct = jwk(json!({"kty": "oct", "k": support::parts::b64(secret), "alg": "HS256", "kid": "shared"}));
    let token = setting.draft().header("kid", json!("shared")).hmac_sha256(&secret).build();
    let key = DecodingKey::from_jwk(&oct).unwrap();
    assert!(decode::<Value>(&token, &key, &as_documented(Algorithm::HS256)).is_ok());
    assert_eq!(PublicKey::from_jwk(&oct).err(), Some(InvalidJwk::KeyType));
}

/// So that callers are tempted to take the algorithm from the token. Ours belongs to the key.
#[test]
fn a_validation_for_two_families_always_fails_and_an_agreement_does_not() {
    let mut setting = today();
    let token = setting.good();
    let mut validation = as_documented(ES256);
    validation.algorithms.push(RS256);
    let key = DecodingKey::from_jwk(setting.mint.key().public_jwk()).unwrap();
    assert!(decode::<Value>(&token, &key, &validation).is_err());
    setting.allowed.push(RS256);
    assert!(setting.verify(&token).is_ok());
}

/// `Validation::default()` is HS256, and an audience in the token without one in it fails: the two things that make
/// people switch checks off.
#[test]
fn the_default_is_a_shared_secret() {
    assert_eq!(Validation::default().algorithms, [Algorithm::HS256]);
    assert!(!Validation::default().validate_nbf);
    assert_eq!(Validation::default().leeway, 60);
    assert_eq!(Validation::default().required_spec_claims.len(), 1);
}
