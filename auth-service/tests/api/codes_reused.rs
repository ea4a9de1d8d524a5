//! A code that is used twice is in two hands: all that came of it ends (RFC 6749 section 4.1.2).

use futures_util::future::join_all;

use crate::support::{ADMIN, Ask, Browser, ISSUER, ORDERS, Partner, TestApp, claims, verify};

const SCOPE: &str = "openid orders:read fulfilment:request";
const CUSTOMER: &str = "customer@example.com";

async fn setting(app: &TestApp) -> (Partner, Browser<'_>, String) {
    let partner = app.register_for_people("Acme", SCOPE).await;
    let browser = app.customer(CUSTOMER).await;
    let code = browser.code_for(&Ask::of(&partner.client_id, SCOPE)).await;
    (partner, browser, code)
}

#[actix_web::test]
async fn a_second_use_ends_all_that_came_of_the_first() {
    let app = TestApp::start().await;
    let (partner, browser, code) = setting(&app).await;
    let first = app.redeem_code(&partner, &code, &[]).await.expect(200).clone();
    let next = app.refresh_with(&partner, &first.refresh_token(), &[("resource", ISSUER)]).await;
    let (for_api, for_userinfo) = (first.access_token(), next.expect(200).access_token());
    app.userinfo(&for_userinfo).await.expect(200);
    app.exchange("orders-service", &for_api, ADMIN, &[]).await.expect(200);
    let another = app.granted(&browser, &partner, SCOPE).await;

    app.redeem_code(&partner, &code, &[]).await.expect_error(400, "invalid_grant");
    app.refresh(&partner, &next.refresh_token()).await.expect_error(400, "invalid_grant");
    app.userinfo(&for_userinfo).await.expect_problem(401);
    app.exchange("orders-service", &for_api, ADMIN, &[]).await.expect_error(400, "invalid_request");
    // Where nobody is asked, the token says what it says until it expires.
    verify(&app, &for_api, ORDERS).await.unwrap();
    let revoked = app.last_row("authorization.revoke").await;
    assert_eq!(revoked.reason.as_deref(), Some("code_reused"));
    assert_eq!(revoked.object.as_deref(), claims(&for_api)["origin_jti"].as_str());
    // A third use is refused too, and adds nothing.
    app.redeem_code(&partner, &code, &[]).await.expect_error(400, "invalid_grant");
    assert_eq!(app.trail().await.iter().filter(|row| row.action == "authorization.revoke").count(), 1);
    // What the person allowed in another flow is another authorization.
    app.refresh(&partner, &another.refresh_token()).await.expect(200);
}

#[actix_web::test]
async fn a_second_use_ends_it_however_late_and_however_wrong_it_is() {
    for more in [("redirect_uri", "https://partner.example/other"), ("code_verifier", "x"), ("resource", ISSUER)] {
        let app = TestApp::start().await;
        let (partner, _, code) = setting(&app).await;
        let first = app.redeem_code(&partner, &code, &[]).await;
        app.clock.advance(std::time::Duration::from_secs(3600));
        app.redeem_code(&partner, &code, &[more]).await.expect_error(400, "invalid_grant");
        app.refresh(&partner, &first.refresh_token()).await.expect_error(400, "invalid_grant");
    }
}

#[actix_web::test]
async fn cve_2026_16089_another_client_neither_redeems_a_code_nor_ends_it() {
    let app = TestApp::start().await;
    let (partner, _, code) = setting(&app).await;
    let other = app.register_for_people("Other", SCOPE).await;
    let public = app.register_with(SCOPE, &serde_json::json!({"token_endpoint_auth_method": "none"})).await;
    for thief in [&other, &public] {
        let refused = app.redeem_code(thief, &code, &[]).await;
        refused.expect_error(400, "invalid_grant");
        assert_eq!(refused.text, app.redeem_code(thief, "unknown", &[]).await.text, "they do not learn that it is one");
    }
    let tokens = app.redeem_code(&partner, &code, &[]).await;
    // Spent, it is as little theirs: a stranger must not be able to end it.
    for thief in [&other, &public] {
        app.redeem_code(thief, &code, &[]).await.expect_error(400, "invalid_grant");
        app.refresh_with(thief, &tokens.refresh_token(), &[]).await.expect_error(400, "invalid_grant");
    }
    assert_eq!(app.last_row("token.refresh").await.reason.as_deref(), Some("of_another_client"));
    app.refresh(&partner, &tokens.refresh_token()).await.expect(200);
    assert!(app.trail().await.iter().all(|row| row.action != "authorization.revoke"));
}

#[actix_web::test]
async fn of_fifty_uses_at_once_one_wins_and_what_it_won_ends() {
    let app = TestApp::start().await;
    let (partner, _, code) = setting(&app).await;
    let answers = join_all((0..50).map(|_| app.redeem_code(&partner, &code, &[]))).await;
    let (won, lost): (Vec<_>, Vec<_>) = answers.into_iter().partition(|answer| answer.status == 200);
    assert_eq!(won.len(), 1);
    for answer in lost {
        answer.expect_error(400, "invalid_grant");
    }
    app.refresh(&partner, &won[0].refresh_token()).await.expect_error(400, "invalid_grant");
    let issued = app.trail().await.into_iter().filter(|row| row.action == "token.issue" && row.subject.is_some());
    assert_eq!(issued.filter(|row| row.actor == partner.client_id).count(), 1);
}
