//! Authorization requests with which something is wrong: the client hears of it, by the error of the standard.

use reqwest::Method;
use serde_json::json;

use crate::support::{ADMIN, Answer, Ask, ISSUER, ORDERS, Partner, REDIRECT_URI, TestApp, challenge_of};

const SCOPE: &str = "openid profile email offline_access orders:read";

async fn partner(app: &TestApp) -> Partner {
    app.register_for_people("Acme", SCOPE).await
}

/// Each value of the parameter gets the error.
async fn each_is_refused(name: &str, error: &str, values: &[&str]) {
    let app = TestApp::start().await;
    let ask = Ask::of(&partner(&app).await.client_id, "openid orders:read");
    app.get(&ask.path()).await.sealed_for("/sign-in");
    for value in values {
        let answer = app.get(&ask.clone().with(name, value).path()).await;
        assert_eq!(answer.back_at(REDIRECT_URI).get("error").map(String::as_str), Some(error), "{name}={value}");
        answer.expect_back(error);
    }
}

#[actix_web::test]
async fn a_parameter_that_is_missing_or_empty_is_told_to_the_client() {
    let app = TestApp::start().await;
    let ask = Ask::of(&partner(&app).await.client_id, "orders:read");
    for (name, error) in [
        ("response_type", "invalid_request"),
        ("scope", "invalid_scope"),
        ("code_challenge", "invalid_request"),
        ("code_challenge_method", "invalid_request"),
    ] {
        for ask in [ask.clone().without(name), ask.clone().with(name, "")] {
            app.get(&ask.path()).await.expect_back(error);
        }
    }
    // Without state, none is sent back.
    for ask in [ask.clone().without("state"), ask.clone().with("state", "")] {
        let back = app.get(&ask.without("scope").path()).await.back_at(REDIRECT_URI);
        assert_eq!(back.into_keys().collect::<Vec<_>>(), ["error", "error_description", "iss"]);
    }
    // Optional ones that are empty count as left out (RFC 6749 section 3.1).
    for name in ["state", "resource", "nonce", "prompt", "max_age", "login_hint", "id_token_hint", "request"] {
        app.get(&ask.clone().with(name, "").path()).await.sealed_for("/sign-in");
    }
}

#[actix_web::test]
async fn a_parameter_that_stands_twice_is_told_to_the_client() {
    let app = TestApp::start().await;
    let ask = Ask::of(&partner(&app).await.client_id, "orders:read");
    let twice = |name: &str| {
        let parameters = ask.parameters();
        let value = parameters.iter().find(|(other, _)| *other == name).map_or("x", |(_, value)| value);
        ask.clone().with(name, value).and(name, value)
    };
    for name in
        ["response_type", "scope", "code_challenge", "code_challenge_method", "nonce", "prompt", "resource", "x"]
    {
        app.get(&twice(name).path()).await.expect_back("invalid_request");
    }
    let back = app.get(&twice("state").path()).await.back_at(REDIRECT_URI);
    assert!(back["error"] == "invalid_request" && !back.contains_key("state"), "{back:?}");
    for name in ["client_id", "redirect_uri", "request_uri"] {
        app.get(&twice(name).path()).await.expect_error_page(400);
    }
}

#[actix_web::test]
async fn what_cannot_be_read_gets_a_page() {
    let app = TestApp::start().await;
    let path = Ask::of(&partner(&app).await.client_id, "orders:read").path();
    for more in ["&x=%", "&x=%z0", "&x=%e2%28", "&x=%ff", &format!("&x={}", "x".repeat(4096))] {
        app.get(&format!("{path}{more}")).await.expect_error_page(400);
    }
    app.get("/oauth/authorize").await.expect_error_page(400);
    let post = |body: String| {
        let request = app.request(Method::POST, "/oauth/authorize");
        request.header("content-type", "application/x-www-form-urlencoded").body(body)
    };
    Answer::of(post("x".repeat(1_000_000))).await.expect_error_page(400);
    Answer::of(post("{}".to_owned())).await.expect_error_page(400);
}

#[actix_web::test]
async fn a_response_type_other_than_code_is_refused() {
    let types = ["id_token", "code token", "none", "Code", "code ", "code code", "CODE"];
    each_is_refused("response_type", "unsupported_response_type", &types).await;
    each_is_refused("response_mode", "invalid_request", &["fragment", "form_post", "query.jwt", "jwt", "Query"]).await;
}

/// RFC 9700 section 2.1.1: with `plain`, whoever reads the request can redeem the code.
#[actix_web::test]
async fn no_pkce_downgrade_it_is_s256_and_nothing_else() {
    let methods = ["plain", "s256", "S512", "S256 ", "none", "PLAIN"];
    each_is_refused("code_challenge_method", "invalid_request", &methods).await;
    let good = challenge_of("x");
    let padded = format!("{good}=");
    let challenges =
        ["short", &good[..42], &padded, &"A".repeat(44), &"A".repeat(128), &"+".repeat(43), &"_".repeat(43)];
    each_is_refused("code_challenge", "invalid_request", &challenges).await;
}

#[actix_web::test]
async fn a_scope_that_cannot_be_is_refused_and_never_cut_down() {
    let scopes = [
        "unknown",
        "orders:read unknown",
        "orders:read orders:write",
        "partners:manage",
        "users:manage",
        " orders:read",
        "orders:read ",
        "openid  orders:read",
        "openid\torders:read",
        "OPENID",
        "profile",
        "email orders:read",
        "offline_access",
    ];
    each_is_refused("scope", "invalid_scope", &scopes).await;
}

#[actix_web::test]
async fn a_resource_is_one_that_the_client_has() {
    let resources =
        [ADMIN, "http://localhost:8081/", "http://LOCALHOST:8081", "orders", "https://evil.example", ISSUER];
    each_is_refused("resource", "invalid_target", &resources).await;
    let app = TestApp::start().await;
    let client_id = partner(&app).await.client_id;
    for (scope, resource) in [("openid orders:read", ORDERS), ("openid email", ISSUER), ("openid", ISSUER)] {
        app.get(&Ask::of(&client_id, scope).with("resource", resource).path()).await.sealed_for("/sign-in");
    }
    app.get(&Ask::of(&client_id, "openid").with("resource", ORDERS).path()).await.expect_back("invalid_target");
}

#[actix_web::test]
async fn prompt_and_max_age_are_read_strictly() {
    let prompts = ["None", "none login", "consent none", "login  consent", " login", "create", "login,consent"];
    each_is_refused("prompt", "invalid_request", &prompts).await;
    let ages = ["-1", "+1", "1.5", "1e3", "0x10", " 1", "4294967296", "999999999999999999999", "\u{ff15}", "never"];
    each_is_refused("max_age", "invalid_request", &ages).await;
}

/// OpenID Connect Core section 3.1.2.6.
#[actix_web::test]
async fn request_objects_and_registrations_are_refused_by_their_names() {
    each_is_refused("request", "request_not_supported", &["x", "eyJhbGciOiJub25lIn0.e30."]).await;
    each_is_refused("registration", "registration_not_supported", &["{}"]).await;
    let app = TestApp::start().await;
    let ask = Ask::of(&partner(&app).await.client_id, "orders:read");
    let asked = app.peers.asked().len();
    // An address in the request is never asked: that would be a request forged at the server (SSRF).
    let own = app.peers.location("request-object");
    for uri in [own.as_str(), "https://evil.example/x", "file:///etc/passwd"] {
        let answer = app.get(&ask.clone().with("request_uri", uri).path()).await;
        answer.expect_back("request_uri_not_supported").expect_no_echo(&[uri]);
        let nowhere = ask.clone().with("request_uri", uri).without("redirect_uri");
        app.get(&nowhere.path()).await.expect_error_page(400).expect_no_echo(&[uri]);
    }
    let nothing = ask.clone().with("request_uri", "urn:ietf:params:oauth:request_uri:");
    app.get(&nothing.path()).await.expect_error_page(400);
    assert_eq!(app.peers.asked().len(), asked);
}

#[actix_web::test]
async fn state_and_nonce_have_a_limit_and_come_back_unchanged() {
    let app = TestApp::start().await;
    let ask = Ask::of(&partner(&app).await.client_id, "orders:read");
    app.get(&ask.clone().with("nonce", &"n".repeat(1025)).path()).await.expect_back("invalid_request");
    app.get(&ask.clone().with("nonce", &"n".repeat(1024)).path()).await.sealed_for("/sign-in");
    let back = app.get(&ask.clone().with("state", &"s".repeat(1025)).path()).await.back_at(REDIRECT_URI);
    assert!(back["error"] == "invalid_request" && !back.contains_key("state"), "{back:?}");
    let odd = "\r\nSet-Cookie: session=x\u{0}&code=stolen#%00\"'<>+ \u{1f600}";
    for state in [odd, &"s".repeat(1024), "&iss=https://evil.example", "%26code%3Dstolen"] {
        let back = app.get(&ask.clone().with("state", state).without("scope").path()).await.back_at(REDIRECT_URI);
        assert_eq!(back["state"], state);
        assert_eq!(back.keys().collect::<Vec<_>>(), ["error", "error_description", "iss", "state"]);
    }
}

#[actix_web::test]
async fn a_client_that_is_suspended_or_has_not_the_grant_asks_nobody() {
    let app = TestApp::start().await;
    let suspended = partner(&app).await;
    let ask = Ask::of(&suspended.client_id, "orders:read");
    app.suspend(&suspended.client_id).await;
    app.get(&ask.path()).await.expect_back("unauthorized_client");
    app.resume(&suspended.client_id).await;
    app.get(&ask.path()).await.sealed_for("/sign-in");
    app.delete_client(&suspended.client_id).await;
    app.get(&ask.path()).await.expect_error_page(400);

    // It has nowhere to go back to.
    let without = app.register_partner("orders:read").await;
    app.get(&Ask::of(&without.client_id, "orders:read").path()).await.expect_error_page(400);
    let no_refresh = json!({"grant_types": ["authorization_code"]});
    let online = app.register_with("openid offline_access orders:read", &no_refresh).await;
    let ask = Ask::of(&online.client_id, "openid offline_access");
    app.get(&ask.path()).await.expect_back("invalid_scope");
    app.get(&ask.with("scope", "openid orders:read").path()).await.sealed_for("/sign-in");
}

/// OpenID Connect Core section 3.1.2.1. A form of the client's page brings no cookie (`SameSite=Lax`); what it is sent on
/// to does.
#[actix_web::test]
async fn post_is_as_good_as_get_and_looks_at_the_body_only() {
    let app = TestApp::start().await;
    let ask = Ask::of(&partner(&app).await.client_id, "orders:read");
    let post = |path: &str, ask: &Ask| app.request(Method::POST, path).form(&ask.parameters());
    let browser = app.browser();
    let sent_on = Answer::of(post("/oauth/authorize", &ask)).await;
    sent_on.sealed_for("/consent");
    browser.get(sent_on.header("location").unwrap()).await.sealed_for("/sign-in");
    let silent = Answer::of(post("/oauth/authorize", &ask.clone().with("prompt", "none"))).await;
    browser.follow(silent).await.expect_back("login_required");
    let signed_in = app.customer("customer@example.com").await;
    let silent = Answer::of(post("/oauth/authorize", &ask.clone().with("prompt", "none"))).await;
    signed_in.follow(silent).await.expect_back("consent_required");
    Answer::of(post(&ask.path(), &Ask::of("", ""))).await.expect_error_page(400);
    Answer::of(post("/oauth/authorize?scope=orders:read", &ask.clone().without("scope")))
        .await
        .expect_back("invalid_scope");
    // Whatever else it is, it is not done in passing.
    for method in [Method::HEAD, Method::PUT, Method::DELETE] {
        assert_eq!(app.request(method, &ask.path()).send().await.unwrap().status(), 405);
    }
}

/// RFC 6749 section 5.1, and more: what belongs to one person or client is in nobody's cache.
#[actix_web::test]
async fn no_answer_of_the_flows_is_stored_on_the_way() {
    let app = TestApp::start().await;
    let (client, browser) = (partner(&app).await, app.customer("customer@example.com").await);
    let ask = Ask::of(&client.client_id, "orders:read");
    let consent = browser.get(&ask.path()).await;
    consent.sealed_for("/consent");
    let sign_in = app.get(&ask.path()).await;
    sign_in.sealed_for("/sign-in");
    let answers = [
        consent,
        sign_in,
        app.get("/oauth/authorize").await,
        app.get("/oauth/userinfo").await,
        app.userinfo("x").await,
        app.userinfo(&app.request_token(&client, &[]).await.access_token()).await,
        browser.get("/oauth/logout").await,
        app.push(&client, &ask.clone().with("scope", "unknown")).await,
        app.redeem_code(&client, "x", &[]).await,
        app.get("/sign-in").await,
        app.get("/sign-in/link/sent").await,
        browser.get("/account").await,
    ];
    for answer in answers {
        assert_eq!(answer.header("cache-control"), Some("no-store"), "{answer:?}");
    }
}
