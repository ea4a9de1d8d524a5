//! `/sign-in`: a person signs in with a browser.

use std::collections::BTreeSet;
use std::time::Duration;

use futures_util::future::join_all;
use reqwest::Method;
use serde_json::json;
use service_kit::Outcome;

use crate::support::{Answer, OPERATOR, REDIRECT_URI, TestApp, authorize, logged, parameter};

const CUSTOMER: &str = "customer@example.com";
const PASSWORD: &str = "correct horse";

/// Where a client's request leads when nobody is signed in.
async fn waiting_at(app: &TestApp, more: &[(&str, &str)]) -> String {
    let partner = app.register_for_people("Acme", "openid orders:read").await;
    let answer = app.get(&authorize(&partner, "openid orders:read", more)).await;
    let path = answer.expect(303).header("location").unwrap().to_owned();
    assert!(path.starts_with("/sign-in?request="), "{path}");
    path
}

#[actix_web::test]
async fn the_right_password_leads_to_the_account() {
    let app = TestApp::start().await;
    let browser = app.browser();
    browser.sign_in(OPERATOR, &app.operator_password()).await.expect_redirect("/account");
    let page = browser.open("/account").await;
    assert!(page.text.contains(OPERATOR), "{}", page.text);
    // Whoever is signed in already has nothing to do there.
    browser.get("/sign-in").await.expect_redirect("/account");

    let row = app.last_row("sign_in.password").await;
    assert!(row.outcome == Outcome::Allowed && row.actor.starts_with("usr_"), "{row:?}");
    assert_eq!(row.subject.as_deref(), Some(row.actor.as_str()));
    assert!(row.object.unwrap().starts_with("ses_"));
}

#[actix_web::test]
async fn nobody_who_is_not_signed_in_has_an_account_page() {
    let app = TestApp::start().await;
    let browser = app.browser();
    browser.get("/account").await.expect_redirect("/sign-in");
    browser.open("/sign-in").await;
    browser.get("/account").await.expect_redirect("/sign-in");
}

#[actix_web::test]
async fn a_clients_request_goes_on_where_it_waited() {
    let app = TestApp::start().await;
    app.create_user(CUSTOMER, PASSWORD, &["customer"]).await;
    let path = waiting_at(&app, &[("login_hint", CUSTOMER)]).await;
    let browser = app.browser();
    let answer = browser.get(&path).await;
    let page = answer.expect(200).html();
    assert!(page.text.contains("Acme"), "it says who asks: {}", page.text);
    assert_eq!(page.form("/sign-in").value("email"), CUSTOMER, "login_hint");
    assert_eq!(page.form("/sign-in/link").value("request"), parameter(&path, "request").unwrap());
    // Chromium holds the redirect at the end against the policy of the page with the form.
    let policy = answer.header("content-security-policy").unwrap();
    assert!(policy.contains("form-action 'self' https://partner.example;"), "{policy}");

    let form = page.form("/sign-in").with("password", PASSWORD);
    let consent = browser.follow(browser.submit(&form).await).await;
    let form = consent.expect(200).html().form("/consent").with("decision", "allow");
    let location = browser.submit(&form).await.expect(303).header("location").unwrap().to_owned();
    assert!(location.starts_with(REDIRECT_URI) && parameter(&location, "code").is_some(), "{location}");
    assert_eq!(parameter(&location, "state").as_deref(), Some("state-1"));
}

/// Somebody is signed in, and it may be that they are not the right one.
#[actix_web::test]
async fn with_a_request_the_form_is_shown_whoever_is_signed_in() {
    let app = TestApp::start().await;
    app.create_user(CUSTOMER, PASSWORD, &["customer"]).await;
    let path = waiting_at(&app, &[]).await;
    let browser = app.browser_of(OPERATOR, &app.operator_password()).await;
    let answer = browser.sign_in_at(&path, CUSTOMER, PASSWORD).await;
    let page = browser.follow(answer).await.expect(200).html();
    assert!(page.text.contains(CUSTOMER) && !page.text.contains(OPERATOR), "{}", page.text);
}

#[actix_web::test]
async fn user_enumeration_wrong_unknown_and_suspended_get_the_same_page() {
    let app = TestApp::start().await;
    let id = app.create_user(CUSTOMER, PASSWORD, &["customer"]).await;
    app.change_user(&id, &json!({"status": "suspended"})).await.expect(200);
    let tries = [
        (OPERATOR, "my-typed-passw0rd", "wrong_password"),
        (OPERATOR, "", "wrong_password"),
        ("nobody@example.com", PASSWORD, "unknown_user"),
        (CUSTOMER, PASSWORD, "suspended_user"),
        (CUSTOMER, "my-typed-passw0rd", "wrong_password"),
        ("no address", PASSWORD, "unknown_user"),
        ("a\u{0}b@example.com", PASSWORD, "unknown_user"),
        ("", "", "unknown_user"),
    ];
    let browser = app.browser();
    let mut pages = BTreeSet::new();
    for (email, password, reason) in tries {
        let answer = browser.sign_in(email, password).await;
        let page = answer.expect(401).html();
        assert_eq!(page.form("/sign-in").value("password"), "", "{reason}");
        let shown_again = if ["no address", "a\u{0}b@example.com"].contains(&email) { "" } else { email };
        assert_eq!(page.form("/sign-in").value("email"), shown_again, "{reason}");
        assert!(answer.header("www-authenticate").is_some() && answer.header("set-cookie").is_none(), "{answer:?}");
        let row = app.last_row("sign_in.password").await;
        assert_eq!((row.outcome, row.reason.as_deref()), (Outcome::Refused, Some(reason)), "{email}");
        assert!(page.text.contains("The e-mail address or the password is wrong."));
        pages.insert(page.text);
    }
    assert_eq!(pages.len(), 1, "{pages:?}");
    browser.get("/account").await.expect_redirect("/sign-in");
    assert!(!logged("my-typed-passw0rd") && !app.trail_text().await.contains("my-typed-passw0rd"));
}

/// As with `/login`: what takes no time never fills the queue, so each of them is seen to cost a hash.
#[actix_web::test]
async fn user_enumeration_by_time_every_wrong_try_costs_as_much_as_any_other() {
    let app = TestApp::with(&[("--password-cost", "9")]).await;
    let id = app.create_user(CUSTOMER, PASSWORD, &[]).await;
    app.change_user(&id, &json!({"status": "suspended"})).await.expect(200);
    let long = "x".repeat(2000);
    let browser = app.browser();
    // Whoever came by a link has no password, and nobody must learn that they are there.
    browser.confirm(&browser.link_to(&app, "bob@example.com").await).await.expect_redirect("/account");
    let browser = app.browser();
    let form = browser.open("/sign-in").await.form("/sign-in");
    let tries = [
        (OPERATOR, "wrong"),
        ("nobody@example.com", "wrong"),
        ("no address", "wrong"),
        (CUSTOMER, PASSWORD),
        ("bob@example.com", ""),
        ("bob@example.com", "wrong"),
        (OPERATOR, long.as_str()),
        ("nobody@example.com", long.as_str()),
    ];
    for (email, password) in tries {
        let form = form.clone().with("email", email).with("password", password);
        let answers = join_all((0..60).map(|_| browser.submit(&form))).await;
        let put_off = answers.iter().filter(|answer| answer.status == 503).collect::<Vec<_>>();
        assert!(!put_off.is_empty(), "{email} {}", password.len());
        assert!(put_off.len() < answers.len(), "{email}");
        for answer in put_off {
            assert_eq!(answer.expect_error_page(503).header("retry-after"), Some("2"));
        }
    }
}

#[actix_web::test]
async fn too_many_tries_are_told_when_to_come_again_and_count_with_those_of_the_terminal() {
    let app = TestApp::with(&[("--login-tries-per-account", "3")]).await;
    let (browser, password) = (app.browser(), app.operator_password());
    browser.sign_in(OPERATOR, "wrong").await.expect(401);
    app.log_in(OPERATOR, "wrong").await.expect(401);
    browser.sign_in(OPERATOR, "wrong").await.expect(401);
    let recorded = app.trail().await.len();
    for typed in ["wrong", password.as_str()] {
        let answer = browser.sign_in(OPERATOR, typed).await;
        let wait = answer.expect_error_page(429).header("retry-after").unwrap().parse::<u64>().unwrap();
        assert!((1..=60).contains(&wait), "never for good: {wait}");
    }
    app.log_in(OPERATOR, &password).await.expect(429);
    assert_eq!(app.trail().await.len(), recorded, "a limit that costs a write for each try would be none");
}

/// CVE-2026-7507: whoever planted a cookie, or read the one that was there before, has nothing of the session.
#[actix_web::test]
async fn session_fixation_cve_2026_7507_the_cookie_is_a_new_one_after_the_sign_in() {
    let app = TestApp::start().await;
    let (attacker, victim) = (app.browser(), app.browser());
    attacker.open("/sign-in").await;
    let planted = attacker.cookie().unwrap();
    victim.plant(&planted);
    victim.sign_in(OPERATOR, &app.operator_password()).await.expect_redirect("/account");
    let first = victim.cookie().unwrap();
    assert_ne!(first, planted);
    attacker.get("/account").await.expect_redirect("/sign-in");
    victim.open("/account").await;

    // Signing in again ends the session of before.
    let again = app.browser();
    again.plant(&first);
    let path = waiting_at(&app, &[]).await;
    again.sign_in_at(&path, OPERATOR, &app.operator_password()).await.expect(303);
    assert_ne!(again.cookie().unwrap(), first);
    again.open("/account").await;
    victim.get("/account").await.expect_redirect("/sign-in");
}

#[actix_web::test]
async fn a_session_ends_after_twelve_hours_and_when_the_person_is_suspended() {
    let app = TestApp::start().await;
    let id = app.create_user(CUSTOMER, PASSWORD, &["customer"]).await;
    let browser = app.browser_of(CUSTOMER, PASSWORD).await;
    app.clock.advance(Duration::from_secs(12 * 3600 - 1));
    browser.open("/account").await;
    app.clock.advance(Duration::from_secs(1));
    browser.get("/account").await.expect_redirect("/sign-in");

    let browser = app.browser_of(CUSTOMER, PASSWORD).await;
    app.change_user(&id, &json!({"status": "suspended"})).await.expect(200);
    browser.get("/account").await.expect_redirect("/sign-in");
}

#[actix_web::test]
async fn replicas_share_pages_and_sessions() {
    let first = TestApp::start().await;
    let second = first.replica().await;
    let (here, there) = (first.browser(), second.browser());
    let form = here.open("/sign-in").await.form("/sign-in");
    there.plant(&here.cookie().unwrap());
    let form = form.with("email", OPERATOR).with("password", &first.operator_password());
    there.submit(&form).await.expect_redirect("/account");
    here.plant(&there.cookie().unwrap());
    here.open("/account").await;
}

/// The request that waits is signed by us: nobody is sent anywhere, and nobody's name is shown, because a link says so.
#[actix_web::test]
async fn open_redirect_a_request_that_we_did_not_seal_leads_nowhere() {
    let app = TestApp::start().await;
    let path = waiting_at(&app, &[]).await;
    let good = parameter(&path, "request").unwrap();
    let (content, tag) = good.split_once('.').unwrap();
    let bad = [
        "https://evil.example/".to_owned(),
        "//evil.example".to_owned(),
        "/account".to_owned(),
        format!("{content}."),
        format!("{content}A.{tag}"),
        format!("A{content}.{tag}"),
        format!("{content}.{}", tag.chars().rev().collect::<String>()),
        format!("{good}.{tag}"),
        "%00".to_owned(),
        "x".repeat(8000),
    ];
    let browser = app.browser();
    let form = browser.open(&path).await.form("/sign-in");
    let password = app.operator_password();
    for request in bad {
        let shown = browser.get(&format!("/sign-in?request={request}")).await;
        assert_eq!(shown.expect_error_page(400).header("location"), None, "{request}");
        let form = form.clone().with("request", &request).with("email", OPERATOR).with("password", &password);
        let sent = browser.submit(&form).await;
        assert_eq!(sent.expect_error_page(400).header("location"), None, "{request}");
        sent.expect_no_echo(&["evil.example", &password]);
        assert!(sent.header("set-cookie").is_none());
    }
    browser.get(&format!("/sign-in?request={good}&request={good}")).await.expect(200);
    assert!(browser.get("/sign-in?next=https://evil.example/").await.html().form("/sign-in").fields.len() == 3);
}

#[actix_web::test]
async fn a_page_that_was_open_for_half_an_hour_has_to_be_asked_for_again() {
    let app = TestApp::start().await;
    let path = waiting_at(&app, &[]).await;
    let browser = app.browser();
    let form = browser.open(&path).await.form("/sign-in");
    let form = form.with("email", OPERATOR).with("password", &app.operator_password());
    app.clock.advance(Duration::from_secs(30 * 60));
    browser.submit(&form).await.expect_error_page(400);
    browser.get(&path).await.expect_error_page(400);
}

#[actix_web::test]
async fn a_cookie_that_stands_twice_is_none() {
    let app = TestApp::start().await;
    let browser = app.browser_of(OPERATOR, &app.operator_password()).await;
    let cookie = browser.cookie().unwrap();
    let with = |line: String| Answer::of(app.request(Method::GET, "/account").header("cookie", line));
    with(format!("a=b; {cookie}")).await.expect(200);
    for line in [format!("{cookie}; {cookie}"), format!("session=; {cookie}"), format!("{cookie}; session=x")] {
        with(line).await.expect_redirect("/sign-in");
    }
    let twice = app.request(Method::GET, "/account").header("cookie", &cookie).header("cookie", &cookie);
    Answer::of(twice).await.expect_redirect("/sign-in");
}

/// Cookies of one host are shared by all its ports, and what others set there need not be text.
#[actix_web::test]
async fn a_neighbours_cookie_that_is_no_text_signs_nobody_out() {
    let app = TestApp::start().await;
    let browser = app.browser_of(OPERATOR, &app.operator_password()).await;
    let line = [b"theme=\xff\xfe; ", browser.cookie().unwrap().as_bytes(), b"; n\xe4me=1"].concat();
    let line = reqwest::header::HeaderValue::from_bytes(&line).unwrap();
    Answer::of(app.request(Method::GET, "/account").header("cookie", line)).await.expect(200);
}

#[actix_web::test]
async fn the_cookie_is_for_this_host_and_not_for_scripts() {
    for (issuer, start, end) in [
        ("http://localhost:8080", "session=", "; Path=/; HttpOnly; SameSite=Lax"),
        ("https://auth.example.com", "__Host-session=", "; Path=/; HttpOnly; SameSite=Lax; Secure"),
    ] {
        let app = TestApp::with(&[("--issuer", issuer)]).await;
        let browser = app.browser();
        let form = browser.open("/sign-in").await.form("/sign-in");
        let form = form.with("email", OPERATOR).with("password", &app.operator_password());
        let answer = browser.submit_with(&form, &[("origin", issuer)]).await;
        let cookies = answer.expect_redirect("/account").headers.get_all("set-cookie").iter().collect::<Vec<_>>();
        assert_eq!(cookies.len(), 1, "{answer:?}");
        let cookie = cookies[0].to_str().unwrap();
        let value = cookie.strip_prefix(start).and_then(|rest| rest.strip_suffix(end));
        assert_eq!(value.unwrap_or_else(|| panic!("{cookie}")).len(), 43, "256 bits in base64url");
        browser.open("/account").await;
        assert!(!logged(value.unwrap()) && !app.trail_text().await.contains(value.unwrap()));
    }
}

/// To check a password takes a while. Whoever got another one meanwhile, or was suspended, is not signed in by the old one.
#[actix_web::test]
async fn a_sign_in_on_its_way_does_not_survive_a_new_password_or_a_suspension() {
    use auth_service::domain::session::Session;
    use auth_service::store::sessions::{self, Beginning, Begun, Proof};
    use auth_service::store::sign_in_links::{self, NewLink};
    use service_kit::{AuditEvent, AuditLog};

    let app = TestApp::start().await;
    let user_id = app.create_user(CUSTOMER, PASSWORD, &["customer"]).await;
    let database = &app.database.database;
    let checked = auth_service::store::users::find(database, &user_id).await.unwrap().unwrap();
    let password = || Proof::Password(checked.password_hash.clone());
    let audit = || {
        let event = AuditEvent::new("sign_in.test", Outcome::Allowed, &user_id, app.clock.clock().micros());
        (AuditLog::new(database.clone(), "test"), event)
    };
    let link = async |link_id: &str| {
        let (browser_digest, now) = ("digest".to_owned(), app.clock.clock().micros());
        let link = NewLink {
            link_id: link_id.to_owned(),
            email: checked.email.clone(),
            browser_digest: browser_digest.clone(),
            request: String::new(),
            created_at: now,
            expires_at: now + 1_000_000,
        };
        sign_in_links::insert(database, link, audit()).await.unwrap();
        Proof::Link { link_id: link_id.to_owned(), browser_digest }
    };
    let begin = async |number: u8, proof: Proof| {
        let now = app.clock.clock().micros();
        let session = Session {
            session_id: format!("ses_{number}"),
            user_id: user_id.clone(),
            method: proof.method(),
            authenticated_at: now,
            expires_at: now + 1_000_000,
        };
        let beginning = Beginning { digest: vec![number], before: None, proof };
        sessions::insert(database, session, beginning, audit()).await.unwrap()
    };
    let (one, two, three) = (link("lnk_1").await, link("lnk_2").await, link("lnk_3").await);
    assert_eq!((begin(1, password()).await, begin(2, one.clone()).await), (Begun::Done, Begun::Done));
    assert_eq!(begin(3, one).await, Begun::LinkSpent);
    app.change_user(&user_id, &json!({"password": "another horse"})).await.expect(200);
    assert_eq!(begin(4, password()).await, Begun::PersonRefused);
    assert_eq!(begin(5, two).await, Begun::Done, "a link needs no password");
    app.change_user(&user_id, &json!({"status": "suspended"})).await.expect(200);
    assert_eq!(begin(6, three.clone()).await, Begun::PersonRefused);
    assert_eq!(begin(7, three).await, Begun::LinkSpent, "by whoever showed it");
}
