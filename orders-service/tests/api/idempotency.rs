//! `Idempotency-Key` on what creates.

use std::time::Duration;

use futures_util::future::join_all;
use serde_json::json;

use super::support::{Answer, TestApp, order_for};

#[tokio::test]
async fn the_same_request_under_the_same_key_gets_the_same_answer() {
    let app = TestApp::start().await;
    let partner = app.partner("cli_1");
    let account = partner.open_account("reader").await;
    let first = partner.post_under("key-1", "/orders", &order_for(&account)).await.expect(201);
    app.clock.advance(Duration::from_secs(60));
    let again = partner.post_under("key-1", "/orders", &order_for(&account)).await.expect(201);
    assert_eq!(first.text, again.text);
    assert_eq!(first.header("content-type"), again.header("content-type"));
    assert_eq!(partner.get("/orders").await.page("order_id").0.len(), 1);

    let other = partner.post_under("key-2", "/orders", &order_for(&account)).await.expect(201);
    assert_ne!(first.text_of("order_id"), other.text_of("order_id"));
}

#[tokio::test]
async fn a_repeated_account_is_the_same_and_no_conflict() {
    let app = TestApp::start().await;
    let partner = app.partner("cli_1");
    let body = json!({"external_id": "reader", "display_name": "A reader"});
    let first = partner.post_under("key-1", "/accounts", &body).await.expect(201);
    let again = partner.post_under("key-1", "/accounts", &body).await.expect(201);
    assert_eq!(first.text, again.text);
}

#[tokio::test]
async fn blanks_and_the_order_of_members_make_no_other_request() {
    let app = TestApp::start().await;
    let partner = app.partner("cli_1");
    let send = |body: &'static str| {
        let request = app.request(reqwest::Method::POST, "/accounts").bearer_auth(&partner.token);
        let request = request.header("idempotency-key", "key-1").header("content-type", "application/json").body(body);
        async { Answer::of(request.send().await.unwrap()).await }
    };
    let first = send(r#"{"external_id":"reader","display_name":"A reader"}"#).await.expect(201);
    let again = send(r#"{ "display_name": "A reader", "external_id": "\u0072eader" }"#).await.expect(201);
    assert_eq!(first.text, again.text);
}

#[tokio::test]
async fn another_request_under_the_same_key_is_refused() {
    let app = TestApp::start().await;
    let partner = app.partner("cli_1");
    let account = partner.open_account("reader").await;
    partner.post_under("key-1", "/orders", &order_for(&account)).await.expect(201);
    let mut dearer = order_for(&account);
    dearer["amount"]["minor_units"] = json!(9999);
    partner.post_under("key-1", "/orders", &dearer).await.expect(422);
    let elsewhere = json!({"external_id": "other", "display_name": "Other"});
    partner.post_under("key-1", "/accounts", &elsewhere).await.expect(422);
    assert_eq!(partner.get("/orders").await.page("order_id").0.len(), 1);
    assert_eq!(partner.get("/accounts").await.page("account_id").0.len(), 1);
}

#[tokio::test]
async fn keys_of_two_partners_do_not_meet() {
    let app = TestApp::start().await;
    let body = json!({"external_id": "reader", "display_name": "A reader"});
    let one = app.partner("cli_1").post_under("key-1", "/accounts", &body).await.expect(201);
    let two = app.partner("cli_2").post_under("key-1", "/accounts", &body).await.expect(201);
    assert_ne!(one.text_of("account_id"), two.text_of("account_id"));
}

#[tokio::test]
async fn a_refused_request_leaves_its_key_free() {
    let app = TestApp::start().await;
    let partner = app.partner("cli_1");
    let unknown = order_for("acc_0191b2c4-0000-7000-8000-000000000000");
    partner.post_under("key-1", "/orders", &unknown).await.expect(422);
    let account = partner.open_account("reader").await;
    partner.post_under("key-1", "/orders", &order_for(&account)).await.expect(201);
}

#[tokio::test]
async fn racing_twins_end_with_one_object() {
    let app = TestApp::start().await;
    let replica = app.second_replica().await;
    let (here, there) = (app.partner("cli_1"), replica.partner("cli_1"));
    for round in 0..3 {
        let key = format!("key-{round}");
        let body = json!({"external_id": format!("reader-{round}"), "display_name": "A reader"});
        let posts = (0..8).map(|twin| {
            let partner = if twin % 2 == 0 { &here } else { &there };
            partner.post_under(&key, "/accounts", &body)
        });
        let answers = join_all(posts).await;
        for answer in &answers {
            assert_eq!((answer.status, &answer.text), (201, &answers[0].text));
        }
    }
    assert_eq!(here.get("/accounts").await.page("account_id").0.len(), 3);
}

#[tokio::test]
async fn an_answer_is_kept_for_a_day() {
    let app = TestApp::start().await;
    let account = app.partner("cli_1").open_account("reader").await;
    let order = order_for(&account);
    let first = app.partner("cli_1").post_under("key-1", "/orders", &order).await.expect(201);
    app.clock.advance(Duration::from_secs(24 * 3600 - 1));
    let within = app.partner("cli_1").post_under("key-1", "/orders", &order).await.expect(201);
    assert_eq!(within.text, first.text);
    app.clock.advance(Duration::from_secs(1));
    let after = app.partner("cli_1").post_under("key-1", "/orders", &order).await.expect(201);
    assert_ne!(after.text, first.text);
}

#[tokio::test]
async fn a_key_that_is_none_is_400() {
    let app = TestApp::start().await;
    let partner = app.partner("cli_1");
    let (account, order) = (partner.open_account("reader").await, partner.any_order_of("second").await);
    for key in ["", "a b", &"k".repeat(256)] {
        let body = json!({"external_id": "x", "display_name": "x"});
        partner.post_under(key, "/accounts", &body).await.expect(400);
        partner.post_under(key, "/orders", &order_for(&account)).await.expect(400);
        partner.ask_for_fulfilment(&order, Some(key)).await.expect(400);
    }
    let request = app.request(reqwest::Method::POST, "/orders").bearer_auth(&partner.token);
    let request = request.header("idempotency-key", "one").header("idempotency-key", "two").json(&order_for(&account));
    Answer::of(request.send().await.unwrap()).await.expect(400);
}
