//! Long passwords, many at once, and too many in a minute.

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use serde_json::json;

use crate::support::{Answer, OPERATOR, TestApp};

/// bcrypt reads 72 bytes and drops the rest, silently (CVE-2025-22228).
#[actix_web::test]
async fn cve_2025_22228_nothing_of_a_long_password_is_cut_off() {
    let app = TestApp::start().await;
    for (index, length) in [71, 72, 73, 100, 1023].into_iter().enumerate() {
        let (email, start) = (format!("person{index}@example.com"), "p".repeat(length));
        app.create_user(&email, &format!("{start}a"), &["auditor"]).await;
        app.log_in(&email, &format!("{start}a")).await.expect(200);
        for other in [format!("{start}b"), start.clone(), format!("{start}aa"), format!("{start}a\u{0}")] {
            app.log_in(&email, &other).await.expect(401);
        }
    }
}

#[actix_web::test]
async fn a_nul_ends_no_password() {
    let app = TestApp::start().await;
    app.create_user("second@example.com", "before\u{0}after", &["auditor"]).await;
    app.log_in("second@example.com", "before\u{0}after").await.expect(200);
    app.log_in("second@example.com", "before\u{0}other").await.expect(401);
    app.log_in("second@example.com", "before").await.expect(401);
}

#[actix_web::test]
async fn more_than_1024_bytes_are_nobodys_password() {
    let app = TestApp::start().await;
    let longest = "ü".repeat(512);
    app.create_user("second@example.com", &longest, &["auditor"]).await;
    app.log_in("second@example.com", &longest).await.expect(200);
    app.log_in("second@example.com", &format!("{longest}a")).await.expect(401);
    app.log_in("second@example.com", &"a".repeat(60_000)).await.expect(401);
    assert_eq!(app.last_row("login").await.reason.as_deref(), Some("wrong_password"));
}

/// Whoever measures the answers must not learn which addresses are known. What takes no time never fills the queue.
#[actix_web::test]
async fn every_wrong_try_costs_as_much_as_any_other() {
    let app = TestApp::with(&[("--password-cost", "9")]).await;
    let id = app.create_user("suspended@example.com", "correct horse", &[]).await;
    app.change_user(&id, &json!({"status": "suspended"})).await.expect(200);
    let long = "x".repeat(2000);
    let tries = [
        (OPERATOR, "wrong"),
        ("nobody@example.com", "wrong"),
        ("no address", "wrong"),
        ("suspended@example.com", "correct horse"),
        (OPERATOR, long.as_str()),
        ("nobody@example.com", long.as_str()),
    ];
    for (email, password) in tries {
        let answers = join_all((0..60).map(|_| app.log_in(email, password))).await;
        let put_off = answers.iter().filter(|answer| answer.status == 503).count();
        assert!(put_off > 0, "{email} {}: {:?}", password.len(), answers.last());
    }
}

/// The queue holds two seconds of work; the rest is asked to come again, and everything else goes on.
#[actix_web::test]
async fn of_200_sign_ins_at_once_some_are_put_off_and_tokens_are_issued_meanwhile() {
    let options = [("--password-cost", "9"), ("--workers", "2"), ("--database-pool-size", "16")];
    let app = TestApp::with(&options).await;
    let partner = app.register_partner("orders:read").await;
    let password = app.operator_password();
    let log_ins = join_all((0..200).map(|_| app.log_in(OPERATOR, &password)));
    let tokens = async {
        let mut slowest = Duration::ZERO;
        for _ in 0..10 {
            let start = Instant::now();
            app.request_token(&partner, &[]).await.expect(200);
            slowest = slowest.max(start.elapsed());
        }
        slowest
    };
    let (answers, slowest) = futures_util::future::join(log_ins, tokens).await;
    assert!(slowest < Duration::from_secs(2), "a token took {slowest:?}");
    let (done, put_off): (Vec<_>, Vec<_>) = answers.iter().partition(|answer| answer.status == 200);
    assert!(done.len() >= 9, "one at work and eight that wait, at least: {}", done.len());
    assert!(!put_off.is_empty());
    for answer in put_off {
        assert_eq!(answer.expect_problem(503).header("retry-after"), Some("2"));
    }
    app.log_in(OPERATOR, &password).await.expect(200);
}

#[actix_web::test]
async fn an_account_is_tried_so_many_times_a_minute_whoever_knows_the_password() {
    let app = TestApp::with(&[("--login-tries-per-account", "3")]).await;
    let password = app.operator_password();
    for typed in ["wrong", password.as_str(), "wrong"] {
        assert_ne!(app.log_in(OPERATOR, typed).await.status, 429);
    }
    let recorded = app.trail().await.len();
    for typed in ["wrong", password.as_str()] {
        let answer = app.log_in(&OPERATOR.to_uppercase(), typed).await;
        let wait = answer.expect_problem(429).header("retry-after").unwrap().parse::<u64>().unwrap();
        assert!((1..=60).contains(&wait), "never for good: {wait}");
    }
    assert_eq!(app.trail().await.len(), recorded, "a limit that costs a write for each try would be none");
    app.log_in("another@example.com", "wrong").await.expect(401);
}

#[actix_web::test]
async fn an_account_that_is_not_there_is_limited_like_any_other() {
    let app = TestApp::with(&[("--login-tries-per-account", "2")]).await;
    let statuses = async |email| {
        [app.log_in(email, "x").await.status, app.log_in(email, "x").await.status, app.log_in(email, "x").await.status]
    };
    assert_eq!(statuses(OPERATOR).await, statuses("nobody@example.com").await);
}

#[actix_web::test]
async fn an_address_tries_so_many_times_a_minute_whichever_accounts_it_names() {
    let app = TestApp::with(&[("--login-tries-per-address", "4")]).await;
    for n in 0..3 {
        app.log_in(&format!("person{n}@example.com"), "x").await.expect(401);
    }
    app.log_in("no address", "x").await.expect(401);
    let forwarded = app.request(reqwest::Method::POST, "/login").header("x-forwarded-for", "203.0.113.7");
    let answer = Answer::of(forwarded.json(&json!({"email": OPERATOR, "password": app.operator_password()}))).await;
    assert!(answer.expect_problem(429).header("retry-after").is_some(), "X-Forwarded-For is anyone's to set");
}

#[actix_web::test]
async fn the_limits_of_the_sign_in_do_not_touch_the_token_endpoint() {
    let app = TestApp::with(&[("--login-tries-per-address", "2"), ("--login-tries-per-account", "2")]).await;
    let partner = app.register_partner("orders:read").await;
    app.log_in(OPERATOR, "x").await.expect(401);
    app.log_in(OPERATOR, "x").await.expect(429);
    for _ in 0..5 {
        app.request_token(&partner, &[]).await.expect(200);
    }
}
