//! `POST /clients` with an Idempotency-Key: a repeated registration finds the client of the first one.

use futures_util::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Answer, TestApp};

async fn register(app: &TestApp, token: &str, key: &str, body: &Value) -> Answer {
    // As bytes: a key may hold what a header should not.
    let request = app.request(Method::POST, "/clients").bearer_auth(token).header("idempotency-key", key.as_bytes());
    Answer::of(request.json(body)).await
}

fn partner() -> Value {
    json!({"client_name": "Partner", "scope": "orders:read"})
}

#[actix_web::test]
async fn the_same_key_again_gives_the_same_client_without_its_secret() {
    let app = TestApp::start().await;
    let token = app.manager_token().await;
    let first = register(&app, &token, "key-1", &partner()).await;
    let secret = first.expect(201).text_of("client_secret");
    let same = [
        partner(),
        json!({"scope": "orders:read", "client_name": "Partner"}),
        json!({"scope": "orders:read", "client_name": "Partner", "token_endpoint_auth_method": "client_secret_basic"}),
    ];
    for body in same {
        let again = register(&app, &token, "key-1", &body).await;
        assert_eq!(again.expect(200).text_of("client_id"), first.text_of("client_id"));
        assert!(again.json().get("client_secret").is_none());
        again.expect_no_echo(&[&secret]);
    }
    let later = register(&app, &app.manager_token().await, "key-1", &partner()).await;
    assert_eq!(
        later.expect(200).text_of("client_id"),
        first.text_of("client_id"),
        "another token of the same operator"
    );
    assert_eq!(app.manage(Method::GET, "/clients", None).await.ids("client_id").len(), 1);
    let registered = app.trail().await.into_iter().filter(|row| row.action == "client.register").count();
    assert_eq!(registered, 1, "only what happened is recorded");
}

#[actix_web::test]
async fn the_repeat_shows_the_client_as_it_is_now() {
    let app = TestApp::start().await;
    let token = app.manager_token().await;
    let id = register(&app, &token, "key-1", &partner()).await.expect(201).text_of("client_id");
    app.suspend(&id).await;
    assert_eq!(register(&app, &token, "key-1", &partner()).await.expect(200).text_of("status"), "suspended");
    app.delete_client(&id).await;
    assert_ne!(register(&app, &token, "key-1", &partner()).await.expect(201).text_of("client_id"), id);
}

#[actix_web::test]
async fn the_same_key_for_another_request_is_refused() {
    let app = TestApp::start().await;
    let token = app.manager_token().await;
    register(&app, &token, "key-1", &partner()).await.expect(201);
    let mut other = partner();
    other["access_token_lifetime"] = json!(60);
    register(&app, &token, "key-1", &other).await.expect_fields(&["Idempotency-Key"]);
    let row = app.last_row("client.register").await;
    assert_eq!(row.outcome.as_str(), "refused");
    register(&app, &token, "key-2", &other).await.expect(201);
    let other = json!({"client_name": "", "scope": "orders:read"});
    register(&app, &token, "key-1", &other).await.expect(422);
}

#[actix_web::test]
async fn without_a_key_every_registration_is_a_new_client() {
    let app = TestApp::start().await;
    let (one, other) = (app.register(&partner()).await, app.register(&partner()).await);
    assert_ne!(one.expect(201).text_of("client_id"), other.expect(201).text_of("client_id"));
}

#[actix_web::test]
async fn each_operator_has_keys_of_their_own() {
    let app = TestApp::start().await;
    app.create_user("second@example.com", "correct horse", &["manager"]).await;
    let second = app.log_in("second@example.com", "correct horse").await.expect(200).access_token();
    let second = app.exchange("admin-service", &second, crate::support::ISSUER, &[]).await.expect(200).access_token();
    let first = app.manager_token().await;
    let one = register(&app, &first, "key-1", &partner()).await.expect(201).text_of("client_id");
    assert_ne!(register(&app, &second, "key-1", &partner()).await.expect(201).text_of("client_id"), one);
}

#[actix_web::test]
async fn of_twins_at_once_also_at_two_replicas_one_client_comes() {
    let app = TestApp::start().await;
    let replica = app.replica().await;
    let token = app.manager_token().await;
    let body = partner();
    for key in ["key-1", "key-2", "key-3"] {
        let tries = (0..8).map(|n| register(if n % 2 == 0 { &app } else { &replica }, &token, key, &body));
        let answers = join_all(tries).await;
        let mut statuses = answers.iter().map(|answer| answer.status).collect::<Vec<_>>();
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 200, 200, 200, 200, 200, 200, 201]);
        assert!(answers.windows(2).all(|pair| pair[0].text_of("client_id") == pair[1].text_of("client_id")));
    }
    assert_eq!(app.manage(Method::GET, "/clients", None).await.ids("client_id").len(), 3);
}

#[actix_web::test]
async fn a_key_is_1_to_255_visible_characters_and_stands_once() {
    let app = TestApp::start().await;
    let token = app.manager_token().await;
    for key in ["", "has space", "ümlaut", &"x".repeat(256), "tab\there"] {
        register(&app, &token, key, &partner()).await.expect_problem(400);
    }
    let request = app.request(Method::POST, "/clients").bearer_auth(&token).json(&partner());
    Answer::of(request.header("idempotency-key", "a").header("idempotency-key", "a")).await.expect_problem(400);
    for key in ["x", "\"quoted\"", &"x".repeat(255)] {
        register(&app, &token, key, &partner()).await.expect(201);
    }
}
