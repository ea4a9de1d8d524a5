//! What OpenID Connect lets a client ask for about the sign-in (Core section 3.1.2.1): whether somebody may be asked, how
//! long ago they signed in, and who they are.

use std::time::Duration;

use crate::support::{Answer, Ask, Browser, OPERATOR, PASSWORD, TestApp, challenge_of};

const SCOPE: &str = "openid orders:read";
const CUSTOMER: &str = "customer@example.com";
const SECOND: Duration = Duration::from_secs(1);

/// The person signs in on the page that the request leads to.
async fn signs_in(browser: &Browser<'_>, answer: &Answer, email: &str, password: &str) -> Answer {
    let sealed = answer.sealed_for("/sign-in");
    let answer = browser.sign_in_at(&format!("/sign-in?request={sealed}"), email, password).await;
    browser.follow(answer).await
}

#[actix_web::test]
async fn with_prompt_none_nobody_is_asked() {
    let app = TestApp::start().await;
    let partner = app.register_for_people("Acme", SCOPE).await;
    let ask = Ask::of(&partner.client_id, SCOPE);
    let silent = ask.clone().with("prompt", "none");
    app.browser().get(&silent.path()).await.expect_back("login_required");
    let browser = app.customer(CUSTOMER).await;
    browser.get(&silent.path()).await.expect_back("consent_required");
    browser.code_for(&ask).await;
    let code = browser.get(&silent.path()).await.code();
    app.redeem_code(&partner, &code, &[]).await.expect(200);
    browser.get(&silent.clone().with("scope", "openid").path()).await.code();
    app.clock.advance(Duration::from_secs(12 * 3600));
    browser.get(&silent.path()).await.expect_back("login_required");
}

#[actix_web::test]
async fn prompt_login_and_select_account_ask_for_a_new_sign_in_and_take_it() {
    let app = TestApp::start().await;
    let partner = app.register_for_people("Acme", SCOPE).await;
    let browser = app.customer(CUSTOMER).await;
    let ask = Ask::of(&partner.client_id, SCOPE);
    browser.code_for(&ask).await;
    for prompt in ["login", "select_account", "login select_account", "consent login"] {
        app.clock.advance(SECOND);
        let ask = ask.clone().with("prompt", prompt);
        let mut answer = browser.get(&ask.path()).await;
        // Whoever goes past the page comes back to it.
        let sealed = answer.sealed_for("/sign-in");
        browser.get(&format!("/consent?request={sealed}")).await.sealed_for("/sign-in");
        answer = signs_in(&browser, &answer, CUSTOMER, PASSWORD).await;
        if prompt.contains("consent") {
            let form = answer.expect(200).html().form("/consent").with("decision", "allow");
            answer = browser.submit(&form).await;
        }
        answer.code();
    }
}

/// The form of one request's consent page, sent with another request that asks for a new sign-in.
#[actix_web::test]
async fn no_form_of_another_request_goes_past_what_a_request_demands() {
    let app = TestApp::start().await;
    let partner = app.register_for_people("Acme", SCOPE).await;
    let browser = app.customer(CUSTOMER).await;
    let operator = app.browser_of(OPERATOR, &app.operator_password()).await;
    let ask = Ask::of(&partner.client_id, SCOPE);
    let form = browser.arrive(&ask).await.expect(200).html().form("/consent").with("decision", "allow");
    let of_operator = app.granted(&operator, &partner, SCOPE).await.text_of("id_token");
    app.clock.advance(SECOND);
    for (name, value) in
        [("prompt", "login"), ("prompt", "select_account"), ("max_age", "0"), ("id_token_hint", of_operator.as_str())]
    {
        let sealed = browser.get(&ask.clone().with(name, value).path()).await.sealed_for("/sign-in");
        browser.submit(&form.clone().with("request", &sealed)).await.sealed_for("/sign-in");
    }
    browser.submit(&form).await.code();
}

#[actix_web::test]
async fn prompt_consent_asks_again() {
    let app = TestApp::start().await;
    let partner = app.register_for_people("Acme", SCOPE).await;
    let browser = app.customer(CUSTOMER).await;
    let ask = Ask::of(&partner.client_id, SCOPE);
    browser.code_for(&ask).await;
    app.clock.advance(SECOND);
    browser.get(&ask.path()).await.code();
    let again = ask.clone().with("prompt", "consent");
    browser.decide(&again, "deny").await.expect_back("access_denied");
    app.clock.advance(SECOND);
    browser.decide(&again, "allow").await.code();
}

#[actix_web::test]
async fn max_age_asks_whoever_signed_in_longer_ago() {
    let app = TestApp::start().await;
    let partner = app.register_for_people("Acme", SCOPE).await;
    let browser = app.customer(CUSTOMER).await;
    let ask = Ask::of(&partner.client_id, SCOPE);
    browser.code_for(&ask).await;
    app.clock.advance(60 * SECOND);
    for age in ["60", "61", "4294967295", "00060"] {
        browser.get(&ask.clone().with("max_age", age).path()).await.code();
    }
    browser.get(&ask.clone().with("max_age", "59").with("prompt", "none").path()).await.expect_back("login_required");
    for age in ["59", "0"] {
        app.clock.advance(60 * SECOND);
        let answer = browser.get(&ask.clone().with("max_age", age).path()).await;
        signs_in(&browser, &answer, CUSTOMER, PASSWORD).await.code();
    }
}

#[actix_web::test]
async fn login_hint_fills_the_form_in_and_is_nothing_but_text() {
    let app = TestApp::start().await;
    let ask = Ask::of(&app.register_for_people("Acme", SCOPE).await.client_id, SCOPE);
    for (hint, shown) in [
        (CUSTOMER, CUSTOMER),
        ("o'neil+x@example.com", "o'neil+x@example.com"),
        ("\"><script>alert(1)</script>", ""),
        ("\"onfocus=alert(1) autofocus x=\"@example.com", ""),
        ("nobody", ""),
        ("a\u{0}@example.com", ""),
    ] {
        let browser = app.browser();
        let page = browser.arrive(&ask.clone().with("login_hint", hint)).await;
        let html = page.expect(200).html();
        assert_eq!(html.form("/sign-in").value("email"), shown, "{hint}");
        assert!(html.elements.iter().all(|(name, _)| name != "script"), "{page:?}");
        let attributes = html.elements.iter().flat_map(|(_, attributes)| attributes.keys());
        assert!(attributes.clone().all(|name| !name.starts_with("on") && name != "x"), "{page:?}");
    }
}

#[actix_web::test]
async fn id_token_hint_names_who_is_expected() {
    let app = TestApp::start().await;
    let (partner, other) = (app.register_for_people("Acme", SCOPE).await, app.register_for_people("B", SCOPE).await);
    let browser = app.customer(CUSTOMER).await;
    let operator = app.browser_of(OPERATOR, &app.operator_password()).await;
    let own = app.granted(&browser, &partner, SCOPE).await;
    let (access_token, own) = (own.access_token(), own.text_of("id_token"));
    let of_operator = app.granted(&operator, &partner, SCOPE).await.text_of("id_token");
    let of_other = app.granted(&browser, &other, SCOPE).await.text_of("id_token");
    let ask = Ask::of(&partner.client_id, SCOPE);
    let with = |hint: &str| ask.clone().with("id_token_hint", hint);

    browser.get(&with(&own).path()).await.code();
    browser.get(&with(&own).with("prompt", "none").path()).await.code();
    browser.get(&with(&of_operator).with("prompt", "none").path()).await.expect_back("login_required");
    // Somebody else signs in: that is not who is expected.
    let answer = browser.get(&with(&of_operator).path()).await;
    let answer = signs_in(&browser, &answer, CUSTOMER, PASSWORD).await;
    answer.expect(200).html().form("/sign-in");
    let form = answer.html().form("/sign-in").with("email", OPERATOR).with("password", &app.operator_password());
    browser.follow(browser.submit(&form).await).await.code();

    let cut = &own[..own.len() - 2];
    for hint in [of_other.as_str(), &access_token, cut, "garbage", "..", "eyJhbGciOiJub25lIn0.e30.", &challenge_of("x")]
    {
        browser.get(&with(hint).path()).await.expect_back("invalid_request").expect_no_echo(&[hint]);
    }
    let stranger = app.mint.access_token(&partner.client_id, &partner.client_id, "openid");
    browser.get(&with(&stranger.signed_by_a_stranger().build()).path()).await.expect_back("invalid_request");
    // As long as a session may last it may have expired.
    app.clock.advance(Duration::from_secs(11 * 3600));
    operator.get(&with(&of_operator).path()).await.code();
}
