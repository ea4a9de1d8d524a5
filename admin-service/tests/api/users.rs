//! People, at the operators' desk.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{ISSUER, Reply, Request, TestApp};

const PASSWORD: &str = "correct horse";
const EMAIL: &str = "ann@example.com";

fn user(more: &Value) -> Value {
    let mut user = json!({"user_id": "usr_1", "email": EMAIL, "name": "Ann", "roles": ["customer"], "status": "active",
        "created_at": "2026-01-01T00:00:00.000000Z"});
    user.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap_or_default());
    user
}

fn new_user() -> Value {
    json!({"email": EMAIL, "password": PASSWORD, "roles": ["customer"], "name": "Ann"})
}

fn problem(status: u16, more: &Value) -> Reply {
    let mut body = json!({"type": "about:blank", "title": "x", "status": status, "detail": "Not like this.",
        "request_id": "inner-id"});
    body.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap_or_default());
    Reply::Body(status, "application/problem+json", body.to_string())
}

#[tokio::test]
async fn a_person_is_created_at_auth_service_with_a_token_for_that_alone() {
    let app = TestApp::start().await;
    app.auth.always(Reply::Json(201, user(&json!({}))));
    let answer = app.post(&app.manager(), "/users", new_user()).await.expect(201);
    assert_eq!(answer.json(), user(&json!({})));
    assert_eq!((answer.header("location"), answer.header("cache-control")), ("/users/usr_1", "no-store"));
    let call = app.auth.only_request();
    assert_eq!((call.line().as_str(), call.json()), ("POST /users", new_user()));
    assert_eq!(call.headers["authorization"], format!("Bearer {ISSUER}|users:manage"));
    let form = app.tokens.only_request().form();
    assert_eq!((form["scope"].as_str(), form["resource"].as_str()), ("users:manage", ISSUER));
    let row = app.recorded().await.pop().unwrap();
    assert_eq!((row.actor.as_str(), row.object.as_deref(), row.partner), ("usr_operator", Some("usr_1"), None));
    assert_eq!(app.recorded_lines().await, ["user.create allowed - usr_1"]);
}

#[tokio::test]
async fn each_verb_is_the_same_verb_at_auth_service() {
    let app = TestApp::start().await;
    let page = json!({"items": [user(&json!({}))], "next_cursor": "dXNyXzE"});
    let listed = page.clone();
    app.auth.answers(move |request| match request.path.as_str() {
        "/users" => Reply::Json(200, listed.clone()),
        _ => Reply::Json(200, user(&json!({"status": "suspended"}))),
    });
    let token = app.manager();
    assert_eq!(app.get(&token, "/users").await.expect(200).json(), page);
    app.get(&token, "/users?limit=2&cursor=dXNyXzE").await.expect(200);
    let found = app.get(&token, "/users/usr_1").await.expect(200);
    assert_eq!((found.json(), found.header("cache-control")), (user(&json!({"status": "suspended"})), "no-store"));
    assert!(app.recorded().await.is_empty(), "reading changes nothing");
    let change = json!({"name": "Ann", "password": PASSWORD, "roles": ["customer", "auditor"], "status": "suspended"});
    for change in [change.clone(), json!({"status": "active"}), json!({})] {
        app.call(&token, Method::PATCH, "/users/usr_1", Some(change)).await.expect(200);
    }
    let calls = app.auth.seen();
    let lines: Vec<String> = calls.iter().map(Request::line).collect();
    assert_eq!(lines[..4], ["GET /users", "GET /users", "GET /users/usr_1", "PATCH /users/usr_1"]);
    assert_eq!((calls[1].query["limit"].as_str(), calls[1].query["cursor"].as_str()), ("2", "dXNyXzE"));
    let sent: Vec<Value> = calls[3..].iter().map(Request::json).collect();
    assert_eq!(sent, [change, json!({"status": "active"}), json!({})]);
    assert_eq!(app.recorded_lines().await, ["user.change allowed - usr_1"; 3]);
}

#[tokio::test]
async fn what_auth_service_has_against_the_input_is_passed_on() {
    let app = TestApp::start().await;
    app.auth.always(problem(409, &json!({"detail": "There is already somebody with this e-mail address."})));
    let answer = app.post(&app.manager(), "/users", new_user()).await.expect(409);
    assert_eq!(answer.json()["detail"], "There is already somebody with this e-mail address.");
    app.auth.always(problem(422, &json!({"errors": [{"field": "/roles/0", "detail": "is no role"}]})));
    assert_eq!(app.post(&app.manager(), "/users", new_user()).await.expect(422).fields(), ["/roles/0"]);
    let changed = app.call(&app.manager(), Method::PATCH, "/users/usr_1", Some(json!({"roles": ["king"]}))).await;
    assert_eq!(changed.expect(422).fields(), ["/roles/0"]);
    app.auth.always(problem(404, &json!({})));
    app.get(&app.manager(), "/users/usr_9").await.expect(404);
    app.call(&app.manager(), Method::PATCH, "/users/usr_9", Some(json!({}))).await.expect(404);
    // Here nothing was named that could be missing: it is another program that answers.
    app.post(&app.manager(), "/users", new_user()).await.expect(502);
    app.get(&app.manager(), "/users").await.expect(502);
    app.auth.always(problem(503, &json!({})));
    app.post(&app.manager(), "/users", new_user()).await.expect(503);
    assert_eq!(
        app.recorded_lines().await,
        [
            "user.create refused conflict -",
            "user.create refused invalid -",
            "user.change refused invalid usr_1",
            "user.change refused not_found usr_9",
            "user.create failed peer_answer -",
            "user.create failed peer_unavailable -",
        ]
    );
}

#[tokio::test]
async fn an_answer_about_somebody_else_is_none() {
    let app = TestApp::start().await;
    app.auth.always(Reply::Json(200, user(&json!({"user_id": "usr_2"}))));
    app.get(&app.manager(), "/users/usr_1").await.expect(502);
    app.call(&app.manager(), Method::PATCH, "/users/usr_1", Some(json!({}))).await.expect(502);
    app.post(&app.manager(), "/users", new_user()).await.expect(502);
    for nonsense in [json!({}), json!([]), json!({"user_id": "../x"}), json!({"items": 1})] {
        app.auth.always(Reply::Json(201, nonsense.clone()));
        app.post(&app.manager(), "/users", new_user()).await.expect(502);
        app.auth.always(Reply::Json(200, nonsense));
        app.get(&app.manager(), "/users").await.expect(502);
    }
}

/// What people sign in with is auth-service's to keep.
#[tokio::test]
async fn neither_password_nor_address_is_in_the_trail() {
    let app = TestApp::start().await;
    app.auth.always(Reply::Json(201, user(&json!({}))));
    app.post(&app.manager(), "/users", new_user()).await.expect(201);
    app.auth.always(Reply::Json(200, user(&json!({}))));
    app.call(&app.manager(), Method::PATCH, "/users/usr_1", Some(json!({"password": PASSWORD}))).await.expect(200);
    let rows = format!("{:?}", app.recorded().await);
    assert!(rows.contains("usr_1") && !rows.contains(PASSWORD) && !rows.contains(EMAIL), "{rows}");
}

#[tokio::test]
async fn who_may_not_is_recorded_with_whom_it_was_about() {
    let app = TestApp::start().await;
    app.call(&app.auditor(), Method::PATCH, "/users/usr_1", Some(json!({"roles": ["manager"]}))).await.expect(403);
    // The row is written beside the answer.
    let row = loop {
        match app.recorded().await.pop() {
            Some(row) => break row,
            None => tokio::task::yield_now().await,
        }
    };
    assert_eq!((row.action.as_str(), row.object.as_deref()), ("user.change", Some("usr_1")));
    assert!(app.auth.seen().is_empty() && app.tokens.seen().is_empty());
}
