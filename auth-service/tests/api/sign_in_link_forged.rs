//! Sign-in links that are none, and links that are used as something else.

use reqwest::Method;
use serde_json::json;

use crate::support::{ADMIN, Answer, Ask, ISSUER, ORDERS, SENT, TestApp, by_assertion, claims, parameter};

const ALICE: &str = "alice@example.com";
const LINK: &str = "http://localhost:8080/sign-in/link";

/// Every altered link, and every other kind of token, in the right browser and with our own signature where there is one.
#[actix_web::test]
async fn what_is_no_link_of_ours_signs_nobody_in() {
    let app = TestApp::start().await;
    let browser = app.browser();
    let good = browser.link_to(&app, ALICE).await;
    let (form, said) = (browser.form_of_link(&good).await, claims(&good));
    let (id, digest) = (said["jti"].as_str().unwrap(), said["browser"].as_str().unwrap());
    let link = || app.mint.sign_in_link(LINK, id, digest);
    let parts: Vec<_> = good.split('.').collect();
    let bad = [
        String::new(),
        "x".to_owned(),
        "x".repeat(9000),
        format!("{good}x"),
        good[..good.len() - 3].to_owned(),
        format!("{}.{}.", parts[0], parts[1]),
        format!("{}.{}.{}", parts[0], parts[1].to_uppercase(), parts[2]),
        link().signed_by_a_stranger().build(),
        link().header("alg", json!("none")).build(),
        link().header("typ", json!("at+jwt")).build(),
        link().header("typ", json!("JWT")).build(),
        link().claim("aud", json!(ISSUER)).build(),
        link().claim("aud", json!(ADMIN)).build(),
        link().claim("iss", json!("https://elsewhere.example")).build(),
        link().claim("exp", json!(said["exp"].as_u64().unwrap() + 1)).build(),
        link().claim("sub", json!("usr_1")).build(),
        link().claim("jti", json!("lnk_1")).claim("sub", json!("lnk_1")).build(),
        app.mint.sign_in_link(LINK, id, "").build(),
        app.mint.sign_in_link(LINK, "lnk_\u{1F600}", digest).build(),
        app.mint.sign_in_link(LINK, "' OR 1=1 --", digest).build(),
        app.mint.access_token(LINK, id, "").claim("browser", json!(digest)).build(),
        app.mint.assertion(LINK, id).claim("iss", json!(ISSUER)).claim("browser", json!(digest)).build(),
        app.mint.receipt(LINK).claim("browser", json!(digest)).build(),
        app.operator_token().await,
    ];
    for token in &bad {
        let answer = browser.submit(&form.clone().with("token", token)).await;
        answer.expect_error_page(400);
        let row = app.last_row("sign_in.link").await;
        assert_eq!((row.outcome.as_str(), row.actor.as_str()), ("refused", "unknown"), "{token}");
        if token.is_ascii() && token.len() < 2000 {
            browser.get(&format!("/sign-in/link?token={}", token.replace(' ', "+"))).await.expect_error_page(400);
        }
    }
    browser.submit(&form.clone().without("token")).await.expect_error_page(400);
    browser.get("/sign-in/link").await.expect_error_page(400);
    browser.get("/sign-in/link?token=a&token=b").await.expect_error_page(400);
    browser.get("/sign-in/link?token=%zz").await.expect_error_page(400);
    browser.submit(&form).await.expect_redirect("/account");
}

/// Signed with our own key, by us, and yet good for nothing but signing in.
#[actix_web::test]
async fn a_link_is_no_other_kind_of_token() {
    let app = TestApp::start().await;
    let browser = app.browser();
    let token = browser.link_to(&app, ALICE).await;
    for path in ["/clients", "/users", "/oauth/userinfo", "/audit-events"] {
        let answer = Answer::of(app.request(Method::GET, path).bearer_auth(&token)).await;
        answer.expect(401);
        assert!(answer.header("www-authenticate").unwrap().contains("error=\"invalid_token\""), "{answer:?}");
    }
    let form = [&[("grant_type", "client_credentials")], by_assertion(&token).as_slice()].concat();
    Answer::of(app.form(&form)).await.expect_error(401, "invalid_client");
    app.exchange("admin-service", &token, ISSUER, &[]).await.expect_error(400, "invalid_request");
    app.exchange("orders-service", &token, ADMIN, &[]).await.expect_error(400, "invalid_request");
    let bearer = [("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"), ("assertion", token.as_str())];
    Answer::of(app.form(&[bearer.as_slice(), &[("resource", ORDERS)]].concat()))
        .await
        .expect_error(400, "invalid_grant");
    let partner = app.register_for_people("Acme", "openid").await;
    let ask = Ask::of(&partner.client_id, "openid").with("id_token_hint", &token);
    browser.get(&ask.path()).await.expect_back("invalid_request");
    app.redeem_code(&partner, &token, &[]).await.expect_error(400, "invalid_grant");
    app.refresh(&partner, &token).await.expect_error(400, "invalid_grant");
    let hint = browser.get(&format!("/oauth/logout?id_token_hint={token}")).await;
    assert!(hint.header("location").is_none_or(|location| location.starts_with('/')), "{hint:?}");
    browser.confirm(&token).await.expect_redirect("/account");
}

#[actix_web::test]
async fn forms_of_others_are_refused_and_do_nothing() {
    let app = TestApp::start().await;
    let browser = app.browser();
    let ask = browser.open("/sign-in").await.form("/sign-in/link").with("email", "bob@example.com");
    let token = browser.link_to(&app, ALICE).await;
    let confirm = browser.form_of_link(&token).await;
    let other = app.browser().open("/sign-in").await.form("/sign-in/link");
    let sign_in = browser.open("/sign-in").await.form("/sign-in");
    let (rows, mails) = (app.trail().await.len(), app.mails().len());
    for form in [&ask, &confirm] {
        for csrf in ["", "x", other.value("csrf"), sign_in.value("csrf")] {
            browser.submit(&form.clone().with("csrf", csrf)).await.expect_error_page(403);
        }
        browser.submit(&form.clone().without("csrf")).await.expect_error_page(403);
        for headers in [
            [("origin", "https://thief.example"), ("sec-fetch-site", "cross-site")],
            [("origin", "null"), ("sec-fetch-site", "cross-site")],
            [("origin", ISSUER), ("sec-fetch-site", "same-site")],
            [("origin", ORDERS), ("sec-fetch-site", "same-origin")],
        ] {
            browser.submit_with(form, &headers).await.expect_error_page(403);
        }
        // Without the cookie, as from a page that another site opened.
        app.browser().submit(form).await.expect_error_page(403);
        let json = app.request(Method::POST, &form.action).json(&json!({"email": ALICE, "token": token}));
        browser.send(json).await.expect_error_page(415);
        let long = form.clone().with(form.fields.last().unwrap().0.as_str(), &"x".repeat(100_000));
        browser.submit(&long).await.expect_error_page(413);
    }
    assert_eq!((app.trail().await.len(), app.mails().len()), (rows, mails));
    browser.submit(&confirm).await.expect_redirect("/account");
}

#[actix_web::test]
async fn nobody_is_sent_anywhere_else() {
    let app = TestApp::start().await;
    let browser = app.browser();
    let ask = browser.open("/sign-in").await.form("/sign-in/link").with("email", ALICE);
    for request in ["https://thief.example", "//thief.example", "x", "x.y", "/account"] {
        let mut form = ask.clone();
        form.fields.push(("request".to_owned(), request.to_owned()));
        browser.submit(&form).await.expect_error_page(400);
    }
    assert!(app.mails().is_empty());
    let token = browser.link_to(&app, ALICE).await;
    let mut form = browser.form_of_link(&token).await;
    for name in ["request", "next", "redirect_uri", "return_to"] {
        form.fields.push((name.to_owned(), "https://thief.example".to_owned()));
    }
    let done = browser.submit(&form).await;
    done.expect_redirect("/account");
    assert_eq!(parameter(done.header("location").unwrap(), "request"), None);
}

#[actix_web::test]
async fn what_is_typed_as_an_address_reaches_one_mailbox_or_none() {
    let app = TestApp::start().await;
    let browser = app.browser();
    let form = browser.open("/sign-in").await.form("/sign-in/link");
    for typed in [
        "",
        "alice",
        "alice@example.com\r\nBcc: thief@example.com",
        "alice@example.com\nthief@example.com",
        "alice@example.com,thief@example.com",
        "\"alice thief\"@example.com",
        "alice@example.com>\r\nRCPT TO:<thief@example.com",
        "\u{430}lice@example.com",
        "alice@ex\u{e4}mple.com",
        "alice@[127.0.0.1]",
        "alice\u{0}@example.com",
        "Alice <alice@example.com>",
    ] {
        browser.submit(&form.clone().with("email", typed)).await.expect_redirect(SENT);
    }
    browser.submit(&form.with("email", "Alice@EXAMPLE.com")).await.expect_redirect(SENT);
    // Its end waits for all mail.
    let mails = app.stop().mails();
    assert_eq!(mails.len(), 1, "{mails:?}");
    assert!(mails[0].contains("To: alice@example.com\r\n") && !mails[0].contains("thief"), "{mails:?}");
}
