//! Check 2.

use serde_json::{Value, json};
use third_party_app::inspect::{KeySet, Outcome, inspect};

use super::support::{AUDIENCE, Key, claims, encode, now};
use super::{agreement, checked, refusal};

#[test]
fn a_good_token_of_each_algorithm_is_accepted() {
    for key in [Key::es256(), Key::eddsa(), Key::rs256()] {
        let inspection = checked(&key.access_token(), &[key.jwk("k0"), key.jwk("k1")]);
        assert!(inspection.accepted(), "{}: {:?}", key.alg(), inspection.refusal());
    }
}

#[test]
fn without_a_key_nothing_is_accepted() {
    let inspection = inspect(&Key::es256().access_token(), None, &agreement(), now());
    assert_eq!(inspection.signature, Outcome::NotChecked("not checked: no key given".into()));
    assert!(!inspection.accepted());
    assert_eq!(inspection.refusal(), None);
}

#[test]
fn an_altered_token_fails_check_2() {
    let key = Key::es256();
    let good = key.access_token();
    let (start, signature) = good.rsplit_once('.').unwrap();
    let header = start.split('.').next().unwrap();
    let other = encode(json!({"aud": AUDIENCE, "scope": "orders:write"}).to_string().as_bytes());
    for token in [
        format!("{header}.{other}.{signature}"),
        format!("{start}.{}", encode(&[0; 64])),
        format!("{start}.{}", encode(&[0; 63])),
        Key::es256().access_token(),
    ] {
        let reason = refusal(&token, &[key.jwk("k1")]);
        assert!(reason.starts_with("2 signature: the signature does not match"), "{reason}");
    }
}

#[test]
fn an_algorithm_with_a_shared_secret_or_unknown_fails_check_2() {
    let key = Key::es256();
    for (alg, said) in [("HS256", "shared secret"), ("ES512", "not one of"), ("es256", "not one of")] {
        let mut header = key.header();
        header["alg"] = json!(alg);
        let reason = refusal(&key.token(&header, &claims()), &[key.jwk("k1")]);
        assert!(reason.starts_with("2 signature") && reason.contains(said), "{reason}");
    }
}

#[test]
fn a_key_is_used_for_what_it_states_and_nothing_else() {
    let key = Key::es256();
    let token = key.access_token();
    let changed = |member: &str, value: Value| {
        let mut jwk = key.jwk("k1");
        match value {
            Value::Null => drop(jwk.as_object_mut().unwrap().remove(member)),
            value => jwk[member] = value,
        }
        refusal(&token, &[jwk])
    };
    for (member, value, said) in [
        ("kid", json!("k2"), "no key of the set"),
        ("use", json!("enc"), "not published for signatures"),
        ("use", json!(null), "not published for signatures"),
        ("key_ops", json!(["encrypt"]), "not published for signatures"),
        ("alg", json!("RS256"), "one key, one algorithm"),
        ("alg", json!(null), "no stated algorithm"),
        ("kty", json!("oct"), "do not go with"),
        ("crv", json!("P-384"), "do not go with"),
        ("x", json!("AAAA"), "32 bytes"),
        ("y", json!(null), "missing"),
    ] {
        let reason = changed(member, value);
        assert!(reason.starts_with("2 signature") && reason.contains(said), "{member}: {reason}");
    }
}

#[test]
fn a_kid_that_is_missing_or_stands_for_two_keys_fails_check_2() {
    let key = Key::es256();
    let token = key.token(&json!({"alg": "ES256", "typ": "at+jwt"}), &claims());
    assert!(refusal(&token, &[key.jwk("k1")]).contains("names no kid"));
    assert!(refusal(&key.access_token(), &[key.jwk("k1"), key.jwk("k1")]).contains("several keys"));
}

#[test]
fn members_of_a_set_that_are_no_keys_are_passed_over() {
    let key = Key::es256();
    let set = [json!({"kty": "oct", "k": "c2VjcmV0", "kid": "k0"}), json!({}), json!(1), key.jwk("k1")];
    assert!(checked(&key.access_token(), &set).accepted());
    assert!(KeySet::read(json!({"keys": {}})).is_err());
    assert!(KeySet::read(json!([])).is_err());
}
