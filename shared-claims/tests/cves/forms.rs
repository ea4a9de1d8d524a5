//! Structure and header.

use serde_json::json;
use shared_claims::verify::FormRefusal::{Extension, NotBase64Url, NotThreeParts, TooLong};
use shared_claims::verify::MAX_TOKEN_BYTES;

use crate::support::parts::{b64, parts, unb64};
use crate::support::table::{Table, form};
use crate::support::{ALL, Setting};

/// Mixed serialization: one reader checked the JSON form, another read the compact form out of the same text.
#[test]
fn cve_2022_39227_one_text_is_not_two_tokens() {
    let setting = Setting::new();
    let [header, payload, signature] = parts(&setting.good());
    let forged = b64(String::from_utf8(unb64(&payload)).unwrap().replace("cli_1", "cli_2"));
    let rest = format!(r#""protected":"{header}","payload":"{payload}","signature":"{signature}""#);
    let mut table = Table::of(&setting);
    table.refused("as found", format!(r#"{{"  {header}.{forged}.":"",{rest}}}"#), form(NotBase64Url));
    table.refused("compact in front", format!(r#"{header}.{forged}.{{{rest}}}"#), form(NotBase64Url));
    table.refused("JSON alone", format!("{{{rest}}}"), form(NotThreeParts));
}

/// A JWE, made with the public key that everyone has, was taken for a JWS.
#[test]
fn cve_2023_51774_an_encrypted_token_is_not_a_signed_one() {
    let setting = Setting::allowing(&ALL);
    let [_, payload, signature] = parts(&setting.good());
    let mut table = Table::of(&setting);
    for alg in ["dir", "RSA-OAEP", "ECDH-ES"] {
        let header = b64(json!({"alg": alg, "enc": "A128CBC-HS256", "typ": "at+jwt"}).to_string());
        let five = format!("{header}.{payload}.{payload}.{payload}.{signature}");
        table.refused(format!("{alg}, five parts"), five, form(NotThreeParts));
        table.refused(format!("{alg}, three parts"), format!("{header}.{payload}.{signature}"), form(Extension("enc")));
    }
    table.refused("signed, with enc", setting.with_header("enc", json!("A128CBC-HS256")), form(Extension("enc")));
}

#[test]
fn cve_2025_59420_a_critical_header_that_is_not_understood_is_not_passed_over() {
    let setting = Setting::new();
    let mut table = Table::of(&setting);
    for name in ["cnf", "bork", "http://example.com/UNDEFINED"] {
        let critical = setting.draft().header("crit", json!([name])).header(name, json!(true));
        table.refused(name, critical.build(), form(Extension("crit")));
    }
}

/// The same in another library; its tests had `b64` in them, which changes what is signed (RFC 7797).
#[test]
fn cve_2026_32597_an_unencoded_payload_is_not_read_as_an_encoded_one() {
    let setting = Setting::new();
    let critical = || setting.draft().header("crit", json!(["b64"])).header("b64", json!(false));
    let mut table = Table::of(&setting);
    table.refused("signed as usual", critical().build(), form(Extension("crit")));
    table.refused("b64 without crit", setting.with_header("b64", json!(false)), form(Extension("b64")));
    table.refused("crit without anything", setting.with_header("crit", json!([])), form(Extension("crit")));
    let [header, payload, signature] = parts(&critical().build());
    let raw = String::from_utf8(unb64(&payload)).unwrap().replace('.', "\\u002e");
    table.refused("the payload as it is", format!("{header}.{raw}.{signature}"), form(Extension("crit")));
}

/// Dots: every one of them cost memory before anything was looked at.
#[test]
fn cve_2025_30204_a_text_of_dots_costs_nothing() {
    let setting = Setting::new();
    let mut table = Table::of(&setting);
    table.refused("as many as are looked at", ".".repeat(MAX_TOKEN_BYTES), form(NotThreeParts));
    table.refused("ten million", ".".repeat(10_000_000), form(TooLong));
    table.refused("after a token", format!("{}{}", setting.good(), ".".repeat(4096)), form(NotThreeParts));
}

/// Size: huge parts were decoded and parsed before the signature was looked at.
#[test]
fn cve_2025_61920_a_huge_part_is_not_even_decoded() {
    let setting = Setting::new();
    let [header, payload, signature] = parts(&setting.good());
    let huge = "A".repeat(10_000_000);
    let mut table = Table::of(&setting);
    table.refused("header", format!("{huge}.{payload}.{signature}"), form(TooLong));
    table.refused("payload", format!("{header}.{huge}.{signature}"), form(TooLong));
    table.refused("signature", format!("{header}.{payload}.{huge}"), form(TooLong));
    assert_eq!((setting.keys.finds(), setting.keys.refreshes()), (0, 0));
}
