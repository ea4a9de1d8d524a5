//! `/account`: what a person has allowed, and how they take it back.

use reqwest::Method;
use serde_json::json;

use crate::support::{OPERATOR, TestApp, authorize};

const CUSTOMER: &str = "customer@example.com";
const PASSWORD: &str = "correct horse";
const SCOPE: &str = "openid orders:read offline_access";

#[actix_web::test]
async fn the_page_lists_what_was_allowed_in_plain_words() {
    let app = TestApp::start().await;
    app.create_user(CUSTOMER, PASSWORD, &["customer"]).await;
    let partner = app.register_for_people("Acme", SCOPE).await;
    let browser = app.browser_of(CUSTOMER, PASSWORD).await;
    assert!(browser.open("/account").await.forms.is_empty(), "nothing allowed, nothing to withdraw");
    browser.allow(&partner, SCOPE).await;
    let page = browser.open("/account").await;
    for text in ["Acme", "see your orders", "keep this access after you sign out", CUSTOMER, "Somebody"] {
        assert!(page.text.contains(text), "{text}: {}", page.text);
    }
    assert_eq!(page.forms.len(), 1);
    assert!(page.form("/account/withdraw").value("consent_id").starts_with("con_"));
}

#[actix_web::test]
async fn what_is_withdrawn_ends_at_once_and_the_partner_has_to_ask_again() {
    let app = TestApp::start().await;
    let user_id = app.create_user(CUSTOMER, PASSWORD, &["customer"]).await;
    let (partner, other) =
        (app.register_for_people("Acme", SCOPE).await, app.register_for_people("Other", SCOPE).await);
    let browser = app.browser_of(CUSTOMER, PASSWORD).await;
    let tokens = app.redeem(&partner, &browser.allow(&partner, SCOPE).await).await;
    let others = app.redeem(&other, &browser.allow(&other, SCOPE).await).await;
    // Allowed once, it is not asked again.
    let again = browser.follow(browser.get(&authorize(&partner, SCOPE, &[])).await).await;
    assert!(again.expect(303).header("location").unwrap().contains("code="), "{again:?}");

    let page = browser.open("/account").await;
    assert_eq!(page.forms.len(), 2);
    let first = page.text.find("Acme").unwrap() < page.text.find("Other").unwrap();
    let form = page.forms[usize::from(!first)].clone();
    browser.submit(&form).await.expect_redirect("/account");
    let page = browser.open("/account").await;
    assert!(!page.text.contains("Acme") && page.text.contains("Other"), "{}", page.text);
    let row = app.last_row("consent.withdraw").await;
    assert_eq!((row.actor.as_str(), row.partner.as_deref()), (user_id.as_str(), Some(partner.client_id.as_str())));
    assert_eq!(row.object.as_deref(), Some(form.value("consent_id")));

    app.refresh(&partner, &tokens.expect(200).text_of("refresh_token")).await.expect_error(400, "invalid_grant");
    app.refresh(&other, &others.expect(200).text_of("refresh_token")).await.expect(200);
    let asked = browser.follow(browser.get(&authorize(&partner, SCOPE, &[])).await).await;
    asked.expect(200).html().form("/consent");
    // The same click twice.
    browser.submit(&form).await.expect_error_page(404);
}

#[actix_web::test]
async fn nobody_withdraws_what_another_person_allowed() {
    let app = TestApp::start().await;
    app.create_user(CUSTOMER, PASSWORD, &["customer"]).await;
    let partner = app.register_for_people("Acme", SCOPE).await;
    let (theirs, own) =
        (app.browser_of(CUSTOMER, PASSWORD).await, app.browser_of(OPERATOR, &app.operator_password()).await);
    theirs.allow(&partner, SCOPE).await;
    own.allow(&partner, SCOPE).await;
    let foreign = theirs.open("/account").await.form("/account/withdraw").value("consent_id").to_owned();
    let form = own.open("/account").await.form("/account/withdraw");
    for consent_id in [foreign.as_str(), "con_unknown", "", "a\u{0}b", "' OR 1=1 --"] {
        own.submit(&form.clone().with("consent_id", consent_id)).await.expect_error_page(404);
    }
    assert_eq!(theirs.open("/account").await.forms.len(), 1);
    assert_eq!(own.open("/account").await.forms.len(), 1);
}

/// Names are other people's texts, wherever they are shown.
#[actix_web::test]
async fn no_name_becomes_markup() {
    let app = TestApp::start().await;
    let names = ["<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "'; DROP TABLE users; --", "</main>"];
    for (index, name) in names.into_iter().enumerate() {
        let email = format!("person{index}@example.com");
        let body = json!({"email": email, "password": PASSWORD, "roles": ["customer"], "name": name});
        app.manage(Method::POST, "/users", Some(&body)).await.expect(201);
        let partner = app.register_for_people(name, SCOPE).await;
        let browser = app.browser();
        let path = authorize(&partner, SCOPE, &[("login_hint", name), ("state", name)]);
        let sign_in = browser.follow(browser.get(&path).await).await;
        let form = sign_in.html().form("/sign-in").with("email", &email).with("password", PASSWORD);
        let consent = browser.follow(browser.submit(&form).await).await;
        let form = consent.html().form("/consent").with("decision", "allow");
        browser.submit(&form).await.expect(303);
        let account = browser.get("/account").await;
        for page in [sign_in, consent, account].map(|answer| answer.expect(200).html()) {
            assert!(page.text.contains(name), "it is shown as it is: {}", page.text);
            for (element, attributes) in &page.elements {
                assert!(!["script", "img"].contains(&element.as_str()), "{element} {attributes:?}");
                assert!(!attributes.keys().any(|name| name.starts_with("on")), "{element} {attributes:?}");
            }
            assert_eq!(page.elements.iter().filter(|(element, _)| element == "main").count(), 1);
        }
    }
}
