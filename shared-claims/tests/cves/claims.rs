//! Claims.

use serde_json::{Value, json};
use shared_claims::claims::ClientAssertion;
use shared_claims::verify::ClaimFault::{NotAgreed, WrongType};
use shared_claims::verify::Verifier;

use crate::support::table::{Table, claim};
use crate::support::{ISSUER, Setting, US, agreement, now};

/// Claim types: in jsonwebtoken itself, a date or name of the wrong JSON type was treated as if it were not there.
#[test]
fn cve_2026_25537_a_claim_of_the_wrong_type_is_not_a_claim_that_is_missing() {
    let setting = Setting::new();
    let later = setting.seconds() + 3000;
    let mut table = Table::of(&setting);
    for name in ["exp", "nbf", "iat", "auth_time"] {
        for value in [json!(later.to_string()), json!("never"), json!([later]), json!(true), json!(null)] {
            table.refused(format!("{name}={value}"), setting.with_claim(name, value), claim(name, WrongType));
        }
    }
    for name in ["iss", "sub", "aud", "jti", "client_id"] {
        table.refused(name, setting.with_claim(name, json!(7)), claim(name, WrongType));
    }
}

/// Audience: a list where a text was looked for became the empty text, and an empty audience was not compared.
#[test]
fn cve_2020_26160_an_audience_list_is_compared_like_an_audience() {
    let setting = Setting::new();
    let mut table = Table::of(&setting);
    table.refused(
        "a list without us",
        setting.with_claim("aud", json!(["https://else.example"])),
        claim("aud", NotAgreed),
    );
    table.refused("an empty list", setting.with_claim("aud", json!([])), claim("aud", WrongType));
    table.refused("an empty text", setting.with_claim("aud", json!("")), claim("aud", WrongType));
    table.refused("a list of an empty text", setting.with_claim("aud", json!([""])), claim("aud", WrongType));
    table.accepted("a list with us", setting.with_claim("aud", json!(["https://else.example", US])));
}

/// Audience of assertions: one that names several servers, or an endpoint, lets one server use it at another.
/// CVE-2025-27371 is that for RFC 7523, CVE-2025-27370 for OpenID Connect Core.
#[test]
fn cve_2025_27370_an_assertion_for_two_servers_is_good_at_neither() {
    let setting = Setting::new();
    let agreed = agreement("cli_1", ISSUER, "client-authentication+jwt", &setting.allowed);
    let verifier = Verifier::<ClientAssertion>::new(agreed, setting.keys.clone(), setting.clock.clock());
    let check = |aud: Value| {
        let token = setting.mint.assertion(ISSUER, "cli_1").claim("aud", aud).build();
        now(verifier.verify(token.as_bytes())).map(|_| ())
    };
    assert_eq!(check(json!(ISSUER)), Ok(()));
    assert_eq!(check(json!([ISSUER, "https://thief.example.net"])), Err(claim("aud", NotAgreed)));
    assert_eq!(check(json!(["https://thief.example.net", ISSUER])), Err(claim("aud", NotAgreed)));
    assert_eq!(check(json!(format!("{ISSUER}/oauth/token"))), Err(claim("aud", NotAgreed)));
}
