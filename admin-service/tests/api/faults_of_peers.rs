//! Other services that are away, hang, or talk nonsense: an answer in time with a request id, nothing half done, and a
//! repeat that works.

use std::sync::Arc;
use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::sync::Notify;

use crate::support::{Answer, Peer, Reply, TestApp};

/// "Never slower than 2 s", with something for a machine that runs all tests at once.
const IN_TIME: Duration = Duration::from_millis(3500);

fn registration() -> Value {
    json!({"client_name": "A", "scope": "orders:read"})
}

fn client() -> Value {
    json!({"client_id": "cli_1", "client_secret": "s3cret"})
}

/// What a peer may do instead of its work, and what that makes of our answer.
fn hostilities() -> Vec<(&'static str, Reply, u16)> {
    let html = "<!doctype html><h1>It works!</h1>".to_owned();
    let half = b"HTTP/1.1 201 Created\r\ncontent-length: 500\r\n\r\n{\"client_id\":".to_vec();
    vec![
        ("it closes", Reply::Close, 503),
        ("it is not HTTP", Reply::Bytes(b"SSH-2.0-OpenSSH_9.2\r\n".to_vec()), 503),
        ("half an answer", Reply::Bytes(half), 503),
        ("500", Reply::Json(500, json!({"status": 500, "detail": "inner cause"})), 503),
        ("503", Reply::Body(503, "text/html", html.clone()), 503),
        ("429", Reply::Json(429, json!({"status": 429})), 503),
        ("200 and HTML", Reply::Body(200, "text/html", html.clone()), 502),
        ("404 and HTML", Reply::Body(404, "text/html", html), 502),
        (
            "a redirect",
            Reply::Bytes(b"HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n".to_vec()),
            502,
        ),
        ("nothing", Reply::Body(200, "application/json", String::new()), 502),
        ("another kind of thing", Reply::Json(200, json!(["inner cause"])), 502),
        ("no UTF-8", Reply::Bytes(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n\xff\xfe".to_vec()), 502),
        ("401", Reply::Json(401, json!({"status": 401, "detail": "inner cause"})), 502),
        ("403", Reply::Json(403, json!({"status": 403, "detail": "inner cause"})), 502),
    ]
}

#[track_caller]
fn in_order(name: &str, answer: &Answer, status: u16) {
    assert_eq!(answer.status, status, "{name}: {}", answer.body);
    assert!(answer.taken < IN_TIME, "{name} took {:?}", answer.taken);
    assert_eq!(answer.json()["request_id"], answer.header("x-request-id"), "{name}");
    assert!(!answer.body.contains("inner cause") && !answer.body.contains("html"), "{name}: {}", answer.body);
    assert_eq!(answer.header("retry-after").is_empty(), status == 502, "{name}");
}

/// Every way to call auth-service.
async fn call_each_way(app: &TestApp) -> Vec<(&'static str, Answer)> {
    let token = app.manager();
    let change = json!({"scope": "orders:read"});
    vec![
        ("register", app.post(&token, "/partners", registration()).await),
        ("list", app.get(&token, "/partners").await),
        ("find", app.get(&token, "/partners/cli_1").await),
        ("change", app.call(&token, Method::PATCH, "/partners/cli_1", Some(change)).await),
        ("suspend", app.call(&token, Method::POST, "/partners/cli_1/suspend", None).await),
        ("resume", app.call(&token, Method::POST, "/partners/cli_1/resume", None).await),
        ("add secret", app.call(&token, Method::POST, "/partners/cli_1/secrets", None).await),
        ("remove secret", app.call(&token, Method::DELETE, "/partners/cli_1/secrets/sec_1", None).await),
    ]
}

#[tokio::test]
async fn whatever_auth_service_does_the_answer_is_in_order() {
    let app = TestApp::start().await;
    for (name, hostility, status) in hostilities() {
        app.auth.always(hostility);
        for (verb, answer) in call_each_way(&app).await {
            in_order(&format!("{verb}: {name}"), &answer, status);
        }
    }
    let rows = app.recorded_lines().await;
    assert_eq!(rows.len(), hostilities().len() * 6, "all but the reads are recorded");
    assert!(rows.iter().all(|row| row.contains(" failed peer_")), "{rows:#?}");
}

#[tokio::test]
async fn a_client_that_was_not_asked_about_is_no_answer() {
    let app = TestApp::start().await;
    app.auth.always(Reply::Json(200, json!({"client_id": "cli_2", "status": "suspended"})));
    let answer = app.call(&app.manager(), Method::POST, "/partners/cli_1/suspend", None).await;
    in_order("another client", &answer, 502);
    app.auth.always(Reply::Json(201, json!({"client_id": "../../x", "client_secret": "s"})));
    in_order("an id that is none", &app.post(&app.manager(), "/partners", registration()).await, 502);
}

#[tokio::test]
async fn whatever_the_token_endpoint_does_nobody_is_called_without_a_token() {
    let app = TestApp::start().await;
    let refusals = ["invalid_client", "invalid_target", "unauthorized_client", "server_error"];
    let refusals = refusals.map(|error| ("a refusal", Reply::Json(400, json!({"error": error})), 502));
    let others = [
        ("it closes", Reply::Close),
        ("500", Reply::Json(500, json!({}))),
        ("HTML", Reply::Body(200, "text/html", "<html>".to_owned())),
        ("400 and HTML", Reply::Body(400, "text/html", "<html>".to_owned())),
        ("no token", Reply::Json(200, json!({"token_type": "Bearer"}))),
        ("429", Reply::Json(429, json!({"error": "slow_down"}))),
    ];
    let others = others.map(|(name, reply)| (name, reply, 503));
    for (name, hostility, status) in refusals.into_iter().chain(others) {
        app.tokens.always(hostility);
        in_order(name, &app.post(&app.manager(), "/partners", registration()).await, status);
        in_order(name, &app.get(&app.auditor(), "/audit-events").await, status);
    }
    assert!(app.auth.seen().is_empty() && app.orders.seen().is_empty());
}

/// A token that holds a line end would add a header of its own.
#[tokio::test]
async fn a_token_that_is_no_header_value_is_not_sent() {
    let app = TestApp::start().await;
    app.tokens.always(Reply::Json(200, json!({"access_token": "a\r\nx-evil: 1"})));
    let answer = app.get(&app.manager(), "/partners/cli_1").await;
    assert!([502, 503].contains(&answer.status), "{answer:?}");
    assert!(app.auth.seen().is_empty());
}

async fn hangs(name: &str, app: &TestApp, peer: &Peer, token: String, path: &str, body: Option<Value>) {
    let method = if body.is_some() { Method::POST } else { Method::GET };
    peer.always(Reply::Hang);
    let answer = app.call(&token, method, path, body).await;
    in_order(name, &answer, 503);
    assert!(answer.taken < Duration::from_millis(2500), "{name} took {:?}", answer.taken);
}

#[tokio::test]
async fn nobody_waits_for_a_service_that_hangs() {
    let (first, second, third, fourth) =
        tokio::join!(TestApp::start(), TestApp::start(), TestApp::start(), TestApp::start());
    for app in [&first, &second, &third, &fourth] {
        app.auth.always(Reply::Json(200, json!({"items": [], "next_cursor": null})));
    }
    let register = Some(registration());
    tokio::join!(
        hangs("register", &first, &first.auth, first.manager(), "/partners", register.clone()),
        hangs("exchange", &second, &second.tokens, second.manager(), "/partners", register),
        hangs("list", &third, &third.auth, third.manager(), "/partners", None),
        hangs("trail", &fourth, &fourth.orders, fourth.auditor(), "/audit-events", None),
    );
    assert_eq!(first.recorded_lines().await, ["partner.register failed peer_unavailable -"]);
}

#[tokio::test]
async fn an_answer_without_end_is_not_read_to_its_end() {
    let app = TestApp::start().await;
    let nine_megabytes = format!("{{\"client_id\":\"cli_1\",\"x\":\"{}\"}}", "x".repeat(9 << 20));
    app.auth.always(Reply::Body(200, "application/json", nine_megabytes));
    in_order("nine megabytes", &app.get(&app.manager(), "/partners/cli_1").await, 502);
}

#[tokio::test]
async fn when_the_peer_is_back_a_repeat_works() {
    let app = TestApp::start().await;
    let register = || {
        let request = app.request(Method::POST, "/partners").bearer_auth(app.manager());
        request.header("idempotency-key", "one").json(&registration())
    };
    app.tokens.always(Reply::Close);
    app.send(register()).await.expect(503);
    app.tokens.always(Reply::Json(200, json!({"access_token": "t"})));
    app.auth.always(Reply::Close);
    app.send(register()).await.expect(503);
    app.auth.always(Reply::Json(201, client()));
    app.send(register()).await.expect(201);
    // What is repeated is the same to the letter, so that auth-service knows it again.
    let calls = app.auth.seen();
    assert!(calls.iter().all(|call| call.body == calls[0].body && call.headers["idempotency-key"] == "one"));
    assert_eq!(
        app.recorded_lines().await,
        [
            "partner.register failed peer_unavailable -",
            "partner.register failed peer_unavailable -",
            "partner.register allowed - cli_1",
        ]
    );
}

#[tokio::test]
async fn own_work_goes_on_while_the_others_are_away() {
    let app = TestApp::start().await;
    app.tokens.always(Reply::Hang);
    let fulfilment = json!({"fulfilment_id": "ful_1", "order_id": "ord_1", "account_id": "acc_1", "amount": {"minor_units": 1, "currency": "EUR"}});
    app.hand_over("cli_1", fulfilment).await.expect(201);
    app.get(&app.fulfiller(), "/fulfilments").await.expect(200);
    app.send(app.request(Method::GET, "/readyz")).await.expect(200);
}

/// Whoever hangs up before the answer has still set something going: it is finished, and recorded.
#[tokio::test]
async fn a_caller_who_hangs_up_does_not_leave_it_half_done() {
    let app = TestApp::start().await;
    let allowed = Arc::new(Notify::new());
    app.auth.always(Reply::When(Arc::clone(&allowed), Box::new(Reply::Json(200, client()))));
    let mut caller = TcpStream::connect(app.url.trim_start_matches("http://")).await.unwrap();
    caller.set_zero_linger().unwrap();
    let head =
        format!("POST /partners/cli_1/suspend HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {}\r\n\r\n", app.manager());
    caller.write_all(head.as_bytes()).await.unwrap();
    while app.auth.seen().is_empty() {
        tokio::task::yield_now().await;
    }
    // With a reset and not a farewell: the server notices at once.
    drop(caller);
    app.send(app.request(Method::GET, "/healthz")).await.expect(200);
    allowed.notify_one();
    while app.recorded().await.is_empty() {
        tokio::task::yield_now().await;
    }
    assert_eq!(app.recorded_lines().await, ["partner.suspend allowed - cli_1"]);
}
