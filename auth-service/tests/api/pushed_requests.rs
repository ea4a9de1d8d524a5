//! `/oauth/par`: requests that are pushed (RFC 9126).

use std::time::Duration;

use reqwest::Method;
use serde_json::json;
use url::form_urlencoded::Serializer;

use crate::support::{Answer, Ask, PASSWORD, Partner, REDIRECT_URI, TestApp, logged};

const SCOPE: &str = "openid orders:read";
const CUSTOMER: &str = "customer@example.com";
const PREFIX: &str = "urn:ietf:params:oauth:request_uri:";

fn path(client_id: &str, request_uri: &str, more: &[(&str, &str)]) -> String {
    let usual = [("client_id", client_id), ("request_uri", request_uri)];
    let query = Serializer::new(String::new()).extend_pairs(usual).extend_pairs(more).finish();
    format!("/oauth/authorize?{query}")
}

async fn pushed(app: &TestApp, partner: &Partner, ask: &Ask) -> String {
    app.push(partner, ask).await.expect(201).text_of("request_uri")
}

#[actix_web::test]
async fn a_pushed_request_is_good_once_and_says_nothing_in_the_browser() {
    let app = TestApp::start().await;
    let browser = app.customer(CUSTOMER).await;
    let partner = app.register_for_people("Acme", SCOPE).await;
    let answer = app.push(&partner, &Ask::of(&partner.client_id, SCOPE)).await;
    assert_eq!(
        (answer.expect(201).json()["expires_in"].as_u64(), answer.header("cache-control")),
        (Some(90), Some("no-store"))
    );
    let uri = answer.text_of("request_uri");
    assert!(uri.starts_with(PREFIX) && uri.len() >= PREFIX.len() + 43, "{uri}");
    let path = path(&partner.client_id, &uri, &[]);
    // As long as no code was issued it may be loaded again.
    browser.follow(browser.get(&path).await).await.html().form("/consent");
    let consent = browser.follow(browser.get(&path).await).await;
    let form = consent.html().form("/consent").with("decision", "allow");
    let code = browser.submit(&form).await.code();
    app.redeem_code(&partner, &code, &[]).await.expect(200);
    browser.get(&path).await.expect_error_page(400);
    browser.submit(&form).await.expect_error_page(400);
    assert!(!logged(&uri[PREFIX.len()..]));
}

/// "No" is an answer too.
#[actix_web::test]
async fn a_pushed_request_that_was_denied_is_used_up() {
    let app = TestApp::start().await;
    let browser = app.customer(CUSTOMER).await;
    let partner = app.register_for_people("Acme", SCOPE).await;
    let uri = pushed(&app, &partner, &Ask::of(&partner.client_id, SCOPE)).await;
    let path = path(&partner.client_id, &uri, &[]);
    let form = browser.follow(browser.get(&path).await).await.html().form("/consent");
    browser.submit(&form.clone().with("decision", "deny")).await.expect_back("access_denied");
    browser.get(&path).await.expect_error_page(400);
    browser.submit(&form.with("decision", "allow")).await.expect_error_page(400);
}

#[actix_web::test]
async fn what_the_browser_adds_or_changes_is_not_looked_at() {
    let app = TestApp::start().await;
    let browser = app.customer(CUSTOMER).await;
    let partner = app.register_for_people("Acme", SCOPE).await;
    browser.code_for(&Ask::of(&partner.client_id, SCOPE)).await;
    for (name, value) in [
        ("redirect_uri", "https://evil.example"),
        ("scope", "openid orders:read orders:write"),
        ("state", "stolen"),
        ("code_challenge", "x"),
        ("code_challenge_method", "plain"),
        ("response_type", "token"),
        ("prompt", "login"),
        ("request", "x"),
    ] {
        let uri = pushed(&app, &partner, &Ask::of(&partner.client_id, SCOPE)).await;
        let code = browser.get(&path(&partner.client_id, &uri, &[(name, value)])).await.code();
        app.redeem_code(&partner, &code, &[]).await.expect(200);
    }
    let silent = pushed(&app, &partner, &Ask::of(&partner.client_id, SCOPE).with("prompt", "none")).await;
    app.get(&path(&partner.client_id, &silent, &[("prompt", "login")])).await.expect_back("login_required");
}

#[actix_web::test]
async fn another_clients_unknown_or_repeated_request_uri_gets_a_page() {
    let app = TestApp::start().await;
    let (partner, other) = (app.register_for_people("Acme", SCOPE).await, app.register_for_people("B", SCOPE).await);
    let uri = pushed(&app, &partner, &Ask::of(&partner.client_id, SCOPE)).await;
    for path in [
        path(&other.client_id, &uri, &[]),
        path("cli_unknown", &uri, &[]),
        path(&partner.client_id, &uri, &[("client_id", &partner.client_id)]),
        path(&partner.client_id, &uri, &[("request_uri", &uri)]),
        path(&partner.client_id, &format!("{uri}x"), &[]),
        path(&partner.client_id, &uri[..uri.len() - 1], &[]),
        path(&partner.client_id, PREFIX, &[]),
        path(&partner.client_id, &uri[PREFIX.len()..], &[]),
        path(&partner.client_id, &uri.to_uppercase(), &[]),
        path(&partner.client_id, &format!("{PREFIX}\u{0}"), &[]),
    ] {
        app.get(&path).await.expect_error_page(400);
    }
    app.get(&path(&partner.client_id, &uri, &[])).await.sealed_for("/sign-in");
}

#[actix_web::test]
async fn it_expires_after_ninety_seconds_but_not_while_a_person_signs_in() {
    let app = TestApp::start().await;
    app.create_user(CUSTOMER, PASSWORD, &["customer"]).await;
    let partner = app.register_for_people("Acme", SCOPE).await;
    let uri = pushed(&app, &partner, &Ask::of(&partner.client_id, SCOPE)).await;
    app.clock.advance(Duration::from_micros(89_999_999));
    let browser = app.browser();
    let form = browser.follow(browser.get(&path(&partner.client_id, &uri, &[])).await).await.html().form("/sign-in");
    app.clock.advance(Duration::from_micros(1));
    app.get(&path(&partner.client_id, &uri, &[])).await.expect_error_page(400);
    app.clock.advance(Duration::from_secs(20 * 60));
    let form = form.with("email", CUSTOMER).with("password", PASSWORD);
    let consent = browser.follow(browser.submit(&form).await).await;
    browser.submit(&consent.html().form("/consent").with("decision", "allow")).await.code();
}

#[actix_web::test]
async fn what_would_be_refused_later_is_refused_when_it_is_pushed() {
    let app = TestApp::start().await;
    let partner = app.register_for_people("Acme", SCOPE).await;
    let ask = Ask::of(&partner.client_id, SCOPE);
    for (name, value, error) in [
        ("redirect_uri", "https://evil.example", "invalid_request"),
        ("redirect_uri", "", "invalid_request"),
        ("response_type", "code token", "unsupported_response_type"),
        ("scope", "orders:write", "invalid_scope"),
        ("code_challenge", "", "invalid_request"),
        ("code_challenge_method", "plain", "invalid_request"),
        ("resource", "https://evil.example", "invalid_target"),
        ("request_uri", "urn:ietf:params:oauth:request_uri:x", "invalid_request"),
        ("request", "x", "request_not_supported"),
        ("prompt", "none login", "invalid_request"),
    ] {
        app.push(&partner, &ask.clone().with(name, value)).await.expect_error(400, error).expect_no_echo(&["evil"]);
    }
    app.push(&partner, &ask.clone().with("state", &"s".repeat(1025))).await.expect_error(400, "invalid_request");
    app.push(&partner, &ask.clone().and("scope", SCOPE)).await.expect_error(400, "invalid_request");
    let json = app.request(Method::POST, "/oauth/par").basic_auth(&partner.client_id, Some(&partner.secret));
    Answer::of(json.json(&json!({"scope": SCOPE}))).await.expect_error(400, "invalid_request");
    let no_people = app.register_partner("orders:read").await;
    let answer = app.push(&no_people, &Ask::of(&no_people.client_id, "orders:read")).await;
    answer.expect_error(400, "invalid_request");
    let inside = crate::support::by_assertion("x");
    Answer::of(app.request(Method::POST, "/oauth/par").form(&inside)).await.expect_error(401, "invalid_client");
}

#[actix_web::test]
async fn the_client_says_who_it_is_as_at_the_token_endpoint() {
    let app = TestApp::start().await;
    let partner = app.register_for_people("Acme", SCOPE).await;
    let ask = Ask::of(&partner.client_id, SCOPE);
    let wrong = Partner { secret: "wrong".to_owned(), ..partner.clone() };
    let nobody = Partner { secret: String::new(), ..partner.clone() };
    let unknown = Partner { client_id: "cli_unknown".to_owned(), secret: "x".to_owned() };
    for client in [wrong, nobody, unknown] {
        app.push(&client, &ask).await.expect_error(401, "invalid_client");
    }
    let own = ask.parameters();
    Answer::of(app.request(Method::POST, "/oauth/par").form(&own)).await.expect_error(401, "invalid_client");
    // The secret may be a parameter too. It is not kept, and neither is what no authorization request has.
    let form = ask.clone().and("client_secret", &partner.secret).and("unknown", "not kept");
    let by_post = app.request(Method::POST, "/oauth/par").form(&form.parameters());
    Answer::of(by_post).await.expect(201);
    let kept = app.pushed_parameters().await;
    assert!(kept.contains("state-1") && !kept.contains(&partner.secret) && !kept.contains("not"), "{kept}");

    let public = app.register_with(SCOPE, &json!({"token_endpoint_auth_method": "none"})).await;
    // Whoever knows the name of a public client is that client: no row for anybody who asks.
    let by_name = app.request(Method::POST, "/oauth/par").form(&Ask::of(&public.client_id, SCOPE).parameters());
    Answer::of(by_name).await.expect_error(400, "unauthorized_client");
    let long = ask.clone().with("login_hint", &"x".repeat(5000));
    app.push(&partner, &long).await.expect_error(400, "invalid_request");
    // The client of the form is the client of the request.
    let mixed = app.request(Method::POST, "/oauth/par").form(&own).basic_auth(&public.client_id, Some("x"));
    Answer::of(mixed).await.expect_error(400, "invalid_request");
    let other = app.register_for_people("Other", SCOPE).await;
    let mixed = app.request(Method::POST, "/oauth/par").form(&own);
    let mixed = mixed.basic_auth(&other.client_id, Some(&other.secret));
    Answer::of(mixed).await.expect_error(400, "invalid_request");
}

/// The redirect URI may have been taken back since.
#[actix_web::test]
async fn a_pushed_request_is_read_again_when_it_is_used() {
    let app = TestApp::start().await;
    let partner = app.register_for_people("Acme", SCOPE).await;
    let uri = pushed(&app, &partner, &Ask::of(&partner.client_id, SCOPE)).await;
    app.change_client(&partner.client_id, &json!({"scope": "openid"})).await.expect(200);
    app.get(&path(&partner.client_id, &uri, &[])).await.expect_back("invalid_scope");
    let change = json!({"redirect_uris": ["https://partner.example/new"]});
    app.change_client(&partner.client_id, &change).await.expect(200);
    let answer = app.get(&path(&partner.client_id, &uri, &[])).await;
    answer.expect_error_page(400).expect_no_echo(&[REDIRECT_URI]);
}
