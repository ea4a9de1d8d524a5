//! The lab of the feature `legacy-flows`: the implicit and the hybrid flow work for a client that is registered for them,
//! and for no other. What leaks from them is shown in a browser (`tests/browser`).

use std::collections::BTreeMap;

use aws_lc_rs::digest;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;
use url::form_urlencoded::parse;

use crate::support::{Answer, Ask, Browser, ISSUER, ORDERS, Partner, REDIRECT_URI, TestApp, claims, verify};

const SCOPE: &str = "openid profile email orders:read";
const CUSTOMER: &str = "customer@example.com";
const TYPES: [&str; 3] = ["token", "id_token token", "code id_token"];

/// A page without a server, as clients of the implicit flow were.
async fn page(app: &TestApp) -> Partner {
    let members = json!({"token_endpoint_auth_method": "none", "grant_types": ["implicit"]});
    app.register_with(SCOPE, &members).await
}

/// A client of the hybrid flow.
async fn hybrid(app: &TestApp) -> Partner {
    let scope = format!("{SCOPE} offline_access");
    let grants = json!({"grant_types": ["authorization_code", "refresh_token", "implicit"]});
    app.register_with(&scope, &grants).await
}

fn ask(partner: &Partner, response_type: &str) -> Ask {
    let ask = Ask::of(&partner.client_id, SCOPE).with("response_type", response_type).with("nonce", "n-0S6_WzA2Mj");
    if response_type.contains("code") { ask } else { ask.without("code_challenge").without("code_challenge_method") }
}

/// What stands in the fragment, with `state` and `iss` as everywhere.
#[track_caller]
fn fragment(answer: &Answer) -> BTreeMap<String, String> {
    let location = answer.expect(303).header("location").unwrap();
    let text = location.strip_prefix(REDIRECT_URI).and_then(|rest| rest.strip_prefix('#'));
    let text = text.unwrap_or_else(|| panic!("no fragment: {location}"));
    let mut all: BTreeMap<_, _> = parse(text.as_bytes()).into_owned().collect();
    assert_eq!(all.remove("iss").as_deref(), Some(ISSUER), "{location}");
    assert_eq!(all.remove("state").as_deref(), Some("state-1"), "{location}");
    assert_eq!(answer.header("cache-control"), Some("no-store"), "{answer:?}");
    all
}

async fn allowed(browser: &Browser<'_>, ask: &Ask) -> BTreeMap<String, String> {
    fragment(&browser.decide(ask, "allow").await)
}

fn names(all: &BTreeMap<String, String>) -> Vec<&str> {
    all.keys().map(String::as_str).collect()
}

fn half_hash(text: &str) -> String {
    let hash = digest::digest(&digest::SHA256, text.as_bytes());
    URL_SAFE_NO_PAD.encode(&hash.as_ref()[..16])
}

#[actix_web::test]
async fn they_are_announced_by_this_build_alone() {
    let app = TestApp::start().await;
    for document in ["oauth-authorization-server", "openid-configuration"] {
        let metadata = app.get(&format!("/.well-known/{document}")).await.expect(200).json();
        assert_eq!(metadata["response_types_supported"], json!(["code", "token", "id_token token", "code id_token"]));
        assert_eq!(metadata["response_modes_supported"], json!(["query", "fragment"]));
        assert!(metadata["grant_types_supported"].as_array().unwrap().contains(&json!("implicit")), "{metadata}");
    }
}

#[actix_web::test]
async fn the_implicit_flow_brings_an_access_token_in_the_fragment() {
    let app = TestApp::start().await;
    let (partner, browser) = (page(&app).await, app.customer(CUSTOMER).await);
    let back = allowed(&browser, &ask(&partner, "token").with("scope", "orders:read").without("nonce")).await;
    assert_eq!(names(&back), ["access_token", "expires_in", "scope", "token_type"]);
    assert_eq!((&*back["token_type"], &*back["expires_in"], &*back["scope"]), ("Bearer", "300", "orders:read"));
    let token = verify(&app, &back["access_token"], ORDERS).await.unwrap();
    assert_eq!((token.client_id().as_str(), &*token.public.scope.to_string()), (&*partner.client_id, "orders:read"));
    let row = app.last_row("token.issue").await;
    assert_eq!(row.object.as_deref(), Some(token.registered.token_id.as_str()), "{row:?}");
    assert_eq!(row.partner.as_deref(), Some(partner.client_id.as_str()), "{row:?}");
}

#[actix_web::test]
async fn an_id_token_beside_it_is_bound_to_it_and_to_the_nonce() {
    let app = TestApp::start().await;
    let (partner, browser) = (page(&app).await, app.customer(CUSTOMER).await);
    let back = allowed(&browser, &ask(&partner, "token id_token")).await;
    assert_eq!(names(&back), ["access_token", "expires_in", "id_token", "scope", "token_type"]);
    let id_token = claims(&back["id_token"]);
    assert_eq!(id_token["at_hash"], half_hash(&back["access_token"]));
    assert!(id_token["nonce"] == "n-0S6_WzA2Mj" && id_token.get("c_hash").is_none(), "{id_token}");
    assert_eq!(id_token["aud"], partner.client_id.as_str());
}

#[actix_web::test]
async fn the_hybrid_flow_brings_an_id_token_that_is_bound_to_its_code() {
    let app = TestApp::start().await;
    let (partner, browser) = (hybrid(&app).await, app.customer(CUSTOMER).await);
    let back = allowed(&browser, &ask(&partner, "code id_token")).await;
    assert_eq!(names(&back), ["code", "id_token"]);
    let first = claims(&back["id_token"]);
    assert_eq!(first["c_hash"], half_hash(&back["code"]));
    assert!(first["nonce"] == "n-0S6_WzA2Mj" && first.get("at_hash").is_none(), "{first}");

    // The code is as good as any: bound to its verifier, and good once.
    app.redeem_code(&partner, &back["code"], &[("code_verifier", &"x".repeat(43))])
        .await
        .expect_error(400, "invalid_grant");
    let tokens = app.redeem_code(&partner, &back["code"], &[]).await;
    let second = claims(&tokens.expect(200).text_of("id_token"));
    for same in ["iss", "sub", "nonce", "sid", "auth_time"] {
        assert_eq!(first[same], second[same], "OpenID Connect Core section 3.3.3.6: {same}");
    }
    assert_eq!(second["at_hash"], half_hash(&tokens.access_token()));
    let refresh_token = tokens.refresh_token();
    app.redeem_code(&partner, &back["code"], &[]).await.expect_error(400, "invalid_grant");
    app.refresh_with(&partner, &refresh_token, &[]).await.expect_error(400, "invalid_grant");
}

#[actix_web::test]
async fn a_client_that_is_not_registered_for_it_gets_nothing() {
    let app = TestApp::start().await;
    let usual = app.register_for_people("Acme", SCOPE).await;
    let page = page(&app).await;
    let cases = [(&usual, "token"), (&usual, "id_token token"), (&usual, "code id_token"), (&page, "code id_token")];
    for (partner, response_type) in cases {
        let back = fragment(&app.get(&ask(partner, response_type).path()).await);
        assert_eq!(back["error"], "unauthorized_client", "{response_type}");
    }
    app.get(&ask(&page, "code").path()).await.expect_back("unauthorized_client");
}

/// Without it, anybody could slip the page an ID token of theirs (OpenID Connect Core sections 3.2.2.1 and 3.3.2.1).
#[actix_web::test]
async fn an_id_token_in_the_fragment_is_for_a_nonce_and_for_openid() {
    let app = TestApp::start().await;
    let (page, hybrid) = (page(&app).await, hybrid(&app).await);
    for (partner, response_type) in [(&page, "id_token token"), (&hybrid, "code id_token")] {
        for (ask, error) in [
            (ask(partner, response_type).without("nonce"), "invalid_request"),
            (ask(partner, response_type).with("scope", "orders:read"), "invalid_scope"),
            (ask(partner, response_type).with("response_mode", "query"), "invalid_request"),
        ] {
            assert_eq!(fragment(&app.get(&ask.path()).await)["error"], error, "{response_type}");
        }
    }
    let without_pkce = ask(&hybrid, "code id_token").without("code_challenge");
    assert_eq!(fragment(&app.get(&without_pkce.path()).await)["error"], "invalid_request");
    fragment(&app.browser().arrive(&ask(&hybrid, "code id_token").with("prompt", "none")).await);
}

/// OpenID Connect Core section 11: it goes with a code.
#[actix_web::test]
async fn no_token_in_a_fragment_outlives_the_session() {
    let app = TestApp::start().await;
    let scope = format!("{SCOPE} offline_access");
    let grants = json!({"grant_types": ["authorization_code", "refresh_token", "implicit"]});
    let (partner, browser) = (app.register_with(&scope, &grants).await, app.customer(CUSTOMER).await);
    let back = allowed(&browser, &ask(&partner, "id_token token").with("scope", &scope)).await;
    assert!(!back.contains_key("refresh_token"), "{back:?}");
    let here = ask(&partner, "token").with("scope", "openid offline_access");
    // It was allowed just now, so nobody is asked.
    let token = fragment(&browser.arrive(&here).await)["access_token"].clone();
    app.userinfo(&token).await.expect(200);
    let out = browser.open("/sign-out").await.form("/sign-out");
    browser.submit(&out).await.expect(303);
    app.userinfo(&token).await.expect(401);
    let browser = app.browser_of(CUSTOMER, crate::support::PASSWORD).await;
    browser.decide(&ask(&partner, "code id_token").with("scope", &scope), "allow").await.expect(303);
    assert!(
        fragment(&browser.arrive(&ask(&partner, "code id_token").with("scope", &scope)).await).contains_key("code")
    );
}

#[actix_web::test]
async fn a_refusal_stands_where_the_answer_would() {
    let app = TestApp::start().await;
    let (page, hybrid, browser) = (page(&app).await, hybrid(&app).await, app.customer(CUSTOMER).await);
    for response_type in TYPES {
        let partner = if response_type.contains("code") { &hybrid } else { &page };
        let back = fragment(&browser.decide(&ask(partner, response_type), "deny").await);
        assert_eq!(back["error"], "access_denied", "{response_type}");
        let silent = ask(partner, response_type).with("prompt", "none");
        assert_eq!(fragment(&app.browser().arrive(&silent).await)["error"], "login_required", "{response_type}");
    }
}

/// The lab is no way round what holds for everybody.
#[actix_web::test]
async fn the_redirect_uri_is_compared_here_too() {
    let app = TestApp::start().await;
    let partner = page(&app).await;
    for redirect_uri in ["https://partner.example/callback2", "https://evil.example/callback", ""] {
        let ask = ask(&partner, "token").with("redirect_uri", redirect_uri);
        app.get(&ask.path()).await.expect_error_page(400);
    }
}

#[actix_web::test]
async fn a_token_from_a_fragment_ends_with_what_was_allowed() {
    let app = TestApp::start().await;
    let (partner, browser) = (page(&app).await, app.customer(CUSTOMER).await);
    let back = allowed(&browser, &ask(&partner, "id_token token").with("scope", "openid email")).await;
    app.userinfo(&back["access_token"]).await.expect(200);
    let account = browser.open("/account").await;
    browser.submit(&account.form("/account/withdraw")).await.expect(303);
    app.userinfo(&back["access_token"]).await.expect(401);
}

#[actix_web::test]
async fn who_is_registered_for_it_says_where_people_come_back() {
    let app = TestApp::start().await;
    let body = json!({"client_name": "Page", "scope": SCOPE, "grant_types": ["implicit"]});
    app.register(&body).await.expect_fields(&["/redirect_uris"]);
    let partner = page(&app).await;
    let change = json!({"redirect_uris": ["https://partner.example/new"]});
    app.change_client(&partner.client_id, &change).await.expect(200);
}
