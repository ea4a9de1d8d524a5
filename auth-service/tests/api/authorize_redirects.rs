//! Where an authorization request may send the browser: to what the client has registered, as text, and nowhere else.

use reqwest::Method;
use serde_json::json;

use crate::support::{Answer, Ask, REDIRECT_URI, TestApp};

const SCOPE: &str = "openid orders:read";

/// Neither GET nor POST leads anywhere, and the page shows nothing of the request.
async fn expect_page(app: &TestApp, ask: &Ask) {
    let get = app.request(Method::GET, &ask.path());
    let post = app.request(Method::POST, "/oauth/authorize").form(&ask.parameters());
    for request in [get, post] {
        let answer = Answer::of(request).await;
        assert!(answer.header("location").is_none(), "{ask:?}: {answer:?}");
        answer.expect_error_page(400).expect_no_echo(&["evil", "script", "onerror", "state-1"]);
    }
}

/// Whatever a comparison by parts, by prefix or by pattern would let through.
#[actix_web::test]
async fn cve_2024_8883_and_2026_7504_nobody_is_redirected_to_a_look_alike() {
    let app = TestApp::start().await;
    let ask = Ask::of(&app.register_for_people("Acme", SCOPE).await.client_id, SCOPE);
    for uri in [
        "https://evil.example/callback",
        "https://partner.example.evil.example/callback",
        "https://partner.example@evil.example/callback",
        "https://partner.example:443@evil.example/callback",
        "https://evil.example/?https://partner.example/callback",
        "https://evil.example#https://partner.example/callback",
        "https://evil.example\\@partner.example/callback",
        "https://partner.example\\.evil.example/callback",
        "//evil.example/callback",
        "/callback",
        "https:evil.example",
        "https://partner.example/callback/",
        "https://partner.example/callback/../evil",
        "https://partner.example/callback%2f..%2fevil",
        "https://partner.example/callback?next=https://evil.example",
        "https://partner.example/callback#evil",
        "https://partner.example/callback;evil",
        "https://partner.example/callback\r\nLocation: https://evil.example",
        "https://partner.example/callback\u{0}.evil.example",
        "https://partner.example/callback evil",
        " https://partner.example/callback",
        "https://PARTNER.example/callback",
        "HTTPS://partner.example/callback",
        "http://partner.example/callback",
        "https://partner.example:8443/callback",
        "https://partner.example:443/callback",
        "https://p\u{430}rtner.example/callback",
        "https://127.0.0.1/callback",
        "http://localhost/callback",
        "javascript:alert(1)//https://partner.example/callback",
        "data:text/html,<script>alert(1)</script>",
        "https://*/callback",
        "*",
        "null",
    ] {
        expect_page(&app, &ask.clone().with("redirect_uri", uri)).await;
        // The good one beside it saves nothing, in either order.
        expect_page(&app, &ask.clone().and("redirect_uri", uri)).await;
        expect_page(&app, &ask.clone().with("redirect_uri", uri).and("redirect_uri", REDIRECT_URI)).await;
    }
    expect_page(&app, &ask.clone().without("redirect_uri")).await;
    expect_page(&app, &ask.clone().with("redirect_uri", "")).await;
    // Nor is an error of any other kind a reason to redirect there.
    let evil = ask.with("redirect_uri", "https://evil.example");
    for (name, value) in [("scope", "unknown"), ("response_type", "token"), ("prompt", "none"), ("request", "x")] {
        expect_page(&app, &evil.clone().with(name, value)).await;
    }
}

#[actix_web::test]
async fn an_unknown_client_gets_a_page_and_nothing_of_it_is_shown() {
    let app = TestApp::start().await;
    let other = app.register_for_people("Acme", SCOPE).await;
    let ask = Ask::of("cli_evil", SCOPE);
    for client_id in [
        "",
        "cli_evil",
        "orders-service",
        "operator-cli",
        "<script>evil</script>",
        "\"><img src=x onerror=evil>",
        "a\u{0}b",
        "' OR 1=1 --",
        &format!("{} ", other.client_id),
        &other.client_id.to_uppercase(),
        &"x".repeat(2000),
    ] {
        expect_page(&app, &ask.clone().with("client_id", client_id)).await;
    }
    expect_page(&app, &ask.clone().without("client_id")).await;
    expect_page(&app, &ask.clone().and("client_id", &other.client_id)).await;
    expect_page(&app, &Ask::of(&other.client_id, SCOPE).and("client_id", "cli_evil")).await;
}

#[actix_web::test]
async fn the_redirect_uri_of_another_client_is_none() {
    let app = TestApp::start().await;
    let own = app.register_for_people("Acme", SCOPE).await;
    let uris = json!({"redirect_uris": ["https://other.example/callback"]});
    let other = app.register_with(SCOPE, &uris).await;
    expect_page(&app, &Ask::of(&own.client_id, SCOPE).with("redirect_uri", "https://other.example/callback")).await;
    expect_page(&app, &Ask::of(&other.client_id, SCOPE)).await;
}

#[actix_web::test]
async fn a_redirect_uri_that_was_taken_back_is_none_at_once() {
    let app = TestApp::start().await;
    let browser = app.customer("customer@example.com").await;
    let partner = app.register_for_people("Acme", SCOPE).await;
    let ask = Ask::of(&partner.client_id, SCOPE);
    browser.code_for(&ask).await;
    let sealed = app.get(&ask.path()).await.sealed_for("/sign-in");
    let change = json!({"redirect_uris": ["https://partner.example/new"]});
    app.change_client(&partner.client_id, &change).await.expect(200);
    expect_page(&app, &ask).await;
    // The request that waited on a page is read again too.
    browser.get(&format!("/consent?request={sealed}")).await.expect_error_page(400);
}

/// RFC 6749 section 3.1.2: a query is kept as it is.
#[actix_web::test]
async fn the_query_of_the_redirect_uri_is_kept() {
    let app = TestApp::start().await;
    let browser = app.customer("customer@example.com").await;
    let uri = "https://partner.example/callback?tenant=1&x=%2F+%20";
    let partner = app.register_with(SCOPE, &json!({"redirect_uris": [uri]})).await;
    let ask = Ask::of(&partner.client_id, SCOPE).with("redirect_uri", uri);
    let refused = app.get(&ask.clone().with("prompt", "none").path()).await.back_at(uri);
    assert_eq!(refused["error"], "login_required");
    let code = browser.decide(&ask, "allow").await.code_at(uri);
    app.redeem_code(&partner, &code, &[]).await.expect_error(400, "invalid_grant");
    app.redeem_code(&partner, &code, &[("redirect_uri", uri)]).await.expect(200);
}

/// RFC 8252 section 7.3: an application on the person's machine takes the port that is free.
#[actix_web::test]
async fn on_a_numeric_loopback_host_the_port_may_be_any() {
    let app = TestApp::start().await;
    let ask = Ask::of("orders-app", SCOPE);
    for port in ["", ":1", ":49152", ":65535"] {
        let uri = format!("http://127.0.0.1{port}/callback");
        let silent = ask.clone().with("redirect_uri", &uri).with("prompt", "none");
        assert_eq!(app.get(&silent.path()).await.back_at(&uri)["error"], "login_required");
    }
    for uri in [
        "http://localhost:49152/callback",
        "http://[::1]:49152/callback",
        "http://127.0.0.2:49152/callback",
        "http://127.1:49152/callback",
        "http://127.0.0.1:0/callback",
        "http://127.0.0.1:65536/callback",
        "http://127.0.0.1:049/callback",
        "http://127.0.0.1:1@evil.example/callback",
        "http://127.0.0.1.evil.example:1/callback",
        "http://127.0.0.1:1/evil",
        "https://127.0.0.1:1/callback",
    ] {
        expect_page(&app, &ask.clone().with("redirect_uri", uri)).await;
    }
}
