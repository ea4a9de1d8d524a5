//! `/sign-in/link`: a person signs in by a link that comes by e-mail, once, in the browser that asked.

use std::time::Duration;

use auth_service::domain::email::Email;
use auth_service::store::{sign_in_links, users};
use futures_util::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Answer, Browser, TestApp, authorize, claims, parameter};

const ALICE: &str = "alice@example.com";

#[track_caller]
fn expect_spent(answer: &Answer) {
    answer.expect_error_page(400);
    assert!(answer.text.contains("not good any more"), "{answer:?}");
    assert!(answer.header("set-cookie").is_none(), "{answer:?}");
}

#[track_caller]
fn expect_other_browser(answer: &Answer) {
    answer.expect_error_page(400);
    assert!(answer.text.contains("another browser"), "{answer:?}");
    assert!(answer.header("set-cookie").is_none(), "{answer:?}");
}

async fn is_signed_in(browser: &Browser<'_>) -> bool {
    browser.get("/account").await.status == 200
}

async fn people(app: &TestApp, email: &str) -> Vec<Value> {
    let list = app.manage(Method::GET, "/users", None).await.json();
    list["items"].as_array().unwrap().iter().filter(|user| user["email"] == email).cloned().collect()
}

#[actix_web::test]
async fn a_person_signs_in_by_a_link() {
    let app = TestApp::start().await;
    let id = app.create_user(ALICE, "correct horse", &["customer"]).await;
    let browser = app.browser();
    let token = browser.link_to(&app, ALICE).await;
    let row = app.last_row("sign_in_link.send").await;
    assert_eq!((row.actor.as_str(), row.object), ("unknown", Some(claims(&token)["jti"].as_str().unwrap().to_owned())));

    let page = browser.open_link(&token).await;
    assert!(page.expect(200).html().text.contains(ALICE), "{page:?}");
    let before = browser.cookie();
    browser.confirm(&token).await.expect_redirect("/account");
    assert_ne!(browser.cookie(), before, "a new value, against session fixation");
    assert!(is_signed_in(&browser).await);
    let row = app.last_row("sign_in.link").await;
    assert_eq!((row.outcome.as_str(), row.actor.as_str(), row.subject.as_deref()), ("allowed", &*id, Some(&*id)));
    assert!(row.object.unwrap().starts_with("ses_"));

    let old = app.browser();
    old.plant(&before.unwrap());
    assert!(!is_signed_in(&old).await, "the old value is nothing");
    app.log_in(ALICE, "correct horse").await.expect(200);
}

#[actix_web::test]
async fn a_first_link_makes_a_customer_without_a_password() {
    let app = TestApp::start().await;
    let browser = app.browser();
    let token = browser.link_to(&app, ALICE).await;
    assert_eq!(people(&app, ALICE).await, Vec::<Value>::new(), "nobody is made by asking");
    browser.open_link(&token).await.expect(200);
    assert_eq!(people(&app, ALICE).await, Vec::<Value>::new(), "nor by opening");
    browser.confirm(&token).await.expect_redirect("/account");

    let made = people(&app, ALICE).await;
    assert_eq!(made.len(), 1);
    let id = made[0]["user_id"].as_str().unwrap();
    assert_eq!((&made[0]["roles"], &made[0]["name"]), (&json!(["customer"]), &json!("alice")));
    let row = app.last_row("user.create").await;
    assert_eq!((row.actor.as_str(), row.object.as_deref()), (id, Some(id)));
    for password in ["", "x", "correct horse"] {
        app.log_in(ALICE, password).await.expect_problem(401);
    }
    assert_eq!(app.last_row("login").await.reason.as_deref(), Some("wrong_password"));
    // A manager may give them one.
    app.change_user(id, &json!({"password": "correct horse"})).await.expect(200);
    app.log_in(ALICE, "correct horse").await.expect(200);

    let again = app.browser();
    let token = again.link_to(&app, ALICE).await;
    again.confirm(&token).await.expect_redirect("/account");
    assert_eq!(people(&app, ALICE).await.len(), 1);
}

#[actix_web::test]
async fn a_request_that_waits_goes_on_and_the_id_token_says_how() {
    let app = TestApp::start().await;
    let partner = app.register_for_people("Partner", "openid orders:read").await;
    let browser = app.browser();
    let to_sign_in = browser.get(&authorize(&partner, "openid", &[("nonce", "n")])).await;
    let sign_in = to_sign_in.expect(303).header("location").unwrap().to_owned();
    browser.ask_at(&sign_in, ALICE).await.expect(200);
    let token = crate::support::token_in(&app.mail_to(ALICE, 0).await);

    let page = browser.open_link(&token).await;
    let policy = page.header("content-security-policy").unwrap();
    assert!(policy.contains("form-action 'self' https://partner.example;"), "{policy}");
    let on = browser.confirm(&token).await;
    let request = parameter(&sign_in, "request").unwrap();
    assert_eq!(parameter(on.expect(303).header("location").unwrap(), "request"), Some(request));
    let form = browser.follow(on).await.expect(200).html().form("/consent").with("decision", "allow");
    let back = browser.submit(&form).await;
    let issued = app.redeem(&partner, back.expect(303).header("location").unwrap()).await;
    let id_token = claims(&issued.expect(200).text_of("id_token"));
    assert_eq!((&id_token["amr"], &id_token["acr"]), (&json!(["email"]), &json!("urn:jwt-reference:email")));
    let person = users::find_by_email(&app.database.database, &Email::parse(ALICE).unwrap()).await.unwrap().unwrap();
    assert_eq!(person.email_verified_at, Some(app.clock.clock().micros()));
}

#[actix_web::test]
async fn a_link_is_good_once() {
    let app = TestApp::start().await;
    let browser = app.browser();
    let token = browser.link_to(&app, ALICE).await;
    let form = browser.form_of_link(&token).await;
    let cookie = browser.cookie().unwrap();
    browser.submit(&form).await.expect_redirect("/account");

    let again = app.browser();
    again.plant(&cookie);
    expect_spent(&again.submit(&form).await);
    expect_spent(&again.open_link(&token).await);
    assert_eq!(app.last_row("sign_in.link").await.reason.as_deref(), Some("link_spent"));
    // The signed-in browser has another cookie by now.
    expect_other_browser(&browser.open_link(&token).await);
}

#[actix_web::test]
async fn opening_a_link_changes_nothing() {
    let app = TestApp::start().await;
    let browser = app.browser();
    let token = browser.link_to(&app, ALICE).await;
    let rows = app.trail().await.len();
    let (cookie, scanner) = (browser.cookie(), app.browser());
    for _ in 0..5 {
        browser.open_link(&token).await.expect(200);
        expect_other_browser(&scanner.open_link(&token).await);
        let head = browser.send(app.request(Method::HEAD, &format!("/sign-in/link?token={token}"))).await;
        head.expect(405);
    }
    assert_eq!((app.trail().await.len(), browser.cookie()), (rows, cookie));
    assert!(!is_signed_in(&browser).await && !is_signed_in(&scanner).await);
    browser.confirm(&token).await.expect_redirect("/account");
}

/// Whoever asked for a link to somebody else's address gets nothing when that person opens it.
#[actix_web::test]
async fn a_link_works_in_the_browser_that_asked_and_in_no_other() {
    let app = TestApp::start().await;
    let (thief, person) = (app.browser(), app.browser());
    let token = thief.link_to(&app, ALICE).await;
    let form = thief.form_of_link(&token).await;

    expect_other_browser(&person.open_link(&token).await);
    person.open("/sign-in").await;
    expect_other_browser(&person.open_link(&token).await);
    // Not even with a form of that browser's own.
    let own = person.link_to(&app, "mallory@example.com").await;
    let own = person.form_of_link(&own).await;
    expect_other_browser(&person.submit(&own.clone().with("token", &token)).await);
    assert_eq!(app.last_row("sign_in.link").await.reason.as_deref(), Some("other_browser"));
    person.submit(&own.with("csrf", form.value("csrf"))).await.expect_error_page(403);
    assert!(!is_signed_in(&person).await && !is_signed_in(&thief).await);
    // And the link was not spent by any of this.
    thief.submit(&form).await.expect_redirect("/account");
}

#[actix_web::test]
async fn a_link_is_good_for_ten_minutes() {
    let app = TestApp::start().await;
    let browser = app.browser();
    let late = browser.link_to(&app, "carol@example.com").await;
    app.clock.advance(Duration::from_micros(599_999_999));
    browser.confirm(&late).await.expect_redirect("/account");
    let browser = app.browser();
    let (first, second) = (browser.link_to(&app, ALICE).await, browser.link_to(&app, "bob@example.com").await);
    let form = browser.form_of_link(&second).await;
    app.clock.advance(Duration::from_secs(600));
    expect_spent(&browser.open_link(&first).await);
    expect_spent(&browser.submit(&form).await);
    assert_eq!(app.last_row("sign_in.link").await.reason.as_deref(), Some("link_spent"));
    // Past the leeway of every token here, too.
    app.clock.advance(Duration::from_secs(5));
    expect_spent(&browser.open_link(&first).await);
    expect_spent(&browser.submit(&form).await);
    assert_eq!(app.last_row("sign_in.link").await.reason.as_deref(), Some("claims"));

    let now = app.clock.clock().micros();
    let purge = |now| sign_in_links::purge(&app.database.database, now);
    assert_eq!(purge(now).await.unwrap(), 3, "all, and the addresses with them");
    assert_eq!(purge(now).await.unwrap(), 0);
}

#[actix_web::test]
async fn of_many_confirmations_at_once_one_wins_at_whichever_replica() {
    let app = TestApp::start().await;
    let other = app.replica().await;
    let browser = app.browser();
    let token = browser.link_to(&app, ALICE).await;
    let (form, cookie) = (browser.form_of_link(&token).await, browser.cookie().unwrap());
    let browsers: Vec<_> = [&app, &other, &app, &other, &app, &other].iter().map(|app| app.browser()).collect();
    let answers = join_all(browsers.iter().map(|browser| {
        browser.plant(&cookie);
        browser.submit(&form)
    }));
    let answers = answers.await;
    let (won, lost): (Vec<_>, Vec<_>) = answers.iter().partition(|answer| answer.status == 303);
    assert_eq!((won.len(), lost.len()), (1, 5), "{answers:?}");
    lost.into_iter().for_each(expect_spent);
    let rows = app.trail().await;
    let allowed = rows.iter().filter(|row| row.action == "sign_in.link" && row.outcome.as_str() == "allowed").count();
    assert_eq!(allowed, 1);
}

#[actix_web::test]
async fn two_first_links_at_once_make_one_person() {
    let app = TestApp::start().await;
    let (one, two) = (app.browser(), app.browser());
    let first = one.link_to(&app, ALICE).await;
    let second = two.link_to(&app, ALICE).await;
    let (first, second) = (one.form_of_link(&first).await, two.form_of_link(&second).await);
    for answer in join_all([one.submit(&first), two.submit(&second)]).await {
        answer.expect_redirect("/account");
    }
    assert_eq!(people(&app, ALICE).await.len(), 1);
    assert!(is_signed_in(&one).await && is_signed_in(&two).await);
}
