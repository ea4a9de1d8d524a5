//! Header: the kind that it states, extensions that it asks for, and what is passed over.

use serde_json::{Value, json};
use shared_claims::verify::ClaimFault::{Missing, NotAgreed};
use shared_claims::verify::FormRefusal::{Extension, HeaderParameter};

use crate::support::Setting;
use crate::support::table::{Table, claim, form};

/// RFC 8725 section 3.11.
#[test]
fn a_token_of_another_type_is_refused() {
    let setting = Setting::new();
    let mut table = Table::of(&setting);
    for typ in [
        "JWT",
        "jwt",
        "JOSE",
        "JOSE+JSON",
        "id+jwt",
        "refresh+jwt",
        "rt+jwt",
        "logout+jwt",
        "secevent+jwt",
        "dpop+jwt",
        "link+jwt",
        "client-authentication+jwt",
        "authorization-grant+jwt",
        "fulfilment-receipt+jwt",
        "token-introspection+jwt",
        "oauth-authz-req+jwt",
        "kb+jwt",
        "vc+sd-jwt",
        "entity-statement+jwt",
        "at",
        "jwt+at",
        "at-jwt",
        "at+jwt ",
        " at+jwt",
        "at+jwt\n",
        "at+jwt\0",
        "at+jwt;v=1",
        "at+jwtx",
        "xat+jwt",
        "at+ jwt",
        "аt+jwt",
        "at\u{ff0b}jwt",
        "at%2Bjwt",
        "*/*",
        "*",
        "",
        "/",
        "application/",
        "application/JWT",
        "application/json",
        "application/at+jwt+x",
        "application/at+jwt;v=1",
        "application/application/at+jwt",
        "application//at+jwt",
        "text/at+jwt",
        "x/at+jwt",
        "/at+jwt",
        "applicationat+jwt",
        "aрplication/at+jwt",
    ] {
        table.refused(format!("{typ:?}"), setting.with_header("typ", json!(typ)), claim("typ", NotAgreed));
    }
    table.refused("missing", setting.draft().without_header("typ").build(), claim("typ", Missing));
    for typ in [Value::Null, json!(true), json!(1), json!([]), json!(["at+jwt"]), json!({"typ": "at+jwt"})] {
        table.refused(typ.to_string(), setting.with_header("typ", typ), form(HeaderParameter("typ")));
    }
}

/// RFC 7515 section 4.1.9: media types compare without case, and `application/` may be left out.
#[test]
fn an_access_token_may_write_its_type_in_full_and_in_any_case() {
    let setting = Setting::new();
    let mut table = Table::of(&setting);
    for typ in [
        "at+jwt",
        "AT+JWT",
        "At+Jwt",
        "application/at+jwt",
        "Application/AT+JWT",
        "APPLICATION/AT+JWT",
        "aPPLICATION/at+jwt",
    ] {
        table.accepted(typ, setting.with_header("typ", json!(typ)));
    }
}

/// RFC 7515 section 4.1.11: what must be understood and is not, is refused. We understand no extension.
#[test]
fn no_extension_is_understood() {
    let setting = Setting::new();
    let mut table = Table::of(&setting);
    for (name, value) in [
        ("crit", json!(["exp"])),
        ("crit", json!(["b64"])),
        ("crit", json!(["alg"])),
        ("crit", json!(["http://example.com/unknown"])),
        ("crit", json!([])),
        ("crit", json!({})),
        ("crit", json!("exp")),
        ("crit", json!(false)),
        ("crit", Value::Null),
        ("b64", json!(false)),
        ("b64", json!(true)),
        ("b64", Value::Null),
        ("zip", json!("DEF")),
        ("zip", json!("none")),
        ("enc", json!("A256GCM")),
        ("enc", Value::Null),
    ] {
        table.refused(format!("{name}={value}"), setting.with_header(name, value), form(Extension(name)));
    }
    // RFC 7797: an unencoded payload, with everything that it would take.
    let unencoded = setting.draft().header("b64", json!(false)).header("crit", json!(["b64"])).build();
    table.refused("b64 and crit", unencoded, form(Extension("crit")));
    // Written with an escape it is the same parameter.
    let kid = setting.mint.key().kid().to_string();
    let escaped = format!(r#"{{"typ":"at+jwt","alg":"ES256","kid":"{kid}","\u0063rit":["exp"]}}"#);
    table.refused("an escape", setting.draft().header_bytes(escaped).build(), form(Extension("crit")));
}

/// RFC 7515 section 4: header parameters that are not understood must be ignored.
#[test]
fn what_a_header_says_beyond_that_changes_nothing() {
    let setting = Setting::new();
    let mut table = Table::of(&setting);
    for (name, value) in [
        ("x", json!(1)),
        ("", json!("")),
        ("cty", json!("JWT")),
        ("nonce", json!("n")),
        ("url", json!("https://thief.example.net")),
        ("iss", json!("https://thief.example.net")),
        ("aud", json!("https://thief.example.net")),
        ("exp", json!(0)),
        ("CRIT", json!(["exp"])),
        ("Crit", json!(["exp"])),
        ("JWK", json!({})),
        ("ALG", json!("none")),
        ("apu", json!("x")),
        ("epk", json!({})),
        ("p2c", json!(2_147_483_647)),
        ("cаlg", json!("none")),
    ] {
        table.accepted(format!("{name}={value}"), setting.with_header(name, value));
    }
}
