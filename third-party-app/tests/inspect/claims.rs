//! Check 3.

use serde_json::{Value, json};
use third_party_app::inspect::{Agreement, KeySet, inspect};

use super::support::{AUDIENCE, ISSUER, Key, claims, jwks, now};
use super::{agreement, checked, refusal};

/// A token whose claims differ in one member; `null` leaves it out.
fn with_claim(key: &Key, claim: &str, value: Value) -> String {
    let mut claims = claims();
    match value {
        Value::Null => drop(claims.as_object_mut().unwrap().remove(claim)),
        value => claims[claim] = value,
    }
    key.token(&key.header(), &claims)
}

#[test]
fn a_claim_that_is_missing_wrong_or_of_the_wrong_type_fails_check_3() {
    let key = Key::es256();
    for (claim, value) in [
        ("iss", json!(null)),
        ("iss", json!([ISSUER])),
        ("iss", json!("http://localhost:8080/")),
        ("aud", json!(null)),
        ("aud", json!("http://localhost:80811")),
        ("aud", json!(["http://localhost:8082"])),
        ("aud", json!([AUDIENCE, 1])),
        ("aud", json!({"a": AUDIENCE})),
        ("exp", json!(null)),
        ("exp", json!("1")),
        ("exp", json!(1.5)),
        ("exp", json!(u64::MAX)),
        ("exp", json!(1e300)),
        ("exp", json!(-1)),
        ("iat", json!(null)),
        ("nbf", json!("0")),
        ("sub", json!("")),
        ("client_id", json!(1)),
        ("jti", json!(null)),
    ] {
        let reason = refusal(&with_claim(&key, claim, value.clone()), &[key.jwk("k1")]);
        assert!(reason.starts_with(&format!("3 claims: {claim}")), "{claim} = {value}: {reason}");
    }
}

#[test]
fn a_fraction_of_a_second_is_cut_off() {
    let key = Key::es256();
    let token = with_claim(&key, "exp", json!(f64::from(u32::MAX) + 0.5));
    assert!(checked(&token, &[key.jwk("k1")]).accepted());
}

#[test]
fn an_issuer_or_audience_must_be_there_even_if_none_was_agreed() {
    let key = Key::es256();
    let keys = KeySet::read(jwks(&[key.jwk("k1")])).unwrap();
    for claim in ["iss", "aud"] {
        let inspection = inspect(&with_claim(&key, claim, json!(null)), Some(&keys), &Agreement::default(), now());
        assert_eq!(inspection.refusal(), Some(format!("3 claims: {claim} is missing")));
    }
}

#[test]
fn an_audience_list_that_holds_us_is_accepted() {
    let key = Key::es256();
    let token = with_claim(&key, "aud", json!(["http://localhost:8082", AUDIENCE]));
    assert!(checked(&token, &[key.jwk("k1")]).accepted());
}

#[test]
fn the_times_have_five_seconds_of_leeway_and_not_one_more() {
    let key = Key::es256();
    let token = key.token(
        &key.header(),
        &json!({
            "iss": ISSUER, "aud": AUDIENCE, "sub": "s", "client_id": "c", "jti": "j",
            "iat": 1000, "nbf": 1000, "exp": 1300,
        }),
    );
    let keys = KeySet::read(jwks(&[key.jwk("k1")])).unwrap();
    let accepted = |now| inspect(&token, Some(&keys), &agreement(), now).accepted();
    for (now, good) in [(994, false), (995, true), (1304, true), (1305, false), (i64::MIN, false), (i64::MAX, false)] {
        assert_eq!(accepted(now), good, "at {now}");
    }
}

#[test]
fn another_kind_of_token_fails_check_3() {
    let key = Key::es256();
    for typ in [json!("JWT"), json!("fulfilment-receipt+jwt"), json!("at+jwt2"), json!("text/at+jwt"), json!("")] {
        let mut header = key.header();
        header["typ"] = typ;
        let reason = refusal(&key.token(&header, &claims()), &[key.jwk("k1")]);
        assert!(reason.starts_with("3 claims: typ"), "{reason}");
    }
    let mut header = key.header();
    header["typ"] = json!("Application/AT+JWT");
    assert!(checked(&key.token(&header, &claims()), &[key.jwk("k1")]).accepted());
}

#[test]
fn what_was_not_agreed_is_said_to_be_unchecked_and_not_accepted() {
    let key = Key::es256();
    let keys = KeySet::read(jwks(&[key.jwk("k1")])).unwrap();
    let inspection = inspect(&key.access_token(), Some(&keys), &Agreement::default(), now());
    assert_eq!(inspection.not_compared(), ["typ", "iss", "aud"]);
    assert_eq!((inspection.accepted(), inspection.refusal()), (false, None));
}
