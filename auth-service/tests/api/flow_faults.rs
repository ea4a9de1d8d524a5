//! What a person and a client are told while the database is away, or full.

use std::sync::Arc;
use std::time::{Duration, Instant};

use url::form_urlencoded::Serializer;

use crate::support::{Answer, Ask, Browser, Form, House, ISSUER, Line, PASSWORD, Partner, Proxy, TestApp};

const SCOPE: &str = "openid orders:read";
const CUSTOMER: &str = "customer@example.com";

/// As in `faults.rs`: two seconds are promised, the rest is for a machine that runs many tests at once.
const LIMIT: Duration = Duration::from_millis(2500);

async fn in_time(what: &str, answer: impl Future<Output = Answer>) -> Answer {
    let start = Instant::now();
    let answer = answer.await;
    assert!(start.elapsed() < LIMIT, "{what} took {:?}: {answer:?}", start.elapsed());
    answer
}

/// To the client, where it is known that it is the client's address; else a page.
fn expect_unavailable(what: &str, answer: &Answer) {
    if answer.status == 303 {
        answer.expect_back("temporarily_unavailable");
    } else {
        expect_page(what, answer);
    }
}

fn expect_page(what: &str, answer: &Answer) {
    answer.expect_error_page(503);
    assert!(answer.header("retry-after").is_some(), "{what}: {answer:?}");
}

/// The service with a partner, and a line to its database that can be cut. `None` on SQLite, where there is no line.
async fn behind_line() -> Option<(Proxy, TestApp, Partner)> {
    let house = Arc::new(House::new().await);
    let (proxy, url) = house.behind_proxy()?;
    let app = house.start(&[("--database-url", &url)]).await;
    let partner = app.register_for_people("Acme", SCOPE).await;
    Some((proxy, app, partner))
}

/// What somebody who is signed in, and has allowed something, can send.
async fn forms_of_a_person(browser: &Browser<'_>) -> [Form; 2] {
    let (account, sign_out) = (browser.open("/account").await, browser.open("/sign-out").await);
    [account.form("/account/withdraw"), sign_out.form("/sign-out")]
}

/// What somebody can send who is not.
async fn sign_in_forms(browser: &Browser<'_>) -> [Form; 2] {
    let page = browser.open("/sign-in").await;
    let sign_in = page.form("/sign-in").with("email", CUSTOMER).with("password", PASSWORD);
    [sign_in, page.form("/sign-in/link").with("email", CUSTOMER)]
}

async fn with_line(line: Line) {
    let Some((proxy, app, partner)) = behind_line().await else { return };
    let browser = app.customer(CUSTOMER).await;
    let ask = Ask::of(&partner.client_id, SCOPE);
    let form = browser.arrive(&ask).await.html().form("/consent").with("decision", "allow");
    let tokens = app.granted(&app.browser_of(CUSTOMER, PASSWORD).await, &partner, SCOPE).await;
    let here = app.refresh_with(&partner, &tokens.refresh_token(), &[("resource", ISSUER)]).await;
    let code = browser.code_for(&ask).await;
    let (forms, visitor) = (forms_of_a_person(&browser).await, app.browser());
    let sign_in = sign_in_forms(&visitor).await;
    proxy.set(line);

    expect_unavailable("signed in", &in_time("signed in", browser.get(&ask.path())).await);
    expect_unavailable("the form", &in_time("the form", browser.submit(&form)).await);
    let application = Ask::of("orders-app", SCOPE).with("redirect_uri", "http://127.0.0.1:1/callback");
    let back = in_time("an application", browser.get(&application.path())).await.back_at("http://127.0.0.1:1/callback");
    assert_eq!(back["error"], "temporarily_unavailable");
    for path in ["/account", "/sign-in", "/sign-out", "/oauth/logout"] {
        let answer = in_time(path, browser.get(path)).await;
        answer.expect_error_page(503);
    }
    for (browser, form) in sign_in.iter().map(|form| (&visitor, form)).chain(forms.iter().map(|form| (&browser, form)))
    {
        in_time(&form.action, browser.submit(form)).await.expect_error_page(503);
    }
    in_time("a code", app.redeem_code(&partner, &code, &[])).await.expect_error(503, "temporarily_unavailable");
    let refresh = in_time("a refresh", app.refresh(&partner, &here.refresh_token())).await;
    refresh.expect_error(503, "temporarily_unavailable");
    in_time("a push", app.push(&partner, &ask)).await.expect_error(503, "temporarily_unavailable");
    in_time("userinfo", app.userinfo(&here.access_token())).await.expect_problem(503);

    // Nothing was spent by what could not be answered.
    proxy.set(Line::Up);
    let start = Instant::now();
    while app.userinfo(&here.access_token()).await.status != 200 {
        assert!(start.elapsed() < Duration::from_secs(5), "not back within 5 s");
    }
    app.redeem_code(&partner, &code, &[]).await.expect(200);
    app.refresh(&partner, &here.refresh_token()).await.expect(200);
    browser.get(&ask.path()).await.code();
}

#[actix_web::test]
async fn while_the_database_refuses_connections_clients_and_people_are_told_in_time() {
    with_line(Line::Cut).await;
}

#[actix_web::test]
async fn while_the_database_is_silent_clients_and_people_are_told_in_time() {
    with_line(Line::Silent).await;
}

/// Each call is answered, and all of them together would take longer than anybody is promised.
#[actix_web::test]
async fn while_the_database_is_slow_people_are_told_in_time() {
    let Some((proxy, app, partner)) = behind_line().await else { return };
    let browser = app.customer(CUSTOMER).await;
    let ask = Ask::of(&partner.client_id, SCOPE);
    let allow = browser.arrive(&ask).await.html().form("/consent").with("decision", "allow");
    let tokens = app.granted(&app.browser_of(CUSTOMER, PASSWORD).await, &partner, SCOPE).await;
    let here = app.refresh_with(&partner, &tokens.refresh_token(), &[("resource", ISSUER)]).await;
    let [withdraw, sign_out] = forms_of_a_person(&browser).await;
    let stranger = app.browser();
    let [sign_in, _] = sign_in_forms(&stranger).await;
    let token = stranger.link_to(&app, CUSTOMER).await;
    let confirm = stranger.form_of_link(&token).await;
    proxy.set(Line::Slow);

    expect_page("a request", &in_time("a request", browser.get(&ask.path())).await);
    expect_page("the account", &in_time("the account", browser.get("/account")).await);
    let strangers = [&confirm, &sign_in].map(|form| (&stranger, form));
    let own = [&allow, &withdraw, &sign_out].map(|form| (&browser, form));
    for (browser, form) in strangers.into_iter().chain(own) {
        expect_page(&form.action, &in_time(&form.action, browser.submit(form)).await);
    }
    let log_in = in_time("from a terminal", app.log_in(CUSTOMER, PASSWORD)).await;
    assert!(log_in.expect_problem(503).header("retry-after").is_some());
    let userinfo = in_time("userinfo", app.userinfo(&here.access_token())).await;
    assert!(userinfo.expect_problem(503).header("retry-after").is_some());

    // Whatever was done although nobody was told, it can be done again.
    proxy.set(Line::Up);
    let start = Instant::now();
    while app.get("/readyz").await.status != 200 {
        assert!(start.elapsed() < Duration::from_secs(5), "not back within 5 s");
    }
    stranger.submit(&sign_in).await.expect_redirect("/account");
    stranger.code_for(&ask).await;
}

/// Nothing is issued that could not be recorded, and nothing is spent for it.
#[actix_web::test]
async fn without_room_for_its_audit_row_nothing_is_given_and_nothing_is_spent() {
    let app = TestApp::start().await;
    let partner = app.register_for_people("Acme", SCOPE).await;
    let browser = app.customer(CUSTOMER).await;
    let ask = Ask::of(&partner.client_id, SCOPE);
    let form = browser.arrive(&ask).await.html().form("/consent").with("decision", "allow");
    let tokens = app.granted(&app.browser_of(CUSTOMER, PASSWORD).await, &partner, SCOPE).await;
    let code = browser.code_for(&ask).await;
    let (forms, visitor) = (forms_of_a_person(&browser).await, app.browser());
    let sign_in = sign_in_forms(&visitor).await;
    let follower = app.browser();
    // Somebody who is known already, so that it is the session that finds no room.
    follower.confirm(&follower.link_to(&app, "bob@example.com").await).await.expect_redirect("/account");
    let follower = app.browser();
    let pushed = app.push(&partner, &ask.clone().with("prompt", "consent")).await.text_of("request_uri");
    let by_uri = [("client_id", partner.client_id.as_str()), ("request_uri", pushed.as_str())];
    let by_uri = format!("/oauth/authorize?{}", Serializer::new(String::new()).extend_pairs(by_uri).finish());
    let denied_by_uri =
        browser.follow(browser.get(&by_uri).await).await.html().form("/consent").with("decision", "deny");
    let link = follower.form_of_link(&follower.link_to(&app, "bob@example.com").await).await;
    let mails = app.mails().len();
    app.refuse_audit_rows().await;
    follower.submit(&link).await.expect_error_page(503);
    browser.submit(&denied_by_uri).await.expect_back("temporarily_unavailable");
    let denied = form.clone().with("decision", "deny");
    for answer in [browser.submit(&form).await, browser.submit(&denied).await, browser.get(&ask.path()).await] {
        answer.expect_back("temporarily_unavailable");
    }
    for answer in [app.redeem_code(&partner, &code, &[]).await, app.refresh(&partner, &tokens.refresh_token()).await] {
        answer.expect_error(503, "temporarily_unavailable");
    }
    for (browser, form) in sign_in.iter().map(|form| (&visitor, form)).chain(forms.iter().map(|form| (&browser, form)))
    {
        browser.submit(form).await.expect_error_page(503);
    }
    app.sql(if app.is_postgres() { "DROP TRIGGER disk_full ON audit_events" } else { "DROP TRIGGER disk_full" })
        .await
        .unwrap();
    app.redeem_code(&partner, &code, &[]).await.expect(200);
    app.refresh(&partner, &tokens.refresh_token()).await.expect(200);
    assert_eq!(app.mails().len(), mails, "no letter without its row");
    follower.submit(&link).await.expect_redirect("/account");
    browser.submit(&denied_by_uri).await.expect_back("access_denied");
    browser.open("/account").await.form("/account/withdraw");
    visitor.submit(&sign_in[0]).await.expect_redirect("/account");
}
