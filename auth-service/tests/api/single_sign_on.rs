//! Single sign-on: who has signed in to one client is signed in to the other; and the applications of the house.

use serde_json::json;

use crate::support::{
    ADMIN, Answer, Ask, Browser, ISSUER, OPERATOR, ORDERS, PASSWORD, Partner, REDIRECT_URI, TestApp, claims,
};

const CALLBACK: &str = "http://127.0.0.1:49152/callback";

fn application(client_id: &str) -> Partner {
    Partner { client_id: client_id.to_owned(), secret: String::new() }
}

fn ask(client_id: &str, scope: &str) -> Ask {
    Ask::of(client_id, scope).with("redirect_uri", CALLBACK)
}

const AT_CALLBACK: (&str, &str) = ("redirect_uri", CALLBACK);

/// The code that comes to an application when the person allows what it asks for.
async fn allowed(browser: &Browser<'_>, ask: &Ask) -> String {
    browser.decide(ask, "allow").await.code_at(CALLBACK)
}

#[actix_web::test]
async fn the_second_client_asks_nothing_and_a_sign_out_ends_both() {
    let app = TestApp::start().await;
    let scope = "openid orders:read offline_access";
    let (books, prints) =
        (app.register_for_people("Books", scope).await, app.register_for_people("Prints", scope).await);
    let browser = app.customer("customer@example.com").await;
    for partner in [&books, &prints] {
        browser.code_for(&Ask::of(&partner.client_id, scope)).await;
    }
    browser.submit(&browser.open("/sign-out").await.form("/sign-out")).await;

    // One password, at the first; each was allowed before.
    let first = Ask::of(&books.client_id, "openid orders:read");
    let form = browser.arrive(&first).await.expect(200).html().form("/sign-in");
    let form = form.with("email", "customer@example.com").with("password", PASSWORD);
    let code = browser.follow(browser.submit(&form).await).await.code();
    let of_books = app.redeem_code(&books, &code, &[]).await;
    let second = Ask::of(&prints.client_id, "openid orders:read").with("prompt", "none");
    let of_prints = app.redeem_code(&prints, &browser.get(&second.path()).await.code(), &[]).await;
    let offline = Ask::of(&prints.client_id, "openid offline_access");
    let offline = app.redeem_code(&prints, &browser.code_for(&offline).await, &[]).await;
    let sid = |tokens: &Answer| claims(&tokens.expect(200).text_of("id_token"))["sid"].clone();
    assert_eq!(sid(&of_books), sid(&of_prints));

    let hint = of_books.text_of("id_token");
    browser.get(&format!("/oauth/logout?id_token_hint={hint}")).await.expect_redirect("/sign-out");
    browser.get(&second.path()).await.expect_back("login_required");
    app.refresh(&books, &of_books.refresh_token()).await.expect_error(400, "invalid_grant");
    app.refresh(&prints, &of_prints.refresh_token()).await.expect_error(400, "invalid_grant");
    app.refresh(&prints, &offline.refresh_token()).await.expect(200);
}

#[actix_web::test]
async fn the_applications_of_the_house_share_one_password_and_are_asked_about_one_by_one() {
    let app = TestApp::start().await;
    let browser = app.browser();
    let orders = ask("orders-app", "openid orders:read");
    let form = browser.arrive(&orders).await.expect(200).html().form("/sign-in");
    let form = form.with("email", OPERATOR).with("password", &app.operator_password());
    let consent = browser.follow(browser.submit(&form).await).await.expect(200).html().form("/consent");
    browser.submit(&consent.with("decision", "allow")).await.code_at(CALLBACK);
    // No password, and what it asks for is shown.
    let code = allowed(&browser, &ask("admin-app", "openid partners:manage")).await;
    let tokens = app.redeem_code(&application("admin-app"), &code, &[AT_CALLBACK]).await;
    let hint = tokens.expect(200).text_of("id_token");
    let logout = format!("/oauth/logout?id_token_hint={hint}&post_logout_redirect_uri=http://127.0.0.1:1/signed-out");
    browser.get(&logout).await.expect_redirect("http://127.0.0.1:1/signed-out");
    // What of the house's was allowed concerns no partner.
    assert!(app.trail().await.iter().all(|row| row.action != "authorization.give" || row.partner.is_none()));
}

/// RFC 8252 section 8.6, RFC 6749 section 10.2: another program on the person's machine can bring a verifier of its own and
/// listen on a port of its own.
#[actix_web::test]
async fn nobody_gets_anything_silently_in_the_name_of_a_public_client() {
    let app = TestApp::start().await;
    let browser = app.browser_of(OPERATOR, &app.operator_password()).await;
    let scope = "openid orders:read offline_access";
    let of_partner = app.register_with(scope, &json!({"token_endpoint_auth_method": "none"})).await;
    let of_partner = Ask::of(&of_partner.client_id, scope);
    let of_house = ask("admin-app", "openid partners:manage offline_access");
    for (ask, uri) in [(of_house, CALLBACK), (of_partner, REDIRECT_URI)] {
        for _ in 0..2 {
            let silent = browser.get(&ask.clone().with("prompt", "none").path()).await;
            assert_eq!(silent.back_at(uri)["error"], "consent_required");
            // Allowed once, and asked again all the same.
            browser.decide(&ask, "allow").await.code_at(uri);
        }
    }
}

#[actix_web::test]
async fn a_token_has_the_roles_that_matter_where_it_goes() {
    let app = TestApp::start().await;
    let email = "both@example.com";
    app.create_user(email, PASSWORD, &["customer", "auditor", "manager"]).await;
    let browser = app.browser_of(email, PASSWORD).await;
    for (client_id, scope, audience, roles) in [
        ("orders-app", "openid orders:read", ORDERS, json!(["customer"])),
        ("admin-app", "openid audit:read", ADMIN, json!(["manager", "auditor"])),
    ] {
        let code = allowed(&browser, &ask(client_id, scope)).await;
        let client = application(client_id);
        let tokens = app.redeem_code(&client, &code, &[AT_CALLBACK]).await;
        let token = claims(&tokens.expect(200).access_token());
        let sorted = |roles: &serde_json::Value| {
            let mut names = roles.as_array().unwrap().iter().map(ToString::to_string).collect::<Vec<_>>();
            names.sort();
            names
        };
        assert_eq!((&token["aud"], sorted(&token["roles"])), (&json!(audience), sorted(&roles)));
        let here = app.refresh_with(&client, &tokens.refresh_token(), &[("resource", ISSUER)]).await;
        let here = claims(&here.expect(200).access_token());
        assert!(here.get("roles").is_none_or(|roles| *roles == json!([])), "{here}");
    }
}

#[actix_web::test]
async fn what_the_roles_of_a_person_do_not_give_is_denied() {
    let app = TestApp::start().await;
    let browser = app.customer("customer@example.com").await;
    for scope in ["openid partners:manage", "audit:read", "openid keys:manage audit:read", "fulfilment:complete"] {
        // They are not even asked.
        let back = browser.get(&ask("admin-app", scope).path()).await.back_at(CALLBACK);
        assert_eq!(back["error"], "access_denied", "{scope}");
    }
    // Who they are is theirs to tell.
    allowed(&browser, &ask("admin-app", "openid email")).await;
    allowed(&browser, &ask("orders-app", "openid orders:write")).await;
    let back = browser.get(&ask("orders-app", "partners:manage").path()).await.back_at(CALLBACK);
    assert_eq!(back["error"], "invalid_scope");
}

#[actix_web::test]
async fn a_role_that_is_lost_is_lost_at_the_next_refresh() {
    let app = TestApp::start().await;
    let email = "manager@example.com";
    let user_id = app.create_user(email, PASSWORD, &["manager", "auditor"]).await;
    let browser = app.browser_of(email, PASSWORD).await;
    let admin = application("admin-app");
    let code = allowed(&browser, &ask("admin-app", "openid partners:manage audit:read")).await;
    let tokens = app.redeem_code(&admin, &code, &[AT_CALLBACK]).await;
    app.change_user(&user_id, &json!({"roles": ["auditor"]})).await.expect(200);
    let less = app.refresh_with(&admin, &tokens.refresh_token(), &[]).await;
    let token = claims(&less.expect(200).access_token());
    assert_eq!((&token["scope"], &token["roles"]), (&json!("audit:read"), &json!(["auditor"])));
    app.exchange("admin-service", &tokens.access_token(), ISSUER, &[("scope", "clients:manage")]).await.expect(200);
    app.change_user(&user_id, &json!({"roles": []})).await.expect(200);
    app.refresh_with(&admin, &less.refresh_token(), &[]).await.expect_error(400, "invalid_grant");
}
