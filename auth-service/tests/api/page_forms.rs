//! Every form of every page: sent from another page, another browser or another site, it does nothing.

use reqwest::Method;

use crate::support::{ASK, Answer, Browser, Form, OPERATOR, TestApp, authorize};

const SCOPE: &str = "openid orders:read";

/// One form of each kind, as it stands on its page, ready to be sent, in the browser that loaded it.
async fn forms<'a>(app: &'a TestApp) -> Vec<(Browser<'a>, Form)> {
    let password = app.operator_password();
    let stranger = app.browser();
    let sign_in = stranger.open("/sign-in").await.form("/sign-in").with("email", OPERATOR).with("password", &password);
    let partner = app.register_for_people("Acme", SCOPE).await;
    let asked = app.browser_of(OPERATOR, &password).await;
    let consent = asked.follow(asked.get(&authorize(&partner, SCOPE, &[])).await).await.html().form("/consent");
    let allowed = app.browser_of(OPERATOR, &password).await;
    let other = app.register_for_people("Other", SCOPE).await;
    allowed.allow(&other, SCOPE).await;
    let withdraw = allowed.open("/account").await.form("/account/withdraw");
    let leaving = app.browser_of(OPERATOR, &password).await;
    let sign_out = leaving.open("/sign-out").await.form("/sign-out");
    let reader = app.browser();
    let link = reader.open("/sign-in").await.form(ASK).with("email", OPERATOR);
    vec![
        (stranger, sign_in),
        (reader, link),
        (asked, consent.with("decision", "allow")),
        (allowed, withdraw),
        (leaving, sign_out),
    ]
}

/// Nothing happened: no row, no cookie, and the same form is still good afterwards.
async fn expect_refused(app: &TestApp, status: u16, what: &str, form: &Form, sent: impl Future<Output = Answer>) {
    let before = app.trail().await.len();
    let answer = sent.await;
    let name = format!("{} {what}", form.action);
    assert_eq!(answer.status, status, "{name}: {answer:?}");
    answer.expect_error_page(status);
    assert!(answer.header("set-cookie").is_none() && answer.header("location").is_none(), "{name}: {answer:?}");
    assert_eq!(app.trail().await.len(), before, "{name} left a row");
}

#[actix_web::test]
async fn a_form_without_the_token_of_this_page_and_browser_does_nothing() {
    let app = TestApp::start().await;
    let forms = forms(&app).await;
    let stranger = app.browser();
    let strangers = stranger.open("/sign-in").await.form("/sign-in").value("csrf").to_owned();
    for (index, (browser, form)) in forms.iter().enumerate() {
        let good = form.value("csrf").to_owned();
        // The token of another form, in this browser.
        let others = match form.action.as_str() {
            ASK => browser.open("/sign-in").await.form("/sign-in").value("csrf").to_owned(),
            "/sign-in" => browser.open("/sign-in").await.form("/sign-in/link").value("csrf").to_owned(),
            "/sign-out" => strangers.clone(),
            _ => browser.open("/sign-out").await.form("/sign-out").value("csrf").to_owned(),
        };
        assert_ne!(good, others, "{index}");
        let wrong = [
            ("no token", form.clone().without("csrf")),
            ("an empty token", form.clone().with("csrf", "")),
            ("another browser's token", form.clone().with("csrf", &strangers)),
            ("another form's token", form.clone().with("csrf", &others)),
            ("a cut token", form.clone().with("csrf", &good[1..])),
        ];
        for (what, form) in wrong {
            expect_refused(&app, 403, what, &form, browser.submit(&form)).await;
        }
        expect_refused(&app, 403, "in another browser", form, stranger.submit(form)).await;
        expect_refused(&app, 403, "without a cookie", form, app.browser().submit(form)).await;
        browser.submit(form).await.expect(303);
    }
}

#[actix_web::test]
async fn csrf_a_form_from_another_site_does_nothing() {
    let app = TestApp::start().await;
    for (browser, form) in forms(&app).await {
        let foreign: [&[(&str, &str)]; 10] = [
            &[("origin", "https://evil.example")],
            &[("origin", "https://partner.example"), ("sec-fetch-site", "cross-site")],
            &[("origin", "http://localhost:8081"), ("sec-fetch-site", "same-site")],
            &[("origin", "http://localhost:8080.evil.example")],
            &[("origin", "https://localhost:8080")],
            &[("origin", "http://127.0.0.1:8080")],
            // A sandboxed frame, with and without Fetch Metadata.
            &[("origin", "null")],
            &[("origin", "null"), ("sec-fetch-site", "cross-site")],
            &[("sec-fetch-site", "cross-site")],
            &[("sec-fetch-site", "same-site")],
        ];
        for headers in foreign {
            expect_refused(&app, 403, &format!("{headers:?}"), &form, browser.submit_with(&form, headers)).await;
        }
        let ours = [("origin", "http://localhost:8080"), ("sec-fetch-site", "same-origin")];
        browser.submit_with(&form, &ours).await.expect(303);
    }
}

#[actix_web::test]
async fn a_form_is_read_strictly() {
    let app = TestApp::start().await;
    for (browser, form) in forms(&app).await {
        let post = |kind: &'static str, body: String| {
            browser.send(app.request(Method::POST, &form.action).header("content-type", kind).body(body))
        };
        let csrf = form.value("csrf");
        let encoded = "application/x-www-form-urlencoded";
        expect_refused(&app, 415, "JSON", &form, post("application/json", format!("{{\"csrf\":\"{csrf}\"}}"))).await;
        expect_refused(&app, 415, "text", &form, post("text/plain", format!("csrf={csrf}"))).await;
        expect_refused(&app, 415, "multipart", &form, post("multipart/form-data; boundary=x", String::new())).await;
        expect_refused(&app, 400, "twice", &form, post(encoded, format!("csrf={csrf}&csrf={csrf}"))).await;
        expect_refused(&app, 400, "no UTF-8", &form, post(encoded, format!("csrf={csrf}&email=%ff"))).await;
        expect_refused(&app, 413, "long", &form, post(encoded, format!("csrf={csrf}&x={}", "y".repeat(70_000)))).await;
        expect_refused(&app, 403, "empty", &form, post(encoded, String::new())).await;
        // In the URL, where they would be logged, parameters are not looked at.
        let path = format!("{}?csrf={csrf}", form.action);
        let sent = browser.send(app.request(Method::POST, &path).header("content-type", encoded));
        expect_refused(&app, 403, "in the URL", &form, sent).await;
    }
}
