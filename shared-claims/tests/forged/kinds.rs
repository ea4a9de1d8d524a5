//! Kind: a good token of one kind is a forgery where another kind is wanted.

use serde_json::{Value, json};
use shared_claims::claims::{AccessToken, ClientAssertion, Kind, Receipt, SignInLink};
use shared_claims::testing::Draft;
use shared_claims::verify::ClaimFault::{Missing, NotAgreed, WrongType};
use shared_claims::verify::FormRefusal::NotThreeParts;
use shared_claims::verify::Refusal;

use crate::support::table::{Table, claim, form};
use crate::support::{ISSUER, Setting, US, now};

/// The public claim of a receipt.
const NAME: &str = "https://jwt-reference.example/claims/fulfilment";

/// Good tokens of every other kind that an issuer of ours, or an OpenID provider, signs with the same key.
fn others(setting: &Setting) -> Vec<(&'static str, Draft)> {
    let person = || setting.draft().without_claim("client_id").without_claim("scope").claim("sub", json!("usr_1"));
    let logout = json!({"http://schemas.openid.net/event/backchannel-logout": {}});
    vec![
        ("an ID token", person().header("typ", json!("JWT")).claim("nonce", json!("n")).claim("auth_time", json!(1))),
        ("an ID token with an azp", person().header("typ", json!("JWT")).claim("azp", json!("cli_1"))),
        ("an ID token of a type of its own", person().header("typ", json!("id+jwt")).claim("at_hash", json!("x"))),
        ("a refresh token", setting.draft().header("typ", json!("refresh+jwt"))),
        ("a log-out token", person().header("typ", json!("logout+jwt")).claim("events", logout)),
        ("a sign-in link", setting.mint.sign_in_link(US, "lnk_1", "x")),
        ("a link with an address", person().header("typ", json!("link+jwt")).claim("email", json!("a@example.com"))),
        ("a security event", person().header("typ", json!("secevent+jwt"))),
        ("a DPoP proof", setting.draft().header("typ", json!("dpop+jwt")).claim("htu", json!(US))),
        ("an introspection answer", setting.draft().header("typ", json!("token-introspection+jwt"))),
        ("a request object", setting.draft().header("typ", json!("oauth-authz-req+jwt"))),
        ("user info", setting.draft().header("typ", json!("JWT")).claim("email", json!("a@example.com"))),
        ("a client assertion", setting.mint.assertion(US, "cli_1").claim("iss", json!(ISSUER))),
        ("a receipt", setting.mint.receipt("cli_1").claim("aud", json!(US))),
    ]
}

#[test]
fn a_token_of_another_kind_is_no_access_token() {
    let setting = Setting::new();
    let mut table = Table::of(&setting);
    for (name, draft) in others(&setting) {
        table.refused(name, draft.build(), claim("typ", NotAgreed));
    }
    for (name, draft) in others(&setting) {
        table.refused(format!("{name}, without typ"), draft.without_header("typ").build(), claim("typ", Missing));
    }
    table.refused("an opaque refresh token", "2YotnFZFEjr1zCsicMWpAA2YotnFZFEjr1zCsicMWpAA", form(NotThreeParts));
}

/// Were an issuer to write the same `typ` on everything, an ID token would still lack what an access token has.
#[test]
fn a_person_without_a_client_is_no_access_token() {
    let setting = Setting::new();
    let mut table = Table::of(&setting);
    for (name, draft) in others(&setting).into_iter().filter(|(name, _)| name.starts_with("an ID token")) {
        table.refused(name, draft.header("typ", json!("at+jwt")).build(), claim("client_id", Missing));
    }
}

fn as_kind<K: Kind>(setting: &Setting, audience: &str, token: &str) -> Result<(), Refusal> {
    let verifier = setting.verifier_of::<K>(K::TYP, audience);
    now(verifier.verify(token.as_bytes())).map(|_| ())
}

#[test]
fn an_access_token_is_no_token_of_another_kind() {
    let setting = Setting::new();
    let token = setting.good();
    assert_eq!(as_kind::<AccessToken>(&setting, US, &token), Ok(()));
    assert_eq!(as_kind::<Receipt>(&setting, US, &token), Err(claim("typ", NotAgreed)));
    assert_eq!(as_kind::<ClientAssertion>(&setting, US, &token), Err(claim("typ", NotAgreed)));
    assert_eq!(as_kind::<SignInLink>(&setting, US, &token), Err(claim("typ", NotAgreed)));
    let disguised = |typ: &str| setting.with_header("typ", json!(typ));
    assert_eq!(as_kind::<Receipt>(&setting, US, &disguised(Receipt::TYP)), Err(claim(NAME, Missing)));
    assert_eq!(
        as_kind::<ClientAssertion>(&setting, US, &disguised(ClientAssertion::TYP)),
        Err(claim("sub", NotAgreed))
    );
    assert_eq!(as_kind::<SignInLink>(&setting, US, &disguised(SignInLink::TYP)), Err(claim("sub", NotAgreed)));
}

#[test]
fn nothing_else_is_a_sign_in_link() {
    let setting = Setting::new();
    let check = |draft: Draft| as_kind::<SignInLink>(&setting, US, &draft.build());
    let link = || setting.mint.sign_in_link(US, "lnk_1", "x");
    assert_eq!(check(link()), Ok(()));
    for (name, draft) in others(&setting).into_iter().filter(|(name, _)| *name != "a sign-in link") {
        assert_eq!(check(draft), Err(claim("typ", NotAgreed)), "{name}");
    }
    // And were its type written on something else, that would still not speak of itself.
    for (name, draft) in others(&setting).into_iter().filter(|(name, _)| *name != "a sign-in link") {
        let refusal = check(draft.header("typ", json!(SignInLink::TYP))).unwrap_err();
        assert_eq!(refusal, claim("sub", NotAgreed), "{name}");
    }
}

#[test]
fn a_sign_in_link_speaks_of_itself_to_one_place_and_of_one_browser() {
    let setting = Setting::new();
    let check = |draft: Draft| as_kind::<SignInLink>(&setting, US, &draft.build());
    let link = || setting.mint.sign_in_link(US, "lnk_1", "x");
    assert_eq!(check(link().claim("sub", json!("lnk_2"))), Err(claim("sub", NotAgreed)));
    assert_eq!(check(link().claim("sub", json!("usr_1"))), Err(claim("sub", NotAgreed)));
    assert_eq!(check(link().without_claim("jti")), Err(claim("jti", Missing)));
    assert_eq!(check(link().claim("aud", json!([US]))), Ok(()));
    assert_eq!(check(link().claim("aud", json!([US, ISSUER]))), Err(claim("aud", NotAgreed)));
    assert_eq!(check(setting.mint.sign_in_link(ISSUER, "lnk_1", "x")), Err(claim("aud", NotAgreed)));
    assert_eq!(check(link().header("typ", json!("JWT"))), Err(claim("typ", NotAgreed)));
    assert_eq!(check(link().without_header("typ")), Err(claim("typ", Missing)));
    assert_eq!(check(link().without_claim("browser")), Err(claim("browser", Missing)));
    for value in [json!(null), json!(1), json!(["x"]), json!({"x": 1}), json!(true)] {
        assert_eq!(check(link().claim("browser", value.clone())), Err(claim("browser", WrongType)), "{value}");
    }
}

#[test]
fn a_receipt_is_for_the_partner_that_it_names() {
    let setting = Setting::new();
    let check = |draft: Draft| as_kind::<Receipt>(&setting, "cli_1", &draft.build());
    let receipt = || setting.mint.receipt("cli_1");
    assert_eq!(check(receipt()), Ok(()));
    assert_eq!(check(setting.mint.receipt("cli_2")), Err(claim("aud", NotAgreed)));
    assert_eq!(check(receipt().header("typ", json!("at+jwt"))), Err(claim("typ", NotAgreed)));
    for name in [NAME, "account_id", "amount"] {
        assert_eq!(check(receipt().without_claim(name)), Err(claim(name, Missing)));
        // A list has the members of an object in it, in their order, and is none.
        for value in [json!(null), json!(1), json!([]), json!(["ful_1", "accepted"]), json!([1250, "EUR"]), json!({})] {
            let refusal = check(receipt().claim(name, value.clone())).unwrap_err();
            let inner = value == json!({}) && name != "account_id";
            assert!(refusal == claim(name, WrongType) || inner, "{name}: {value}: {refusal}");
        }
    }
    let euros = |minor_units: Value, currency: Value| json!({"minor_units": minor_units, "currency": currency});
    for (amount, wrong) in [
        (euros(json!(12.5), json!("EUR")), claim("minor_units", WrongType)),
        (euros(json!("1250"), json!("EUR")), claim("minor_units", WrongType)),
        (euros(json!(1250), json!(978)), claim("currency", WrongType)),
        (json!({"minor_units": 1250}), claim("currency", Missing)),
        (json!({"currency": "EUR"}), claim("minor_units", Missing)),
    ] {
        assert_eq!(check(receipt().claim("amount", amount.clone())), Err(wrong), "{amount}");
    }
    for (fulfilment, wrong) in [
        (json!({"fulfilment_id": 1, "status": "accepted"}), claim("fulfilment_id", WrongType)),
        (json!({"fulfilment_id": "ful_1"}), claim("status", Missing)),
    ] {
        assert_eq!(check(receipt().claim(NAME, fulfilment)), Err(wrong));
    }
}

/// RFC 7523 section 3. Several audiences would let one server use an assertion at another (CVE-2025-27371).
#[test]
fn an_assertion_is_by_its_subject_for_one_server() {
    let setting = Setting::new();
    let verifier = |audience: &str| {
        let agreement = crate::support::agreement("cli_1", audience, ClientAssertion::TYP, &setting.allowed);
        shared_claims::verify::Verifier::<ClientAssertion>::new(agreement, setting.keys.clone(), setting.clock.clock())
    };
    let check = |draft: Draft| now(verifier(ISSUER).verify(draft.build().as_bytes())).map(|_| ());
    let assertion = || setting.mint.assertion(ISSUER, "cli_1");
    assert_eq!(check(assertion()), Ok(()));
    assert_eq!(check(assertion().claim("aud", json!([ISSUER]))), Ok(()));
    assert_eq!(check(assertion().claim("aud", json!([ISSUER, US]))), Err(claim("aud", NotAgreed)));
    assert_eq!(check(assertion().claim("aud", json!([ISSUER, ISSUER]))), Err(claim("aud", NotAgreed)));
    assert_eq!(check(assertion().claim("aud", json!(format!("{ISSUER}/oauth/token")))), Err(claim("aud", NotAgreed)));
    assert_eq!(check(assertion().claim("sub", json!("cli_2"))), Err(claim("sub", NotAgreed)));
    assert_eq!(check(assertion().claim("iss", json!("cli_2"))), Err(claim("iss", NotAgreed)));
    assert_eq!(check(assertion().without_claim("jti")), Err(claim("jti", Missing)));
    assert_eq!(check(assertion().header("typ", json!("JWT"))), Err(claim("typ", NotAgreed)));
    assert_eq!(check(assertion().without_header("typ")), Err(claim("typ", Missing)));
}

/// RFC 7523 itself demands no `typ`; an agreement may be as lenient as that, and only that.
#[test]
fn a_typ_may_be_left_out_or_another_one_where_that_was_agreed_on() {
    let setting = Setting::new();
    let agreement = crate::support::agreement("cli_1", ISSUER, ClientAssertion::TYP, &setting.allowed);
    let lenient = agreement.or_typ("JWT").or_no_typ();
    let verifier =
        shared_claims::verify::Verifier::<ClientAssertion>::new(lenient, setting.keys.clone(), setting.clock.clock());
    let check = |draft: Draft| now(verifier.verify(draft.build().as_bytes())).map(|_| ());
    let assertion = || setting.mint.assertion(ISSUER, "cli_1");
    assert_eq!(check(assertion()), Ok(()));
    assert_eq!(check(assertion().header("typ", json!("jwt"))), Ok(()));
    assert_eq!(check(assertion().without_header("typ")), Ok(()));
    assert_eq!(check(assertion().header("typ", json!("at+jwt"))), Err(claim("typ", NotAgreed)));
    assert_eq!(check(assertion().header("typ", json!(""))), Err(claim("typ", NotAgreed)));
}
