//! What asking for a link tells: nothing. Not who is known here, not what was mailed, not whether the mail went.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::json;

use crate::support::{ASK, CONFIRM, House, OPERATOR, SENT, TestApp, claims, logged};

/// Everything of an answer that a browser can see, without what is different in every answer.
fn seen(answer: &crate::support::Answer, typed: &str) -> String {
    let own = ["x-request-id", "date"];
    let headers = answer.headers.iter().filter(|(name, _)| !own.contains(&name.as_str()));
    let headers = headers.map(|(name, value)| format!("{name}: {value:?}")).collect::<BTreeSet<_>>();
    // The length is that of what was typed, too.
    format!("{} {headers:?} {}", answer.status, answer.text.replace(typed, "TYPED"))
        .replace(&answer.text.len().to_string(), "LENGTH")
}

#[actix_web::test]
async fn known_unknown_and_suspended_get_the_same_answer_and_the_same_mail() {
    let app = TestApp::start().await;
    app.create_user("known@example.com", "correct horse", &["customer"]).await;
    let id = app.create_user("away@example.com", "correct horse", &["customer"]).await;
    app.change_user(&id, &json!({"status": "suspended"})).await.expect(200);
    let (mut answers, mut mails, mut rows) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    for email in ["known@example.com", "away@example.com", "nobody@example.com", OPERATOR] {
        let (browser, before) = (app.browser(), app.trail().await.len());
        answers.insert(seen(&browser.ask(email).await, email));
        let trail = app.trail().await;
        assert_eq!(trail.len(), before + 1);
        let row = trail.last().unwrap();
        rows.insert(format!("{} {} {} {:?}", row.action, row.outcome.as_str(), row.actor, row.reason));
        let mail = app.mail_to(email, 0).await;
        let token = crate::support::token_in(&mail);
        let id = claims(&token)["jti"].as_str().unwrap().to_owned();
        mails.insert(mail.replace(email, "TYPED").replace(&token, "TOKEN").replace(&id, "ID"));
    }
    assert_eq!((answers.len(), mails.len(), rows.len()), (1, 1, 1), "{answers:?} {mails:?} {rows:?}");
}

#[actix_web::test]
async fn a_suspended_person_is_refused_at_the_last_step_as_if_the_link_were_spent() {
    let app = TestApp::start().await;
    let id = app.create_user("alice@example.com", "correct horse", &["customer"]).await;
    app.change_user(&id, &json!({"status": "suspended"})).await.expect(200);
    let browser = app.browser();
    let token = browser.link_to(&app, "alice@example.com").await;
    let form = browser.form_of_link(&token).await;
    let (refused, spent) = (browser.submit(&form).await, browser.submit(&form).await);
    refused.expect_error_page(400);
    let without_id =
        |answer: &crate::support::Answer| answer.text.replace(answer.header("x-request-id").unwrap(), "ID");
    assert_eq!(without_id(&refused), without_id(&spent));
    let trail = app.trail().await;
    let reasons: Vec<_> = trail.iter().filter(|row| row.action == "sign_in.link").collect();
    assert_eq!((reasons[0].actor.as_str(), reasons[0].reason.as_deref()), (id.as_str(), Some("suspended_user")));
    assert_eq!((reasons[1].actor.as_str(), reasons[1].reason.as_deref()), ("unknown", Some("link_spent")));
    app.change_user(&id, &json!({"status": "active"})).await.expect(200);
    let token = browser.link_to(&app, "alice@example.com").await;
    assert_eq!(browser.submit(&form).await.status, 400, "the old one stays spent");
    browser.confirm(&token).await.expect_redirect("/account");
}

#[actix_web::test]
async fn the_limits_of_signing_in_count_links_too() {
    let house = Arc::new(House::new().await);
    let app = house.start(&[("--login-tries-per-account", "2")]).await;
    let browser = app.browser();
    let form = browser.open("/sign-in").await.form(ASK).with("email", "alice@example.com");
    browser.submit(&form).await.expect_redirect(SENT);
    app.log_in("alice@example.com", "wrong").await.expect(401);
    let limited = browser.submit(&form).await;
    limited.expect_error_page(429);
    assert!(limited.header("retry-after").is_some());
    app.log_in("alice@example.com", "wrong").await.expect(429);
    browser.submit(&form.with("email", "bob@example.com")).await.expect_redirect(SENT);
}

/// A stranger fills nobody's mailbox, and learns neither that it was tried nor by whom else.
#[actix_web::test]
async fn a_mailbox_gets_so_many_letters_and_who_asks_sees_no_difference() {
    let house = Arc::new(House::new().await);
    let app = house.start(&[("--sign-in-links-per-mailbox", "3")]).await;
    let known = format!("{}@example.com", service_kit::ids::new_id("known"));
    let unknown = format!("{}@example.com", service_kit::ids::new_id("unknown"));
    app.create_user(&known, "correct horse", &["customer"]).await;
    let mut answers = BTreeSet::new();
    for email in [&known, &unknown] {
        // Other browsers, spellings and subaddresses lead to the same mailbox.
        let (local, domain) = email.split_once('@').unwrap();
        for typed in [email.clone(), email.to_uppercase(), format!("{local}+x@{domain}"), email.clone(), email.clone()]
        {
            answers.insert(seen(&app.browser().ask(&typed).await, &typed));
        }
    }
    assert_eq!(answers.len(), 1, "{answers:?}");
    let sent = app.trail().await.into_iter().filter(|row| row.action == "sign_in_link.send").count();
    assert_eq!((sent, app.rows_of("sign_in_links").await), (6, 6), "what is not sent is not kept either");
    // Another mailbox is another matter.
    app.browser().link_to(&house, "other@example.com").await;
    assert!(logged("sign-in link not sent: mailbox_limit") && !logged(&known) && !logged(&unknown));
}

#[actix_web::test]
async fn tries_of_links_are_counted_per_address() {
    let house = Arc::new(House::new().await);
    let app = house.start(&[("--login-tries-per-address", "4")]).await;
    let browser = app.browser();
    let token = browser.link_to(&app, "alice@example.com").await;
    let form = browser.form_of_link(&token).await;
    for _ in 0..3 {
        browser.submit(&form.clone().with("token", "x")).await.expect_error_page(400);
    }
    let answer = browser.submit(&form).await;
    let seconds = answer.expect_error_page(429).header("retry-after").and_then(|text| text.parse::<u64>().ok());
    assert!(seconds.is_some_and(|seconds| (1..=900).contains(&seconds)), "{answer:?}");
    assert_eq!(form.action, CONFIRM);
}

#[actix_web::test]
async fn log_and_trail_hold_neither_address_nor_link() {
    let app = TestApp::start().await;
    let email = format!("{}@example.com", service_kit::ids::new_id("person"));
    let browser = app.browser();
    let token = browser.link_to(&app, &email).await;
    app.browser().open_link(&token).await.expect(400);
    browser.confirm(&token).await.expect_redirect("/account");
    browser.open_link(&token).await.expect(400);
    let id = claims(&token)["jti"].as_str().unwrap().to_owned();
    let trail = app.trail_text().await;
    assert!(trail.contains(&id), "the trail knows the link by its name");
    for secret in [email.as_str(), &token, token.split('.').next_back().unwrap(), browser.cookie().unwrap().as_str()] {
        assert!(!trail.contains(secret) && !logged(secret), "{secret}");
    }
    assert!(!claims(&token).to_string().contains('@'));
}

/// Neither is anybody told that the mail did not go.
#[actix_web::test]
async fn an_outbox_that_cannot_be_written_is_logged_and_changes_no_answer() {
    let house = Arc::new(House::new().await);
    let place = tempfile::tempdir().unwrap();
    let file = place.path().join("outbox");
    std::fs::write(&file, "no folder").unwrap();
    let app = house.start(&[("--mail-outbox", file.to_str().unwrap())]).await;
    let well = house.start(&[]).await;
    let (bad, good) = (app.browser().ask("alice@example.com").await, well.browser().ask("alice@example.com").await);
    assert_eq!(seen(&bad, "alice@example.com"), seen(&good, "alice@example.com"));
    let row = house.trail().await.into_iter().find(|row| row.action == "sign_in_link.send").unwrap();
    let id = row.object.unwrap();
    while !logged(&format!("mail {id} not sent: the outbox cannot be written")) {
        tokio::task::yield_now().await;
    }
}

#[actix_web::test]
async fn settings_of_mail_that_cannot_be_kept_are_named_and_not_shown() {
    let house = Arc::new(House::new().await);
    let from = ("--mail-from", "no-reply@example.org");
    let secret = ("--smtp-url", "smtp://auth:s3cret@mail.example.com");
    let loopback = ("--smtp-url", "smtp://auth:s3cret@127.0.0.1:9");
    for (options, setting) in [
        (vec![secret, from], "ALLOW_HTTP"),
        (vec![loopback], "MAIL_FROM"),
        (vec![loopback, from, ("--mail-outbox", "/nowhere")], "MAIL_OUTBOX"),
        (vec![loopback, from, ("--smtp-url-file", "/nowhere")], "SMTP_URL_FILE"),
        (vec![from, ("--smtp-url-file", "/nowhere")], "SMTP_URL_FILE"),
        (vec![from, ("--smtp-ca-file", "/nowhere")], "SMTP_CA_FILE"),
        (vec![loopback, from, ("--smtp-ca-file", "/nowhere")], "/nowhere"),
    ] {
        let error = house.try_start(&options).await.err().unwrap();
        assert!(error.contains(setting) && !error.contains("s3cret"), "{setting}: {error}");
    }
}
