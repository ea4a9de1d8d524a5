//! Claims: issuer and audience are compared byte by byte, and what a token grants is what its claims say.

use serde_json::{Value, json};
use shared_claims::ids::Audience;
use shared_claims::role::Role;
use shared_claims::scope::Scope;
use shared_claims::verify::ClaimFault::{Missing, NotAgreed, WrongType};

use crate::support::table::{Table, claim};
use crate::support::{ISSUER, Setting, US};

/// Everything that is nearly `url`.
fn nearly(url: &str) -> Vec<String> {
    let host = url.strip_prefix("https://").unwrap();
    vec![
        url[..url.len() - 1].to_owned(),
        url[1..].to_owned(),
        format!("{url}x"),
        format!("x{url}"),
        format!("{url}/"),
        format!("{url}/."),
        format!("{url}//"),
        format!("{url}?"),
        format!("{url}#"),
        format!("{url}:443"),
        format!("{url}."),
        format!("{url}.thief.example.net"),
        format!("{url}@thief.example.net"),
        format!("{url}%00"),
        format!("{url} "),
        format!(" {url}"),
        format!("{url},{url}"),
        format!("{url} https://thief.example.net"),
        format!("http://{host}"),
        format!("HTTPS://{host}"),
        format!("https://{}", host.to_uppercase()),
        format!("https://user@{host}"),
        format!("https://xn--{host}"),
        format!("//{host}"),
        host.to_owned(),
        url.to_uppercase(),
        url.replacen('e', "е", 1),
        url.replacen('.', "。", 1),
        url.replace("example", "%65xample"),
        format!("{url}\u{200b}"),
        "*".to_owned(),
        "https://*".to_owned(),
        "https://*.example.com".to_owned(),
        ".*".to_owned(),
        "null".to_owned(),
    ]
}

#[test]
fn the_issuer_is_exactly_the_agreed_one() {
    let setting = Setting::new();
    let mut table = Table::of(&setting);
    for other in nearly(ISSUER).into_iter().chain([US.to_owned(), "cli_1".to_owned()]) {
        table.refused(format!("{other:?}"), setting.with_claim("iss", json!(other)), claim("iss", NotAgreed));
    }
    for list in
        [json!([ISSUER]), json!([ISSUER, "https://thief.example.net"]), json!({"iss": ISSUER}), json!([[ISSUER]])]
    {
        table.refused(list.to_string(), setting.with_claim("iss", list), claim("iss", WrongType));
    }
    table.accepted("the agreed one", setting.with_claim("iss", json!(ISSUER)));
}

#[test]
fn the_audience_is_exactly_us() {
    let setting = Setting::new();
    let mut table = Table::of(&setting);
    for other in nearly(US).into_iter().chain([ISSUER.to_owned(), "https://admin.example.com".to_owned()]) {
        table.refused(format!("{other:?}"), setting.with_claim("aud", json!(other)), claim("aud", NotAgreed));
        table.refused(format!("[{other:?}]"), setting.with_claim("aud", json!([other])), claim("aud", NotAgreed));
    }
    let others: Vec<Value> = nearly(US).into_iter().map(Value::from).collect();
    table.refused("all of them", setting.with_claim("aud", json!(others)), claim("aud", NotAgreed));
    table.accepted("us", setting.with_claim("aud", json!(US)));
    table.accepted("us alone in a list", setting.with_claim("aud", json!([US])));
    table.accepted("us first", setting.with_claim("aud", json!([US, "https://admin.example.com"])));
    table.accepted("us last", setting.with_claim("aud", json!(["https://admin.example.com", US])));
    table.accepted("us twice", setting.with_claim("aud", json!([US, US])));
}

#[test]
fn another_issuers_keys_do_not_sign_for_ours() {
    let setting = Setting::new();
    let other = shared_claims::testing::Mint::new("https://other.example.com", setting.clock.clone());
    let token = other.access_token(US, "cli_1", "orders:read").claim("iss", json!(ISSUER)).build();
    let mut table = Table::of(&setting);
    table.refused(
        "its own kid",
        &token,
        crate::support::table::sig(shared_claims::verify::SignatureRefusal::UnknownKey),
    );
}

/// The documents' example payload says `admin: true`. Here no claim of that name means anything.
#[test]
fn calling_oneself_admin_grants_nothing() {
    let setting = Setting::new();
    for (name, value) in [
        ("admin", json!("true")),
        ("admin", json!(true)),
        ("is_admin", json!(true)),
        ("role", json!("manager")),
        ("role", json!(["manager"])),
        ("Roles", json!(["manager"])),
        ("groups", json!(["manager"])),
        ("scopes", json!(["partners:manage"])),
        ("scp", json!("partners:manage")),
        ("permissions", json!(["partners:manage"])),
        ("authorities", json!(["ROLE_manager"])),
        ("realm_access", json!({"roles": ["manager"]})),
    ] {
        let verified = setting.verify(setting.with_claim(name, value)).unwrap();
        assert!(verified.public.roles.is_empty(), "{name}");
        assert_eq!(verified.public.scope, [Scope::OrdersRead].into_iter().collect(), "{name}");
    }
}

/// The same payload as it stands in the documents, three claims and no more (T5): that a key of ours has signed it is not
/// enough. With all that is asked for beside it, it is a token without any right.
#[test]
fn the_documents_example_payload_is_no_access_token() {
    let setting = Setting::new();
    let example = r#"{"sub":"user123","name":"John Doe","admin":true}"#;
    let mut table = Table::of(&setting);
    table.refused("the example", setting.draft().payload_bytes(example).build(), claim("iss", Missing));
    let whole = setting.draft().claim("sub", json!("user123")).claim("name", json!("John Doe"));
    let whole = whole.claim("admin", json!(true)).without_claim("scope").build();
    let verified = setting.verify(whole).unwrap();
    assert!(verified.public.roles.is_empty());
    assert_eq!(verified.public.scope.iter().count(), 0);
}

#[test]
fn unknown_scopes_and_roles_grant_nothing_and_known_ones_what_they_say() {
    let setting = Setting::new();
    let scope = |text: &str| setting.verify(setting.with_claim("scope", json!(text))).unwrap().public.scope.to_string();
    assert_eq!(scope(""), "");
    assert_eq!(scope("openid orders:read address"), "orders:read openid");
    assert_eq!(scope("ORDERS:READ Orders:Read orders:* orders orders:read:all xorders:read"), "");
    assert_eq!(scope("orders:write orders:read orders:read"), "orders:read orders:write");

    let roles = |list: Value| {
        let verified = setting.verify(setting.with_claim("roles", list)).unwrap();
        verified.public.roles.iter().collect::<Vec<_>>()
    };
    assert_eq!(roles(json!([])), []);
    assert_eq!(roles(json!(["Manager", "MANAGER", "manager ", "admin", "", "*"])), []);
    assert_eq!(roles(json!(["auditor", "root", "manager", "auditor"])), [Role::Manager, Role::Auditor]);
}

#[test]
fn what_was_signed_is_what_is_read() {
    let setting = Setting::new();
    let token = setting
        .mint
        .operator_token(US, "orders:read audit:read", &["auditor"])
        .claim("act", json!({"sub": "admin-service", "act": {"sub": "orders-service"}}))
        .claim("origin_jti", json!("jti-0"))
        .build();
    let verified = setting.verify(token).unwrap();
    assert_eq!(verified.registered.issuer.as_str(), ISSUER);
    assert_eq!(verified.subject().as_str(), "usr_operator");
    assert_eq!(verified.client_id().as_str(), "operator-cli");
    assert_eq!(verified.registered.audience.iter().map(Audience::as_str).collect::<Vec<_>>(), [US]);
    assert_eq!(verified.registered.issued_at.seconds(), setting.seconds());
    assert_eq!(verified.registered.not_before.unwrap().seconds(), setting.seconds());
    assert_eq!(verified.registered.expires_at.seconds(), setting.seconds() + 300);
    assert_eq!(verified.registered.token_id.as_str(), "jti-1");
    assert_eq!(verified.public.auth_time.unwrap().seconds(), setting.seconds());
    assert_eq!(verified.actor().unwrap().as_str(), "admin-service", "the outermost");
    assert_eq!(verified.public.act.as_ref().unwrap().act.as_ref().unwrap().sub.as_str(), "orders-service");
    assert_eq!(verified.first_actor().unwrap().as_str(), "orders-service", "the one before");
    assert_eq!(verified.private.origin_jti.as_ref().unwrap().as_str(), "jti-0");
}

/// RFC 8693 section 4.1: the least recent actor is the most deeply nested.
#[test]
fn the_first_actor_is_the_innermost_and_nobody_where_only_one_acted() {
    let setting = Setting::new();
    let first = |act: Option<Value>| {
        let draft = setting.mint.access_token(US, "orders-service", "orders:read");
        let token = act.into_iter().fold(draft, |draft, act| draft.claim("act", act)).build();
        setting.verify(token).unwrap().first_actor().map(ToString::to_string)
    };
    assert_eq!(first(None), None);
    assert_eq!(first(Some(json!({"sub": "a"}))), None);
    assert_eq!(first(Some(json!({"sub": "a", "act": {"sub": "b"}}))), Some("b".to_owned()));
    assert_eq!(first(Some(json!({"sub": "a", "act": {"sub": "b", "act": {"sub": "c"}}}))), Some("c".to_owned()));
}
