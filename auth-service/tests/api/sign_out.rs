//! `/sign-out`: the session ends, and with it what lives no longer than it.

use crate::support::{OPERATOR, TestApp};

#[actix_web::test]
async fn a_person_is_asked_and_then_signed_out() {
    let app = TestApp::start().await;
    let browser = app.browser_of(OPERATOR, &app.operator_password()).await;
    let kept = browser.cookie().unwrap();
    // A link to it, in whichever page, signs nobody out.
    let page = browser.open("/sign-out").await;
    browser.open("/account").await;
    let answer = browser.submit(&page.form("/sign-out")).await;
    let cookie = answer.expect_redirect("/sign-out").header("set-cookie").unwrap();
    assert_eq!(cookie, "session=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0");
    assert_eq!(browser.cookie(), None);
    let page = browser.open("/sign-out").await;
    assert!(page.forms.is_empty() && page.text.contains("You are signed out"), "{}", page.text);
    assert!(app.last_row("session.end").await.object.unwrap().starts_with("ses_"));

    // The session is over, not only forgotten by this browser.
    browser.plant(&kept);
    browser.get("/account").await.expect_redirect("/sign-in");
}

#[actix_web::test]
async fn one_browser_signs_out_and_the_other_stays() {
    let app = TestApp::start().await;
    let password = app.operator_password();
    let (first, second) = (app.browser_of(OPERATOR, &password).await, app.browser_of(OPERATOR, &password).await);
    first.submit(&first.open("/sign-out").await.form("/sign-out")).await.expect(303);
    second.open("/account").await;
}

/// A refresh token without `offline_access` lives with the session (OpenID Connect Back-Channel Logout section 2.7).
#[actix_web::test]
async fn what_was_granted_online_ends_with_the_session_and_what_was_granted_offline_does_not() {
    let app = TestApp::start().await;
    let browser = app.browser_of(OPERATOR, &app.operator_password()).await;
    let mut granted = Vec::new();
    for (scope, status) in [("orders:read", 400), ("orders:read offline_access", 200)] {
        let partner = app.register_for_people("Acme", scope).await;
        let tokens = app.redeem(&partner, &browser.allow(&partner, scope).await).await;
        let refreshed = app.refresh(&partner, &tokens.expect(200).text_of("refresh_token")).await;
        granted.push((partner, refreshed.expect(200).text_of("refresh_token"), status));
    }
    browser.submit(&browser.open("/sign-out").await.form("/sign-out")).await.expect(303);
    for (partner, refresh_token, status) in granted {
        let answer = app.refresh(&partner, &refresh_token).await;
        answer.expect(status);
        if status == 400 {
            answer.expect_error(400, "invalid_grant");
        }
    }
}
