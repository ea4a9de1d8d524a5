//! `/oauth/userinfo`: who the person is, for whoever holds the right token, as long as it stands.

use reqwest::Method;
use serde_json::json;

use crate::support::{ADMIN, Answer, Ask, ISSUER, ORDERS, PASSWORD, Partner, TestApp, claims};

const SCOPE: &str = "openid profile email offline_access orders:read";
const CUSTOMER: &str = "customer@example.com";

#[actix_web::test]
async fn the_claims_are_those_of_the_scope() {
    let app = TestApp::start().await;
    let browser = app.customer(CUSTOMER).await;
    let partner = app.register_for_people("Acme", SCOPE).await;
    for (scope, members) in [
        ("openid", vec!["sub"]),
        ("openid profile", vec!["name", "sub"]),
        ("openid email", vec!["email", "email_verified", "sub"]),
        ("openid profile email", vec!["email", "email_verified", "name", "sub"]),
    ] {
        let tokens = app.granted(&browser, &partner, scope).await;
        // Only about who the person is: the token is for this server without asking.
        let token = claims(&tokens.access_token());
        assert_eq!((&token["aud"], &token["scope"]), (&json!(ISSUER), &json!(scope)));
        assert!(token.get("roles").is_none_or(|roles| *roles == json!([])), "{token}");
        let info = app.userinfo(&tokens.access_token()).await;
        assert_eq!(info.expect(200).json().as_object().unwrap().keys().collect::<Vec<_>>(), members);
        assert_eq!(info.json()["sub"], token["sub"]);
        assert_eq!(info.header("cache-control"), Some("no-store"));
        let posted = app.request(Method::POST, "/oauth/userinfo").bearer_auth(tokens.access_token());
        assert_eq!(Answer::of(posted).await.expect(200).json(), info.json());
    }
    let tokens = app.granted(&browser, &partner, "openid profile email").await;
    let info = app.userinfo(&tokens.access_token()).await.json();
    assert_eq!(
        (&info["name"], &info["email"], &info["email_verified"]),
        (&json!("Somebody"), &json!(CUSTOMER), &json!(false))
    );
}

#[actix_web::test]
async fn one_token_is_never_for_the_api_and_for_this_server() {
    let app = TestApp::start().await;
    let browser = app.customer(CUSTOMER).await;
    let partner = app.register_for_people("Acme", SCOPE).await;
    let ask = Ask::of(&partner.client_id, SCOPE);
    let api = app.redeem_code(&partner, &browser.code_for(&ask).await, &[]).await;
    let token = claims(&api.expect(200).access_token());
    assert_eq!((&token["aud"], &token["scope"]), (&json!(ORDERS), &json!("orders:read")));
    assert_eq!((&token["roles"], &api.json()["scope"]), (&json!(["customer"]), &json!("orders:read")));
    app.userinfo(&api.access_token()).await.expect_problem(401);

    let here = app.redeem_code(&partner, &browser.code_for(&ask).await, &[("resource", ISSUER)]).await;
    let token = claims(&here.expect(200).access_token());
    assert_eq!((&token["aud"], &token["scope"]), (&json!(ISSUER), &json!("openid profile email")));
    assert!(here.json()["id_token"].is_string() && token["client_id"] == partner.client_id.as_str());
    app.userinfo(&here.access_token()).await.expect(200);
    // It opens nothing else of this server.
    for path in ["/clients", "/users", "/audit-events"] {
        Answer::of(app.request(Method::GET, path).bearer_auth(here.access_token())).await.expect_problem(403);
    }
    app.exchange("orders-service", &here.access_token(), ADMIN, &[]).await.expect_error(400, "invalid_request");
}

#[actix_web::test]
async fn the_token_counts_in_the_header_only() {
    let app = TestApp::start().await;
    let browser = app.customer(CUSTOMER).await;
    let partner = app.register_for_people("Acme", SCOPE).await;
    let token = app.granted(&browser, &partner, "openid").await.access_token();
    app.get(&format!("/oauth/userinfo?access_token={token}")).await.expect_problem(401);
    let form = app.request(Method::POST, "/oauth/userinfo").form(&[("access_token", &token)]);
    Answer::of(form).await.expect_problem(401);
    Answer::of(app.request(Method::GET, "/oauth/userinfo").header("cookie", format!("access_token={token}")))
        .await
        .expect_problem(401);
    // A browser that is signed in is nobody here.
    browser.get("/oauth/userinfo").await.expect_problem(401);
}

/// Neither an operator's token nor one that was made for another client's flow speaks of an authorization of this server.
#[actix_web::test]
async fn a_token_that_comes_of_no_authorization_tells_of_nobody() {
    let app = TestApp::start().await;
    let user_id = app.create_user(CUSTOMER, PASSWORD, &["customer"]).await;
    let draft = || app.mint.access_token(ISSUER, "cli_x", "openid profile email").claim("sub", json!(user_id));
    app.userinfo(&draft().build()).await.expect_problem(401);
    for origin in ["azn_none", "tok_x", &user_id] {
        app.userinfo(&draft().claim("origin_jti", json!(origin)).build()).await.expect_problem(401);
    }
}

async fn token(app: &TestApp, browser: &crate::support::Browser<'_>, partner: &Partner, scope: &str) -> String {
    let code = browser.code_for(&Ask::of(&partner.client_id, scope)).await;
    app.redeem_code(partner, &code, &[("resource", ISSUER)]).await.expect(200).access_token()
}

#[actix_web::test]
async fn a_withdrawal_ends_it_at_once_and_a_sign_out_what_is_online() {
    let app = TestApp::start().await;
    let browser = app.customer(CUSTOMER).await;
    let partner = app.register_for_people("Acme", SCOPE).await;
    let online = token(&app, &browser, &partner, "openid orders:read").await;
    let offline = token(&app, &browser, &partner, SCOPE).await;
    browser.submit(&browser.open("/sign-out").await.form("/sign-out")).await.expect(303);
    app.userinfo(&online).await.expect_problem(401);
    app.userinfo(&offline).await.expect(200);
    let browser = app.browser_of(CUSTOMER, PASSWORD).await;
    browser.submit(&browser.open("/account").await.form("/account/withdraw")).await.expect(303);
    let over = app.userinfo(&offline).await;
    let challenge = over.expect_problem(401).header("www-authenticate").unwrap();
    assert!(challenge.contains("error=\"invalid_token\""), "{challenge}");
}
