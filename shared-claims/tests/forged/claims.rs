//! Claims: each one missing, and of every wrong JSON type.

use serde_json::{Value, json};
use shared_claims::verify::ClaimFault::{Missing, NotAgreed, WrongType};
use shared_claims::verify::FormRefusal::NotJsonObject;

use crate::support::parts::{parts, unb64};
use crate::support::table::{Table, claim, form};
use crate::support::{Setting, US};

/// One value of every JSON type, and the odd ones among them.
fn values() -> Vec<Value> {
    vec![
        Value::Null,
        json!(true),
        json!(false),
        json!(0),
        json!(1),
        json!(-1),
        json!(1.5),
        json!(""),
        json!("x"),
        json!([]),
        json!([null]),
        json!(["x"]),
        json!([1]),
        json!([["x"]]),
        json!({}),
        json!({"x": 1}),
        json!({"$ne": null}),
        json!({"sub": "x", "sub2": "x"}),
    ]
}

#[test]
fn a_claim_that_is_required_must_be_there() {
    let setting = Setting::new();
    let mut table = Table::of(&setting);
    for name in ["iss", "sub", "aud", "exp", "iat", "jti", "client_id"] {
        table.refused(name, setting.draft().without_claim(name).build(), claim(name, Missing));
        table.refused(format!("{name}: null"), setting.with_claim(name, Value::Null), claim(name, WrongType));
        let other_case = setting.draft().without_claim(name).claim(&name.to_uppercase(), json!("x")).build();
        table.refused(format!("{name} in other case"), other_case, claim(name, Missing));
    }
    table.refused("no claim at all", setting.draft().payload_bytes("{}").build(), claim("iss", Missing));
}

/// RFC 7800: whoever presents it would have to show a key, which nobody here checks.
#[test]
fn a_token_that_is_bound_to_a_key_is_no_plain_bearer_token() {
    let setting = Setting::new();
    let mut table = Table::of(&setting);
    for cnf in [json!({"jkt": "x"}), json!({"x5t#S256": "x"}), json!({}), Value::Null] {
        table.refused(format!("cnf {cnf}"), setting.with_claim("cnf", cnf), claim("cnf", NotAgreed));
    }
}

#[test]
fn a_claim_that_may_be_left_out_is_not_null() {
    let setting = Setting::new();
    let mut table = Table::of(&setting);
    for name in ["nbf", "scope", "roles", "auth_time", "act", "origin_jti"] {
        table.accepted(name, setting.draft().without_claim(name).build());
        table.refused(format!("{name}: null"), setting.with_claim(name, Value::Null), claim(name, WrongType));
    }
}

#[test]
fn a_name_is_a_text() {
    let setting = Setting::new();
    let mut table = Table::of(&setting);
    for name in ["iss", "sub", "client_id", "jti", "origin_jti"] {
        for value in values().into_iter().filter(|value| *value != json!("x")) {
            table.refused(format!("{name}: {value}"), setting.with_claim(name, value), claim(name, WrongType));
        }
        let odd = ["a\0b", "a\nb", "\r", "\u{1b}[0m", "\u{7f}", "\u{9b}"].map(str::to_owned);
        for text in odd.into_iter().chain(["x".repeat(257), "é".repeat(129)]) {
            let row: String = format!("{name}: {text:?}").chars().take(40).collect();
            table.refused(row, setting.with_claim(name, json!(text)), claim(name, WrongType));
        }
    }
    for name in ["sub", "client_id", "jti", "origin_jti"] {
        table.accepted(format!("{name} of 256 bytes"), setting.with_claim(name, json!("x".repeat(256))));
    }
}

#[test]
fn an_audience_is_a_text_or_a_list_of_texts() {
    let setting = Setting::new();
    let mut table = Table::of(&setting);
    for value in values().into_iter().filter(|value| ![json!("x"), json!(["x"])].contains(value)) {
        table.refused(value.to_string(), setting.with_claim("aud", value), claim("aud", WrongType));
    }
    // One wrong item spoils the list, wherever we stand in it.
    for value in values().into_iter().filter(|value| *value != json!("x")) {
        table.refused(
            format!("us and {value}"),
            setting.with_claim("aud", json!([US, value])),
            claim("aud", WrongType),
        );
        table.refused(
            format!("{value} and us"),
            setting.with_claim("aud", json!([value, US])),
            claim("aud", WrongType),
        );
    }
    table.refused("us as a name", setting.with_claim("aud", json!({US: true})), claim("aud", WrongType));
}

/// RFC 7519 section 2, NumericDate.
#[test]
fn a_date_is_a_number_from_1970_to_9999() {
    let setting = Setting::new();
    let now = setting.seconds();
    let mut table = Table::of(&setting);
    for name in ["exp", "nbf", "iat", "auth_time"] {
        for value in values().into_iter().filter(|value| !value.is_number() || *value == json!(-1)) {
            table.refused(format!("{name}: {value}"), setting.with_claim(name, value), claim(name, WrongType));
        }
        for value in [
            json!(now.to_string()),
            json!((now + 300).to_string()),
            json!("2026-01-01T00:00:00Z"),
            json!([now]),
            json!({"$date": now}),
            json!(i64::MIN),
            json!(-0.5),
            json!(-1e300),
            json!(253_402_300_800_u64),
            json!(253_402_300_799.5),
            json!(i64::MAX),
            json!(u64::MAX),
            json!(18_446_744_073_709_551_616.0),
            json!(1e18),
            json!(1e308),
        ] {
            table.refused(format!("{name}: {value}"), setting.with_claim(name, value), claim(name, WrongType));
        }
        for text in ["1e400", "-1e400", "NaN", "Infinity", "0x6955b900", "1_767_225_600"] {
            let payload = parts(&setting.draft().without_claim(name).build())[1].clone();
            let payload = String::from_utf8(unb64(&payload)).unwrap();
            let payload = payload.replacen('{', &format!("{{\"{name}\":{text},"), 1);
            table.refused(
                format!("{name}: {text}"),
                setting.draft().payload_bytes(payload).build(),
                form(NotJsonObject),
            );
        }
    }
}

/// A mistake in what a token *may* say is a mistake too: nothing of it is passed over as if it were not there.
#[test]
fn grants_have_the_type_that_was_agreed_on() {
    let setting = Setting::new();
    let mut table = Table::of(&setting);
    for value in values().into_iter().filter(|value| ![json!(""), json!("x")].contains(value)) {
        table.refused(format!("scope: {value}"), setting.with_claim("scope", value), claim("scope", WrongType));
    }
    for value in values().into_iter().filter(|value| ![json!([]), json!(["x"])].contains(value)) {
        table.refused(format!("roles: {value}"), setting.with_claim("roles", value), claim("roles", WrongType));
    }
    for value in [
        json!("manager"),
        json!("manager auditor"),
        json!({"manager": true}),
        json!(["manager", 1]),
        json!(["manager", null]),
    ] {
        table.refused(format!("roles: {value}"), setting.with_claim("roles", value), claim("roles", WrongType));
    }
    for text in [
        "orders:read  orders:write",
        " orders:read",
        "orders:read ",
        "orders:read\torders:write",
        "orders:read\n",
        " ",
        "a\"b",
        "a\\b",
        "é",
    ] {
        table.refused(format!("scope: {text:?}"), setting.with_claim("scope", json!(text)), claim("scope", WrongType));
    }
}

/// RFC 8693 section 4.1: an object that names the actor by `sub`, and inside it the actor before.
#[test]
fn an_actor_is_an_object_with_a_name() {
    let setting = Setting::new();
    let mut table = Table::of(&setting);
    let wrong_names: Vec<Value> = values().into_iter().filter(|value| *value != json!("x")).collect();
    let mut row = |act: Value| table.refused(act.to_string(), setting.with_claim("act", act), claim("act", WrongType));
    for value in values().into_iter().filter(|value| value.get("sub").is_none()) {
        row(value);
    }
    for value in wrong_names {
        row(json!({"sub": value}));
        row(json!({"sub": "x", "act": {"sub": value}}));
    }
    for value in values().into_iter().filter(|value| value.get("sub").is_none()) {
        row(json!({"sub": "x", "act": value}));
    }
    row(json!(["orders-service"]));
    row(json!(["orders-service", null]));
    row(json!([{"sub": "orders-service"}]));
    row(json!({"sub": ["orders-service"]}));
    row(json!({"act": {"sub": "orders-service"}}));
    row(json!({"sub": "x", "act": ["orders-service"]}));
    row(json!({"client_id": "orders-service"}));
    table.accepted("one actor", setting.with_claim("act", json!({"sub": "x"})));
    table.accepted("two actors", setting.with_claim("act", json!({"sub": "x", "act": {"sub": "y"}})));
    table.accepted(
        "more about the actor",
        setting.with_claim("act", json!({"sub": "x", "iss": "https://auth.example.com"})),
    );
}
