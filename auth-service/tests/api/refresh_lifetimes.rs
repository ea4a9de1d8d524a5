//! How long refresh tokens last, and what ends them before their time.

use std::time::Duration;

use serde_json::json;

use crate::support::{Answer, Ask, Browser, ISSUER, PASSWORD, Partner, TestApp, claims};

const ONLINE: &str = "openid email orders:read accounts:read";
const OFFLINE: &str = "openid email offline_access orders:read accounts:read";
const CUSTOMER: &str = "customer@example.com";
const HOUR: Duration = Duration::from_secs(3600);
const DAY: Duration = Duration::from_secs(24 * 3600);
const INSTANT: Duration = Duration::from_micros(1);

/// Refreshes after each of these times; all work but the last.
async fn lasts(scope: &str, spans: &[Duration]) {
    let app = TestApp::start().await;
    let partner = app.register_for_people("Acme", OFFLINE).await;
    let browser = app.customer(CUSTOMER).await;
    let mut answer = app.granted(&browser, &partner, scope).await;
    for (index, span) in spans.iter().enumerate() {
        app.clock.advance(*span);
        let next = app.refresh(&partner, &answer.refresh_token()).await;
        if index + 1 == spans.len() {
            next.expect_error(400, "invalid_grant");
        } else {
            next.expect(200);
        }
        answer = next;
    }
}

#[actix_web::test]
async fn online_a_token_that_is_not_used_lasts_eight_hours_and_its_family_as_long_as_the_session() {
    lasts(ONLINE, &[8 * HOUR - INSTANT, INSTANT, 4 * HOUR]).await;
    lasts(ONLINE, &[8 * HOUR]).await;
    lasts(ONLINE, &[7 * HOUR, 5 * HOUR - INSTANT, INSTANT]).await;
}

#[actix_web::test]
async fn offline_a_token_that_is_not_used_lasts_thirty_days_and_its_family_ninety() {
    lasts(OFFLINE, &[30 * DAY]).await;
    lasts(OFFLINE, &[30 * DAY - INSTANT, 30 * DAY - INSTANT, 30 * DAY - INSTANT, 3 * INSTANT]).await;
}

/// What is purged is forgotten, so what is spent is kept as long as what it belongs to.
#[actix_web::test]
async fn a_second_use_is_noticed_however_late_it_comes() {
    let app = TestApp::start().await;
    let partner = app.register_for_people("Acme", OFFLINE).await;
    let browser = app.customer(CUSTOMER).await;
    let first = app.granted(&browser, &partner, OFFLINE).await;
    let mut newest = app.refresh(&partner, &first.refresh_token()).await;
    for _ in 0..2 {
        app.clock.advance(20 * DAY);
        newest = app.refresh(&partner, &newest.expect(200).refresh_token()).await;
        auth_service::store::authorizations::purge(&app.database.database, app.clock.clock().micros()).await.unwrap();
    }
    newest.expect(200);
    app.refresh(&partner, &first.refresh_token()).await.expect_error(400, "invalid_grant");
    app.refresh(&partner, &newest.refresh_token()).await.expect_error(400, "invalid_grant");
    assert_eq!(app.last_row("authorization.revoke").await.reason.as_deref(), Some("refresh_token_reused"));
}

struct Setting<'a> {
    user_id: String,
    browser: Browser<'a>,
    partner: Partner,
    online: Answer,
    offline: Answer,
}

async fn setting(app: &TestApp) -> Setting<'_> {
    let partner = app.register_for_people("Acme", OFFLINE).await;
    let browser = app.customer(CUSTOMER).await;
    let online = app.granted(&browser, &partner, ONLINE).await;
    let offline = app.granted(&browser, &partner, OFFLINE).await;
    let user_id = claims(&online.access_token())["sub"].as_str().unwrap().to_owned();
    Setting { user_id, browser, partner, online, offline }
}

impl Setting<'_> {
    async fn expect_all_over(&self, app: &TestApp) {
        for tokens in [&self.online, &self.offline] {
            app.refresh(&self.partner, &tokens.refresh_token()).await.expect_error(400, "invalid_grant");
        }
        self.browser.get("/account").await.expect_redirect("/sign-in");
    }
}

/// RFC 9700 section 4.14.2 names the change of a password: somebody else may have known the old one.
#[actix_web::test]
async fn a_new_password_ends_every_session_and_all_that_came_of_them() {
    let app = TestApp::start().await;
    let setting = setting(&app).await;
    let elsewhere = app.browser_of(CUSTOMER, PASSWORD).await;
    let waiting = elsewhere.code_for(&Ask::of(&setting.partner.client_id, OFFLINE)).await;
    app.change_user(&setting.user_id, &json!({"password": "another horse"})).await.expect(200);
    setting.expect_all_over(&app).await;
    elsewhere.get("/account").await.expect_redirect("/sign-in");
    app.redeem_code(&setting.partner, &waiting, &[]).await.expect_error(400, "invalid_grant");
    // What the person allowed stays allowed: they sign in and are not asked again.
    let again = app.browser_of(CUSTOMER, "another horse").await;
    again.get(&Ask::of(&setting.partner.client_id, OFFLINE).path()).await.code();
}

#[actix_web::test]
async fn a_suspension_ends_every_session_and_all_that_came_of_them_for_good() {
    let app = TestApp::start().await;
    let setting = setting(&app).await;
    let here = app.refresh_with(&setting.partner, &setting.offline.refresh_token(), &[("resource", ISSUER)]).await;
    app.change_user(&setting.user_id, &json!({"status": "suspended"})).await.expect(200);
    app.userinfo(&here.expect(200).access_token()).await.expect_problem(401);
    app.refresh(&setting.partner, &here.refresh_token()).await.expect_error(400, "invalid_grant");
    app.change_user(&setting.user_id, &json!({"status": "active"})).await.expect(200);
    app.userinfo(&here.access_token()).await.expect_problem(401);
    app.refresh(&setting.partner, &here.refresh_token()).await.expect_error(400, "invalid_grant");
    setting.expect_all_over(&app).await;
}

#[actix_web::test]
async fn any_other_change_of_a_person_leaves_them_signed_in() {
    let app = TestApp::start().await;
    let setting = setting(&app).await;
    for change in [json!({"name": "Another"}), json!({"roles": []}), json!({"status": "active"}), json!({})] {
        app.change_user(&setting.user_id, &change).await.expect(200);
    }
    setting.browser.get("/account").await.expect(200);
    for tokens in [&setting.online, &setting.offline] {
        app.refresh(&setting.partner, &tokens.refresh_token()).await.expect(200);
    }
}

#[actix_web::test]
async fn a_person_who_is_deleted_takes_everything_with_them() {
    let app = TestApp::start().await;
    let setting = setting(&app).await;
    let path = format!("/users/{}", setting.user_id);
    app.manage(reqwest::Method::DELETE, &path, None).await.expect(204);
    setting.expect_all_over(&app).await;
}

/// A suspension of a client is for a time, so what people allowed it rests meanwhile.
#[actix_web::test]
async fn a_suspended_client_gets_nothing_until_it_is_resumed() {
    let app = TestApp::start().await;
    let Setting { browser, partner, offline, .. } = setting(&app).await;
    let code = browser.code_for(&Ask::of(&partner.client_id, ONLINE)).await;
    app.suspend(&partner.client_id).await;
    app.refresh(&partner, &offline.refresh_token()).await.expect_error(401, "invalid_client");
    app.redeem_code(&partner, &code, &[]).await.expect_error(401, "invalid_client");
    app.push(&partner, &Ask::of(&partner.client_id, ONLINE)).await.expect_error(401, "invalid_client");
    app.resume(&partner.client_id).await;
    app.refresh(&partner, &offline.refresh_token()).await.expect(200);
    app.redeem_code(&partner, &code, &[]).await.expect(200);
}

#[actix_web::test]
async fn a_deleted_client_gets_nothing_and_learns_nothing() {
    let app = TestApp::start().await;
    let Setting { partner, online, .. } = setting(&app).await;
    let here = app.refresh_with(&partner, &online.refresh_token(), &[("resource", ISSUER)]).await;
    app.delete_client(&partner.client_id).await;
    app.refresh(&partner, &here.expect(200).refresh_token()).await.expect_error(401, "invalid_client");
    app.userinfo(&here.access_token()).await.expect_problem(401);
}

/// Where auth-service is asked, a suspension of the client takes effect at once (decision 0014).
#[actix_web::test]
async fn a_suspended_client_learns_nothing_about_a_person() {
    let app = TestApp::start().await;
    let Setting { partner, online, .. } = setting(&app).await;
    let here = app.refresh_with(&partner, &online.refresh_token(), &[("resource", ISSUER)]).await;
    app.suspend(&partner.client_id).await;
    app.userinfo(&here.expect(200).access_token()).await.expect_problem(401);
    app.resume(&partner.client_id).await;
    app.userinfo(&here.access_token()).await.expect(200);
}

#[actix_web::test]
async fn what_the_agreement_no_longer_allows_is_not_given_on() {
    let app = TestApp::start().await;
    let Setting { partner, online, offline, browser, .. } = setting(&app).await;
    let agree = async |scope: &str| {
        app.change_client(&partner.client_id, &json!({"scope": scope})).await.expect(200);
    };
    agree("openid offline_access orders:read").await;
    let api = app.refresh(&partner, &offline.refresh_token()).await;
    assert_eq!(claims(&api.expect(200).access_token())["scope"], "orders:read");
    let here = app.refresh_with(&partner, &api.refresh_token(), &[("resource", ISSUER)]).await;
    assert_eq!(claims(&here.expect(200).access_token())["scope"], "openid");
    assert!(app.userinfo(&here.access_token()).await.expect(200).json()["email"].is_null());

    agree("openid orders:read").await;
    let next = app.refresh(&partner, &here.refresh_token()).await;
    next.expect_error(400, "invalid_grant");
    assert_eq!(app.last_row("token.refresh").await.reason.as_deref(), Some("offline_no_longer_agreed"));
    let online = app.refresh(&partner, &online.refresh_token()).await;
    agree("fulfilment:request").await;
    app.refresh(&partner, &online.refresh_token()).await.expect_error(400, "invalid_grant");
    browser.get(&Ask::of(&partner.client_id, ONLINE).path()).await.expect_back("invalid_scope");
    // Nothing of that was spent: it rests as long as the agreement is the smaller one.
    agree("openid offline_access orders:read").await;
    app.refresh(&partner, &online.refresh_token()).await.expect(200);
    app.refresh(&partner, &here.refresh_token()).await.expect(200);
}

#[actix_web::test]
async fn a_grant_that_was_taken_away_is_gone() {
    let app = TestApp::start().await;
    let browser = app.customer(CUSTOMER).await;
    let partner = app.register_for_people("Acme", ONLINE).await;
    let tokens = app.granted(&browser, &partner, ONLINE).await;
    let id = &partner.client_id;
    app.sql(&format!(
        "UPDATE clients SET grant_types = '[\"client_credentials\",\"authorization_code\"]' WHERE client_id = '{id}'"
    ))
    .await
    .unwrap();
    app.clock.advance(Duration::from_secs(6));
    app.refresh(&partner, &tokens.refresh_token()).await.expect_error(400, "unauthorized_client");
}
