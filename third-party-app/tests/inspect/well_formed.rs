//! Check 1.

use serde_json::json;

use super::refusal;
use super::support::{Key, claims, encode};

#[test]
fn what_is_not_three_parts_of_canonical_base64url_fails_check_1() {
    let (key, good) = (Key::es256(), Key::es256().access_token());
    let parts: Vec<&str> = good.split('.').collect();
    let [header, body, signature] = parts.as_slice() else { panic!("three parts") };
    for token in [
        String::new(),
        "opaque".into(),
        format!("{header}.{body}"),
        format!("{good}.x"),
        format!("{good}.x.y"),
        format!("{header}=.{body}.{signature}"),
        format!("{header}.{body}.{}+/", &signature[2..]),
        format!("{header}.{body}.{signature}AAA"),
        format!("{header}.{body}."),
        format!(" {good}"),
        format!("{header}.{}.{signature}", encode(b"[1]")),
        format!("{header}.{}.{signature}", encode(b"\xff")),
        format!("{header}.{}.{signature}", "A".repeat(9000)),
    ] {
        assert!(refusal(&token, &[key.jwk("k1")]).starts_with("1 well-formed"), "{token}");
    }
}

#[test]
fn trailing_bits_that_mean_nothing_are_refused() {
    let key = Key::es256();
    let good = key.access_token();
    // 64 bytes end in a character of which four bits are unused.
    let last = good.chars().last().unwrap();
    let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let next = alphabet.chars().nth(alphabet.find(last).unwrap() + 1).unwrap();
    let token = format!("{}{next}", &good[..good.len() - 1]);
    assert!(refusal(&token, &[key.jwk("k1")]).starts_with("1 well-formed: its signature is not base64url"));
}

#[test]
fn a_header_that_asks_for_more_or_brings_its_key_fails_check_1() {
    let key = Key::es256();
    for (name, value) in [
        ("crit", json!(["exp"])),
        ("b64", json!(false)),
        ("jwk", key.jwk("k1")),
        ("jku", json!("http://localhost:8080/.well-known/jwks.json")),
        ("x5u", json!("http://localhost")),
        ("x5c", json!([])),
        ("kid", json!(1)),
        ("typ", json!(["at+jwt"])),
        ("alg", json!(["ES256"])),
    ] {
        let mut header = key.header();
        header[name] = value;
        let reason = refusal(&key.token(&header, &claims()), &[key.jwk("k1")]);
        assert!(reason.starts_with("1 well-formed") && reason.contains(name), "{name}: {reason}");
    }
}

#[test]
fn a_name_that_stands_twice_fails_check_1_at_any_depth() {
    let key = Key::es256();
    let header = key.header().to_string();
    for claims in [r#"{"aud":"a","aud":"b"}"#, r#"{"act":{"sub":"a","sub":"b"}}"#, r#"{"a":[{"b":1,"b":1}]}"#] {
        let reason = refusal(&key.raw(&header, claims), &[key.jwk("k1")]);
        assert!(reason.contains("stands twice"), "{reason}");
    }
}

#[test]
fn an_unsigned_token_is_explained() {
    for alg in ["none", "None", "NONE"] {
        let header = encode(json!({"alg": alg, "typ": "at+jwt"}).to_string().as_bytes());
        let token = format!("{header}.{}.", encode(claims().to_string().as_bytes()));
        let reason = refusal(&token, &[Key::es256().jwk("k1")]);
        assert!(reason.contains("not signed") && reason.contains(alg), "{reason}");
    }
}
