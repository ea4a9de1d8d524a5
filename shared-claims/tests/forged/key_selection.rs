//! Key selection: keys that the token brings, and names of keys that want to be more than a name.
//!
//! Every row also shows how often the issuer was asked for newer keys ([`Table::refused`]): once where the key is
//! what is unknown, never anywhere else.

use jsonwebtoken::Algorithm::{ES256, ES384, EdDSA};
use serde_json::{Value, json};
use shared_claims::testing::{Mint, TestClock};
use shared_claims::verify::FormRefusal::{ForeignKey, HeaderParameter};
use shared_claims::verify::Refusal;
use shared_claims::verify::SignatureRefusal::{AlgorithmNotAllowed, KeyForOtherAlgorithm, Mismatch, UnknownKey};

use crate::support::table::{Table, form, sig};
use crate::support::{ISSUER, Setting};

#[test]
fn a_token_does_not_bring_its_own_key() {
    let setting = Setting::new();
    let thief = Mint::new(ISSUER, TestClock::new());
    let jwk = json!(thief.key().public_jwk());
    let mut table = Table::of(&setting);
    for (name, value) in [
        ("jwk", jwk.clone()),
        ("jwk", json!(setting.mint.key().public_jwk())),
        ("jwk", json!({"kty": "oct", "k": "AAAA"})),
        ("jku", json!("https://thief.example.net/jwks.json")),
        ("jku", json!("https://auth.example.com/.well-known/jwks.json")),
        ("jku", json!("http://169.254.169.254/latest/meta-data")),
        ("jku", json!("file:///etc/passwd")),
        ("x5u", json!("https://thief.example.net/cert.pem")),
        ("x5u", json!("ldap://thief.example.net")),
        ("x5c", json!(["MIIB"])),
        ("x5c", json!([])),
        ("jwk", Value::Null),
        ("jku", Value::Null),
        ("x5u", json!("")),
        ("x5c", json!(false)),
    ] {
        let thiefs = |token: shared_claims::testing::Draft| token.header(name, value.clone()).signed_with(thief.key());
        let row = format!("{name}={value}");
        table.refused(format!("{row}, signed with it"), thiefs(setting.draft()).build(), form(ForeignKey(name)));
        let its_kid = setting.draft().header("kid", json!(thief.key().kid()));
        table.refused(format!("{row}, with its kid"), thiefs(its_kid).build(), form(ForeignKey(name)));
        let without_kid = setting.draft().without_header("kid");
        table.refused(format!("{row}, without kid"), thiefs(without_kid).build(), form(ForeignKey(name)));
        table.refused(format!("{row}, signed by the issuer"), setting.with_header(name, value), form(ForeignKey(name)));
    }
}

/// A thumbprint brings no key and nothing to fetch, so `x5t` is passed over like every header that is unknown.
#[test]
fn the_thumbprint_of_a_certificate_is_passed_over() {
    let setting = Setting::new();
    let mut table = Table::of(&setting);
    for (name, value) in
        [("x5t", json!("AAAA")), ("x5t#S256", json!("AAAA")), ("x5t", json!(7)), ("x5t", json!("https://x"))]
    {
        table.accepted(format!("{name}={value}"), setting.with_header(name, value.clone()));
        let forged = setting.draft().header(name, value).signed_by_a_stranger().build();
        table.refused(format!("{name}, forged"), forged, sig(Mismatch));
    }
}

#[test]
fn a_kid_is_a_name_and_nothing_more() {
    let setting = Setting::new();
    let ours = setting.mint.key().kid().as_str().to_owned();
    let mut table = Table::of(&setting);
    for kid in [
        "unknown",
        "../../../../dev/null",
        "/dev/null",
        "/etc/passwd",
        "C:\\Windows\\win.ini",
        "file:///etc/passwd",
        "https://thief.example.net/key.pem",
        "//thief.example.net/key",
        "gopher://127.0.0.1:6379/_FLUSHALL",
        "key?x=1&y=2",
        "key#fragment",
        "x' UNION SELECT 'secret' -- ",
        "1; DROP TABLE keys",
        "' OR '1'='1",
        "| sleep 10 |",
        "$(id)",
        "${jndi:ldap://thief.example.net/x}",
        "{{7*7}}",
        "<script>alert(1)</script>",
        "%00",
        "%2e%2e%2f",
        "*",
        "..",
        ".",
        " ",
        "0",
        "-1",
        "null",
        "none",
        "__proto__",
        "constructor",
        "🔑",
        "ＫＥＹ",
        "\u{202e}yek",
    ] {
        table.refused(format!("{kid:?}"), setting.with_header("kid", json!(kid)), sig(UnknownKey));
    }
    let near = [
        format!(" {ours}"),
        format!("{ours} "),
        ours[1..].to_owned(),
        ours[..ours.len() - 1].to_owned(),
        format!("{ours}x"),
        format!("{ours}="),
        ours.to_ascii_lowercase(),
        ours.to_ascii_uppercase(),
    ];
    for kid in near {
        table.refused(format!("near {kid:?}"), setting.with_header("kid", json!(kid)), sig(UnknownKey));
    }
    table.refused("256 bytes", setting.with_header("kid", json!("k".repeat(256))), sig(UnknownKey));
    table.accepted("ours", setting.with_header("kid", json!(ours)));
}

#[test]
fn a_kid_that_is_no_name_is_malformed_and_nobody_is_asked() {
    let setting = Setting::new();
    let ours = setting.mint.key().kid().as_str().to_owned();
    let mut table = Table::of(&setting);
    for kid in [
        Value::Null,
        json!(true),
        json!(0),
        json!(1.5),
        json!([]),
        json!([ours]),
        json!({}),
        json!({"kid": ours}),
        json!(""),
        json!("k".repeat(257)),
        json!("k".repeat(4096)),
        json!("🔑".repeat(65)),
        json!("\0"),
        json!(format!("{ours}\0")),
        json!(format!("{ours}\n")),
        json!("a\r\nSet-Cookie: x"),
        json!("\u{1b}[2J"),
        json!("\u{7f}"),
        json!("\u{85}"),
    ] {
        let name: String = kid.to_string().chars().take(40).collect();
        table.refused(name, setting.with_header("kid", kid), form(HeaderParameter("kid")));
    }
}

#[test]
fn without_a_kid_there_must_be_one_key_only() {
    let setting = Setting::allowing(&[ES256, ES384, EdDSA]);
    let unnamed = || setting.draft().without_header("kid");
    assert!(setting.verify(unnamed().build()).is_ok(), "one key");
    setting.mint.rotate(EdDSA);
    assert!(setting.verify(unnamed().build()).is_ok(), "one key for each algorithm");
    let es384 = unnamed().header("alg", json!("ES384")).build();
    assert_eq!(setting.refusal(es384), sig(UnknownKey), "no key for the algorithm");
    setting.mint.rotate(EdDSA);
    assert_eq!(setting.refusal(unnamed().build()), sig(UnknownKey), "two keys for the algorithm");
}

#[test]
fn a_kid_does_not_find_a_key_for_another_algorithm() {
    let setting = Setting::allowing(&[ES256, EdDSA]);
    let first = setting.mint.key();
    setting.mint.rotate(EdDSA);
    let mut table = Table::of(&setting);
    table.accepted("the newer key", setting.good());
    let mixed = setting.draft().header("kid", json!(first.kid())).build();
    table.refused("signed with EdDSA under the kid of the ES256 key", mixed, sig(KeyForOtherAlgorithm));
    let older = setting.draft().header("kid", json!(first.kid())).header("alg", json!("ES256"));
    table.accepted("the older key", older.signed_with(first).build());
}

#[test]
fn nobody_is_asked_for_a_key_whose_algorithm_is_not_agreed_on() {
    let setting = Setting::new();
    for alg in ["none", "HS256", "RS256", "ES384", "EdDSA", "es256", "RSA-OAEP"] {
        let token = setting.draft().header("kid", json!("unknown")).header("alg", json!(alg)).build();
        assert_eq!(setting.refusal(token), sig(AlgorithmNotAllowed), "{alg}");
    }
    assert_eq!((setting.keys.finds(), setting.keys.refreshes()), (0, 0));
}

#[test]
fn a_key_that_was_withdrawn_is_unknown() {
    let setting = Setting::new();
    let old = setting.good();
    setting.mint.rotate(ES256);
    assert!(setting.verify(&old).is_ok(), "both keys are published");
    setting.mint.withdraw_old_keys();
    assert_eq!(setting.refusal(&old), sig(UnknownKey));
    assert!(setting.verify(setting.good()).is_ok());
}

#[test]
fn where_newer_keys_cannot_be_had_nothing_is_said_about_the_token() {
    let setting = Setting::new();
    setting.keys.go_away();
    let unknown = setting.with_header("kid", json!("unknown"));
    assert_eq!(setting.refusal(unknown), Refusal::KeysUnavailable);
    assert!(setting.verify(setting.good()).is_ok(), "a known key needs nobody");
}
