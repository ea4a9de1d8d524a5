//! Our own database away or slow, and the issuer's keys out of reach.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use service_kit::testing::TestDatabase;

use crate::support::{Answer, Held, Peer, Reply, TestApp};

/// "503 within 2 s", with something for a machine that runs all tests at once.
const IN_TIME: Duration = Duration::from_millis(2500);

fn fulfilment() -> Value {
    json!({"fulfilment_id": "ful_1", "order_id": "ord_1", "account_id": "acc_1", "amount": {"minor_units": 1, "currency": "EUR"}})
}

#[track_caller]
fn unavailable(answer: &Answer) {
    assert_eq!(answer.status, 503, "{}", answer.body);
    assert!(!answer.header("retry-after").is_empty());
    assert!(answer.taken < IN_TIME, "took {:?}", answer.taken);
    assert_eq!(answer.json()["request_id"], answer.header("x-request-id"));
}

#[tokio::test]
async fn a_database_that_hangs_is_503_in_time_and_the_documents_are_still_served() {
    let app = TestApp::start().await;
    let held = Held::hold(&app.database).await;
    unavailable(&app.hand_over("cli_1", fulfilment()).await);
    for path in ["/.well-known/jwks.json", "/.well-known/oauth-protected-resource", "/healthz"] {
        app.send(app.request(Method::GET, path)).await.expect(200);
    }
    // Who may come in is still told from who may not: no database takes part in that.
    app.send(app.request(Method::POST, "/fulfilments")).await.expect(401);

    drop(held);
    // A repeat works without a restart. The first attempt was not half done: it was not done, or, on PostgreSQL, in the
    // very moment in which the caller was told to try again.
    let answer = loop {
        let answer = app.hand_over("cli_1", fulfilment()).await;
        if answer.status != 503 {
            break answer;
        }
    };
    assert!([200, 201].contains(&answer.status), "{answer:?}");
    assert_eq!(app.recorded_lines().await, ["fulfilment.accept allowed - ful_1"]);
}

/// What could not be recorded is not begun: nothing happens at auth-service that this trail does not know of.
#[tokio::test]
async fn without_a_place_to_record_it_no_partner_is_touched() {
    let mut app = TestApp::start().await;
    app.auth.always(Reply::Json(201, json!({"client_id": "cli_1", "client_secret": "s3cret"})));
    let registration = json!({"client_name": "A", "scope": "orders:read"});
    let away = away(&mut app).await;
    unavailable(&app.post(&app.manager(), "/partners", registration.clone()).await);
    unavailable(&app.call(&app.manager(), Method::POST, "/partners/cli_1/suspend", None).await);
    assert!(app.tokens.seen().is_empty() && app.auth.seen().is_empty());
    drop(away);
}

/// SQLite: someone else has the one writer's place. PostgreSQL: the database is gone, and all its sessions with it.
async fn away(app: &mut TestApp) -> Option<Held> {
    if app.database.database.is_postgres() {
        app.database = TestDatabase::create().expect("another database");
        return None;
    }
    Some(Held::hold(&app.database).await)
}

#[tokio::test]
async fn while_the_issuers_keys_are_unknown_the_answer_is_503_and_not_401() {
    let issuer = Peer::start(|_| Reply::Close).await;
    let app = TestApp::start_with_issuer_at(&issuer).await;
    let answer = app.get(&app.fulfiller(), "/fulfilments").await.expect(503);
    assert!(!answer.header("retry-after").is_empty() && answer.taken < IN_TIME, "{answer:?}");
    app.send(app.request(Method::GET, "/readyz")).await.expect(503);
    app.send(app.request(Method::GET, "/healthz")).await.expect(200);
    app.send(app.request(Method::GET, "/.well-known/jwks.json")).await.expect(200);
    app.send(app.request(Method::GET, "/fulfilments")).await.expect(401);

    // It heals by itself once the issuer is there.
    issuer.always(Reply::Body(200, "application/json", app.mint.jwks_json()));
    while app.get(&app.fulfiller(), "/fulfilments").await.status == 503 {}
    app.get(&app.fulfiller(), "/fulfilments").await.expect(200);
    app.send(app.request(Method::GET, "/readyz")).await.expect(200);
}
