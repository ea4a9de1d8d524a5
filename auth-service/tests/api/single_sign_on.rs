//! The applications of the house: who has signed in to one is signed in to the other, and is not asked to allow anything.

use serde_json::json;

use crate::support::{ADMIN, Ask, ISSUER, OPERATOR, ORDERS, Partner, TestApp, claims};

const CALLBACK: &str = "http://127.0.0.1:49152/callback";

fn application(client_id: &str) -> Partner {
    Partner { client_id: client_id.to_owned(), secret: String::new() }
}

fn ask(client_id: &str, scope: &str) -> Ask {
    Ask::of(client_id, scope).with("redirect_uri", CALLBACK)
}

const AT_CALLBACK: (&str, &str) = ("redirect_uri", CALLBACK);

#[actix_web::test]
async fn the_second_application_asks_nothing_and_a_sign_out_ends_both() {
    let app = TestApp::start().await;
    let (orders, admin) = (application("orders-app"), application("admin-app"));
    let browser = app.browser();
    let first = ask("orders-app", "openid orders:read");
    let sign_in = browser.arrive(&first).await;
    let form = sign_in.expect(200).html().form("/sign-in");
    let form = form.with("email", OPERATOR).with("password", &app.operator_password());
    let code = browser.follow(browser.submit(&form).await).await.code_at(CALLBACK);
    let of_orders = app.redeem_code(&orders, &code, &[AT_CALLBACK]).await;

    let second = ask("admin-app", "openid partners:manage");
    let code = browser.get(&second.clone().with("prompt", "none").path()).await.code_at(CALLBACK);
    let of_admin = app.redeem_code(&admin, &code, &[AT_CALLBACK]).await;
    let offline = browser.get(&ask("admin-app", "openid offline_access audit:read").path()).await.code_at(CALLBACK);
    let offline = app.redeem_code(&admin, &offline, &[AT_CALLBACK]).await;
    let sid = |tokens: &crate::support::Answer| claims(&tokens.expect(200).text_of("id_token"))["sid"].clone();
    assert_eq!(sid(&of_orders), sid(&of_admin));

    let hint = of_orders.text_of("id_token");
    let logout = format!("/oauth/logout?id_token_hint={hint}&post_logout_redirect_uri=http://127.0.0.1:1/signed-out");
    browser.get(&logout).await.expect_redirect("http://127.0.0.1:1/signed-out");
    let silent = browser.get(&second.with("prompt", "none").path()).await;
    assert_eq!(silent.back_at(CALLBACK)["error"], "login_required");
    app.refresh_with(&orders, &of_orders.refresh_token(), &[]).await.expect_error(400, "invalid_grant");
    app.refresh_with(&admin, &of_admin.refresh_token(), &[]).await.expect_error(400, "invalid_grant");
    app.refresh_with(&admin, &offline.refresh_token(), &[]).await.expect(200);
    // What of the house's was allowed is no consent that could be withdrawn.
    assert!(app.trail().await.iter().all(|row| row.action != "authorization.give" || row.partner.is_none()));
}

#[actix_web::test]
async fn a_token_has_the_roles_that_matter_where_it_goes() {
    let app = TestApp::start().await;
    let email = "both@example.com";
    app.create_user(email, crate::support::PASSWORD, &["customer", "auditor", "manager"]).await;
    let browser = app.browser_of(email, crate::support::PASSWORD).await;
    for (client_id, scope, audience, roles) in [
        ("orders-app", "openid orders:read", ORDERS, json!(["customer"])),
        ("admin-app", "openid audit:read", ADMIN, json!(["manager", "auditor"])),
    ] {
        let code = browser.get(&ask(client_id, scope).path()).await.code_at(CALLBACK);
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
        let back = browser.get(&ask("admin-app", scope).path()).await.back_at(CALLBACK);
        assert_eq!(back["error"], "access_denied", "{scope}");
    }
    // Who they are is theirs to tell.
    browser.get(&ask("admin-app", "openid email").path()).await.code_at(CALLBACK);
    browser.get(&ask("orders-app", "openid orders:write").path()).await.code_at(CALLBACK);
    let back = browser.get(&ask("orders-app", "partners:manage").path()).await.back_at(CALLBACK);
    assert_eq!(back["error"], "invalid_scope");
}

#[actix_web::test]
async fn a_role_that_is_lost_is_lost_at_the_next_refresh() {
    let app = TestApp::start().await;
    let email = "manager@example.com";
    let user_id = app.create_user(email, crate::support::PASSWORD, &["manager", "auditor"]).await;
    let browser = app.browser_of(email, crate::support::PASSWORD).await;
    let admin = application("admin-app");
    let code = browser.get(&ask("admin-app", "openid partners:manage audit:read").path()).await.code_at(CALLBACK);
    let tokens = app.redeem_code(&admin, &code, &[AT_CALLBACK]).await;
    app.change_user(&user_id, &json!({"roles": ["auditor"]})).await.expect(200);
    let less = app.refresh_with(&admin, &tokens.refresh_token(), &[]).await;
    let token = claims(&less.expect(200).access_token());
    assert_eq!((&token["scope"], &token["roles"]), (&json!("audit:read"), &json!(["auditor"])));
    app.exchange("admin-service", &tokens.access_token(), ISSUER, &[("scope", "clients:manage")]).await.expect(200);
    app.change_user(&user_id, &json!({"roles": []})).await.expect(200);
    app.refresh_with(&admin, &less.refresh_token(), &[]).await.expect_error(400, "invalid_grant");
}
