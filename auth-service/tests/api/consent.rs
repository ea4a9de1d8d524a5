//! `/consent`: a person is asked, and the answer is theirs.

use std::time::Duration;

use futures_util::future::{join, join_all};

use crate::support::{Ask, OPERATOR, PASSWORD, REDIRECT_URI, TestApp};

const SCOPE: &str = "openid orders:read accounts:read";
const CUSTOMER: &str = "customer@example.com";

#[actix_web::test]
async fn no_is_told_to_the_client_and_recorded_and_not_remembered() {
    let app = TestApp::start().await;
    let browser = app.customer(CUSTOMER).await;
    let partner = app.register_for_people("Acme", SCOPE).await;
    let ask = Ask::of(&partner.client_id, SCOPE);
    for _ in 0..2 {
        browser.decide(&ask, "deny").await.expect_back("access_denied");
    }
    let row = app.last_row("authorization.deny").await;
    assert!(row.actor.starts_with("usr_") && row.partner.as_deref() == Some(partner.client_id.as_str()), "{row:?}");
    assert!(app.trail().await.iter().all(|row| row.action != "authorization.give"));
}

#[actix_web::test]
async fn yes_is_remembered_for_as_much_as_was_asked() {
    let app = TestApp::start().await;
    let browser = app.customer(CUSTOMER).await;
    let partner = app.register_for_people("Acme", "openid email orders:read accounts:read").await;
    let ask = Ask::of(&partner.client_id, "openid orders:read");
    browser.decide(&ask, "allow").await.code();
    for less in ["openid orders:read", "orders:read", "openid"] {
        browser.get(&ask.clone().with("scope", less).path()).await.code();
    }
    // More is asked again, as a whole; and both are allowed then.
    let more = ask.clone().with("scope", "openid email");
    let page = browser.arrive(&more).await.expect(200).html();
    assert!(page.text.contains("e-mail address") && !page.text.contains("see your orders"), "{}", page.text);
    browser.decide(&more, "allow").await.code();
    browser.get(&ask.clone().with("scope", "openid email orders:read").path()).await.code();
    browser.get(&ask.with("scope", "accounts:read").path()).await.sealed_for("/consent");
    assert_eq!(browser.open("/account").await.forms.len(), 1);
}

#[actix_web::test]
async fn one_persons_yes_is_not_anothers_nor_for_another_client() {
    let app = TestApp::start().await;
    let browser = app.customer(CUSTOMER).await;
    let (partner, other) = (app.register_for_people("Acme", SCOPE).await, app.register_for_people("B", SCOPE).await);
    let ask = Ask::of(&partner.client_id, SCOPE);
    browser.decide(&ask, "allow").await.code();
    browser.get(&Ask::of(&other.client_id, SCOPE).path()).await.sealed_for("/consent");
    let operator = app.browser_of(OPERATOR, &app.operator_password()).await;
    operator.get(&ask.path()).await.sealed_for("/consent");
    // The other person signs in at the browser of the first.
    let sealed = app.get(&ask.path()).await.sealed_for("/sign-in");
    let path = format!("/sign-in?request={sealed}");
    let answer = browser.sign_in_at(&path, OPERATOR, &app.operator_password()).await;
    browser.follow(answer).await.expect(200).html().form("/consent");
}

#[actix_web::test]
async fn the_form_counts_in_the_browser_that_got_it_and_with_its_token() {
    let app = TestApp::start().await;
    let browser = app.customer(CUSTOMER).await;
    let partner = app.register_for_people("Acme", SCOPE).await;
    let ask = Ask::of(&partner.client_id, SCOPE);
    let form = browser.arrive(&ask).await.html().form("/consent").with("decision", "allow");
    let attacker = app.customer("attacker@example.com").await;
    let of_attacker = attacker.arrive(&ask).await.html().form("/consent").value("csrf").to_owned();
    for wrong in [form.clone().without("csrf"), form.clone().with("csrf", "x"), form.clone().with("csrf", &of_attacker)]
    {
        browser.submit(&wrong).await.expect_error_page(403);
    }
    let cross = [("origin", "https://evil.example"), ("sec-fetch-site", "cross-site")];
    browser.submit_with(&form, &cross).await.expect_error_page(403);
    attacker.submit(&form).await.expect_error_page(403);
    app.browser().submit(&form).await.expect_error_page(403);
    assert!(app.trail().await.iter().all(|row| row.action != "authorization.give"));
    for decision in ["", "maybe", "ALLOW"] {
        let mut undecided = form.clone().without("decision");
        undecided.fields.push(("decision".to_owned(), decision.to_owned()));
        browser.submit(&undecided).await.expect_back("invalid_request");
    }
    browser.submit(&form).await.code();
}

#[actix_web::test]
async fn whoever_signed_out_meanwhile_or_took_too_long_allows_nothing() {
    let app = TestApp::start().await;
    let browser = app.customer(CUSTOMER).await;
    let partner = app.register_for_people("Acme", SCOPE).await;
    let ask = Ask::of(&partner.client_id, SCOPE);
    let form = browser.arrive(&ask).await.html().form("/consent").with("decision", "allow");
    app.clock.advance(Duration::from_secs(30 * 60));
    browser.submit(&form).await.expect_error_page(400);
    let form = browser.arrive(&ask).await.html().form("/consent").with("decision", "allow");
    let cookie = browser.cookie().unwrap();
    browser.submit(&browser.open("/sign-out").await.form("/sign-out")).await.expect(303);
    browser.plant(&cookie);
    browser.submit(&form).await.sealed_for("/sign-in");
    for sealed in ["", "x", "x.y", form.value("request").trim_end_matches(|_| true)] {
        browser.get(&format!("/consent?request={sealed}")).await.expect_error_page(400);
    }
}

#[actix_web::test]
async fn a_withdrawal_reaches_a_code_that_is_on_its_way() {
    let app = TestApp::start().await;
    let browser = app.customer(CUSTOMER).await;
    let partner = app.register_for_people("Acme", SCOPE).await;
    let ask = Ask::of(&partner.client_id, SCOPE);
    let code = browser.code_for(&ask).await;
    browser.submit(&browser.open("/account").await.form("/account/withdraw")).await.expect(303);
    app.redeem_code(&partner, &code, &[]).await.expect_error(400, "invalid_grant");
    browser.get(&ask.with("prompt", "none").path()).await.expect_back("consent_required");
}

/// Whichever comes first: a code that leaves is over when the withdrawal is answered.
#[actix_web::test]
async fn a_withdrawal_and_a_request_at_once_leave_nothing_that_is_good() {
    let app = TestApp::start().await;
    let browser = app.customer(CUSTOMER).await;
    let partner = app.register_for_people("Acme", SCOPE).await;
    let ask = Ask::of(&partner.client_id, SCOPE);
    let silent = ask.clone().with("prompt", "none").path();
    for _ in 0..5 {
        browser.code_for(&ask).await;
        let form = browser.open("/account").await.form("/account/withdraw");
        let requests = join_all((0..8).map(|_| browser.get(&silent)));
        let (answers, withdrawn) = join(requests, browser.submit(&form)).await;
        withdrawn.expect(303);
        for answer in answers {
            let back = answer.back_at(REDIRECT_URI);
            match back.get("code") {
                Some(code) => {
                    app.redeem_code(&partner, code, &[]).await.expect_error(400, "invalid_grant");
                }
                None => assert!(["access_denied", "consent_required"].contains(&back["error"].as_str()), "{back:?}"),
            }
        }
    }
}

/// Two browsers, and clicks that are sent twice: each answer has a code, and one consent is remembered, with all of it.
#[actix_web::test]
async fn forms_that_are_sent_ten_times_at_once_are_one_consent() {
    let app = TestApp::start().await;
    let browsers = [app.customer(CUSTOMER).await, app.browser_of(CUSTOMER, PASSWORD).await];
    for n in 0..5 {
        let partner = app.register_for_people("Acme", SCOPE).await;
        let mut forms = Vec::new();
        for (browser, scope) in browsers.iter().zip(["openid orders:read", "openid accounts:read"]) {
            let page = browser.arrive(&Ask::of(&partner.client_id, scope)).await.html();
            forms.push(page.form("/consent").with("decision", "allow"));
        }
        let answers = join_all((0..10).map(|n| browsers[n % 2].submit(&forms[n % 2]))).await;
        for answer in &answers {
            answer.code();
        }
        assert_eq!(browsers[0].open("/account").await.forms.len(), n + 1);
        browsers[1].get(&Ask::of(&partner.client_id, SCOPE).with("prompt", "none").path()).await.code();
    }
}
