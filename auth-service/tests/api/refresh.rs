//! Refresh tokens: a new one each time, and one that is used again ends its family (RFC 9700 section 4.14.2).

use futures_util::future::join_all;
use serde_json::json;

use crate::support::{ADMIN, Ask, ISSUER, ORDERS, Partner, TestApp, claims, parameter};

const SCOPE: &str = "openid email offline_access orders:read accounts:read";
const CUSTOMER: &str = "customer@example.com";

async fn family(app: &TestApp) -> (Partner, String) {
    let partner = app.register_for_people("Acme", SCOPE).await;
    let browser = app.customer(CUSTOMER).await;
    let tokens = app.granted(&browser, &partner, SCOPE).await;
    (partner, tokens.refresh_token())
}

#[actix_web::test]
async fn each_use_gives_the_next_one() {
    let app = TestApp::start().await;
    let (partner, first) = family(&app).await;
    let mut seen = vec![first];
    for _ in 0..5 {
        let answer = app.refresh(&partner, seen.last().unwrap()).await;
        assert!(answer.expect(200).json()["id_token"].is_null(), "{answer:?}");
        let token = claims(&answer.access_token());
        assert!(token["aud"] == ORDERS && token["client_id"] == partner.client_id.as_str(), "{token}");
        assert_eq!(answer.json()["scope"], "orders:read accounts:read");
        seen.push(answer.refresh_token());
    }
    assert_eq!(seen.iter().collect::<std::collections::BTreeSet<_>>().len(), 6);
}

/// CVE-2026-1035: a second use within a grace time got a family of its own.
#[actix_web::test]
async fn cve_2026_1035_the_second_use_of_any_generation_ends_the_family() {
    for generation in [0, 1, 2] {
        let app = TestApp::start().await;
        let (partner, first) = family(&app).await;
        let mut all = vec![first];
        for _ in 0..3 {
            all.push(app.refresh(&partner, all.last().unwrap()).await.refresh_token());
        }
        let live = app.refresh_with(&partner, all.last().unwrap(), &[("resource", ISSUER)]).await;
        app.userinfo(&live.expect(200).access_token()).await.expect(200);
        app.refresh(&partner, &all[generation]).await.expect_error(400, "invalid_grant");
        app.refresh(&partner, &live.refresh_token()).await.expect_error(400, "invalid_grant");
        app.userinfo(&live.access_token()).await.expect_problem(401);
        let revoked = app.last_row("authorization.revoke").await;
        assert_eq!(revoked.reason.as_deref(), Some("refresh_token_reused"));
        assert_eq!(revoked.partner, None);
    }
}

#[actix_web::test]
async fn cve_2026_1035_of_fifty_uses_at_once_at_most_one_leaves_something_alive() {
    let app = TestApp::start().await;
    let (partner, token) = family(&app).await;
    let answers = join_all((0..50).map(|_| app.refresh(&partner, &token))).await;
    let (won, lost): (Vec<_>, Vec<_>) = answers.into_iter().partition(|answer| answer.status == 200);
    assert_eq!(won.len(), 1);
    for answer in lost {
        answer.expect_error(400, "invalid_grant");
    }
    app.refresh(&partner, &won[0].refresh_token()).await.expect_error(400, "invalid_grant");
}

#[actix_web::test]
async fn the_scope_may_be_less_and_never_more() {
    let app = TestApp::start().await;
    let (partner, token) = family(&app).await;
    for scope in [
        "orders:read orders:write",
        "orders:write",
        "partners:manage",
        "offline_access",
        "openid orders:write",
        "unknown",
        "orders:read ",
        "openid",
    ] {
        app.refresh_with(&partner, &token, &[("scope", scope)]).await.expect_error(400, "invalid_scope");
    }
    let less = app.refresh_with(&partner, &token, &[("scope", "orders:read")]).await;
    assert_eq!(claims(&less.expect(200).access_token())["scope"], "orders:read");
    // Less once is not less for ever (RFC 6749 section 6).
    let all = app.refresh(&partner, &less.refresh_token()).await;
    assert_eq!(claims(&all.expect(200).access_token())["scope"], "orders:read accounts:read");
}

/// Some clients send the whole scope again with each refresh; Authlib does.
#[actix_web::test]
async fn all_that_was_authorized_may_be_repeated_and_what_is_for_the_audience_is_given() {
    let app = TestApp::start().await;
    let (partner, token) = family(&app).await;
    let api = app.refresh_with(&partner, &token, &[("scope", SCOPE)]).await;
    assert_eq!(claims(&api.expect(200).access_token())["scope"], "orders:read accounts:read");
    let own = app.refresh_with(&partner, &api.refresh_token(), &[("scope", SCOPE), ("resource", ISSUER)]).await;
    assert_eq!(claims(&own.expect(200).access_token())["scope"], "openid email");
    let beyond = format!("{SCOPE} orders:write");
    app.refresh_with(&partner, &own.refresh_token(), &[("scope", &beyond)]).await.expect_error(400, "invalid_scope");
}

#[actix_web::test]
async fn the_resource_is_the_one_that_was_authorized_or_this_server() {
    let app = TestApp::start().await;
    let (partner, token) = family(&app).await;
    for resource in [ADMIN, "https://evil.example", "orders", &format!("{ORDERS}/")] {
        app.refresh_with(&partner, &token, &[("resource", resource)]).await.expect_error(400, "invalid_target");
    }
    let own = app.refresh_with(&partner, &token, &[("resource", ISSUER)]).await;
    let claims_here = claims(&own.expect(200).access_token());
    assert_eq!((&claims_here["aud"], &claims_here["scope"]), (&json!(ISSUER), &json!("openid email")));
    let api = app.refresh_with(&partner, &own.refresh_token(), &[("resource", ORDERS)]).await;
    assert_eq!(claims(&api.expect(200).access_token())["scope"], "orders:read accounts:read");

    // Without openid there is nothing here that the token could be for.
    let api_only = app.register_for_people("Other", "orders:read").await;
    let browser = app.browser_of(CUSTOMER, crate::support::PASSWORD).await;
    let tokens = app.granted(&browser, &api_only, "orders:read").await;
    assert!(tokens.json()["id_token"].is_null());
    let asked = app.refresh_with(&api_only, &tokens.refresh_token(), &[("resource", ISSUER)]).await;
    asked.expect_error(400, "invalid_target");
}

#[actix_web::test]
async fn what_is_no_refresh_token_is_refused() {
    let app = TestApp::start().await;
    let (partner, token) = family(&app).await;
    let code =
        app.browser_of(CUSTOMER, crate::support::PASSWORD).await.code_for(&Ask::of(&partner.client_id, SCOPE)).await;
    for wrong in
        ["unknown", &code, &token.to_lowercase(), &token[1..], &format!("{token}="), "\u{0}", &"x".repeat(5000)]
    {
        let answer = app.refresh(&partner, wrong).await;
        answer.expect_error(400, "invalid_grant");
    }
    app.refresh(&partner, "").await.expect_error(400, "invalid_request");
    app.userinfo(&token).await.expect_problem(401);
    let nobody = Partner { secret: String::new(), ..partner.clone() };
    app.refresh_with(&nobody, &token, &[]).await.expect_error(401, "invalid_client");
    let other = app.register_for_people("Other", SCOPE).await;
    app.refresh(&other, &token).await.expect_error(400, "invalid_grant");
    app.refresh(&partner, &token).await.expect(200);
}

#[actix_web::test]
async fn only_a_client_with_the_grant_gets_one_and_only_for_a_person() {
    let app = TestApp::start().await;
    let browser = app.customer(CUSTOMER).await;
    let without = app.register_with("openid orders:read", &json!({"grant_types": ["authorization_code"]})).await;
    let tokens = app.granted(&browser, &without, "openid orders:read").await;
    assert!(tokens.json()["refresh_token"].is_null() && tokens.json()["id_token"].is_string(), "{tokens:?}");
    app.refresh(&without, "x").await.expect_error(400, "unauthorized_client");
    // On its own behalf a client simply asks again, and is nobody who could be identified.
    let partner = app.register_for_people("Acme", SCOPE).await;
    let own = app.request_token(&partner, &[]).await;
    assert!(own.expect(200).json()["refresh_token"].is_null() && own.json()["id_token"].is_null());
    assert_eq!(own.json()["scope"], "orders:read accounts:read");
    app.request_token(&partner, &[("scope", "openid")]).await.expect_error(400, "invalid_scope");
    app.request_token(&partner, &[("scope", "offline_access")]).await.expect_error(400, "invalid_scope");
    app.request_token(&partner, &[("resource", ISSUER)]).await.expect_error(400, "invalid_target");
}

/// What outlives the sign-out is what the person was asked for.
#[actix_web::test]
async fn offline_access_is_what_the_person_allowed_and_nothing_else() {
    let app = TestApp::start().await;
    let browser = app.customer(CUSTOMER).await;
    let partner = app.register_for_people("Acme", SCOPE).await;
    let online = app.granted(&browser, &partner, "openid orders:read").await;
    // It is more than was allowed, so the person is asked.
    let ask = Ask::of(&partner.client_id, SCOPE);
    browser.get(&ask.clone().with("prompt", "none").path()).await.expect_back("consent_required");
    let location = browser.decide(&ask, "allow").await.header("location").unwrap().to_owned();
    let code = parameter(&location, "code").unwrap();
    let offline = app.redeem_code(&partner, &code, &[]).await;
    // Allowed once, it is not in what asks for less.
    let less = app.granted(&browser, &partner, "openid orders:read").await;
    browser.submit(&browser.open("/sign-out").await.form("/sign-out")).await.expect(303);
    for online in [online, less] {
        app.refresh(&partner, &online.refresh_token()).await.expect_error(400, "invalid_grant");
    }
    app.refresh(&partner, &offline.refresh_token()).await.expect(200);
}
