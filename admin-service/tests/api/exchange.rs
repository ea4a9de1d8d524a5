//! How this service calls others: never with its caller's token, always with one exchanged for the purpose.

use std::sync::Arc;

use futures_util::FutureExt;
use reqwest::Method;
use serde_json::json;
use shared_claims::agreement::Agreement;
use shared_claims::claims::{ClientAssertion, Kind};
use shared_claims::ids::{Audience, Issuer};
use shared_claims::keys::{KeySet, KeySource};
use shared_claims::verify::{Verified, Verifier};

use crate::support::{ISSUER, ORDERS, Reply, TestApp};

fn client() -> serde_json::Value {
    json!({"client_id": "cli_1", "client_name": "A", "status": "active"})
}

#[tokio::test]
async fn the_operators_token_is_exchanged_and_the_new_one_used() {
    let app = TestApp::start().await;
    app.auth.always(Reply::Json(200, client()));
    let token = app.manager();
    app.get(&token, "/partners/cli_1").await.expect(200);

    let exchange = app.tokens.only_request();
    assert_eq!(exchange.line(), "POST /oauth/token");
    let form = exchange.form();
    let mut expected = vec![
        ("grant_type", "urn:ietf:params:oauth:grant-type:token-exchange"),
        ("subject_token", token.as_str()),
        ("subject_token_type", "urn:ietf:params:oauth:token-type:access_token"),
        ("resource", ISSUER),
        ("scope", "clients:manage"),
        ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
    ];
    expected.retain(|(name, value)| form.get(*name).map(String::as_str) != Some(value));
    assert!(expected.is_empty(), "not as it should be: {expected:?}");
    assert_eq!(form.len(), 7);

    let call = app.auth.only_request();
    assert_eq!(call.line(), "GET /clients/cli_1");
    assert_eq!(call.headers["authorization"], format!("Bearer {ISSUER}|clients:manage"));
    assert!(call.headers.values().all(|value| !value.contains(&token)));
}

#[tokio::test]
async fn this_service_proves_who_it_is_with_the_key_that_it_publishes() {
    let app = TestApp::start().await;
    app.auth.always(Reply::Json(200, client()));
    for _ in 0..2 {
        app.get(&app.manager(), "/partners/cli_1").await.expect(200);
    }
    let jwks = app.send(app.request(Method::GET, "/.well-known/jwks.json")).await.body;
    let keys: Arc<dyn KeySource> = Arc::new(KeySet::from_json(jwks.as_bytes()).unwrap());
    let agreement = Agreement::new(
        Issuer::new("admin-service").unwrap(),
        Audience::new(ISSUER).unwrap(),
        ClientAssertion::TYP,
        &[jsonwebtoken::Algorithm::ES256],
    );
    let verifier = Verifier::<ClientAssertion>::new(agreement.unwrap(), keys, app.clock.clock());
    let verify = |assertion: &str| -> Verified<ClientAssertion> {
        verifier.verify(assertion.as_bytes()).now_or_never().unwrap().expect("a good assertion")
    };
    let ids: Vec<String> = app
        .tokens
        .seen()
        .iter()
        .map(|request| verify(&request.form()["client_assertion"]).registered.token_id.to_string())
        .collect();
    assert_eq!(ids.len(), 2);
    assert_ne!(ids[0], ids[1], "an assertion is used once");
}

#[tokio::test]
async fn one_request_id_goes_through_all_calls() {
    let app = TestApp::start().await;
    app.auth.always(Reply::Json(200, client()));
    let request = app.request(Method::POST, "/partners/cli_1/suspend").bearer_auth(app.manager());
    let answer = app.send(request.header("x-request-id", "walkthrough-7")).await.expect(200);
    assert_eq!(answer.header("x-request-id"), "walkthrough-7");
    assert_eq!(app.tokens.only_request().headers["x-request-id"], "walkthrough-7");
    assert_eq!(app.auth.only_request().headers["x-request-id"], "walkthrough-7");
    assert_eq!(app.recorded().await[0].request_id, "walkthrough-7");
}

#[tokio::test]
async fn each_peer_gets_a_token_of_its_own() {
    let app = TestApp::start().await;
    let nothing = json!({"items": [], "next_cursor": null});
    app.auth.always(Reply::Json(200, nothing.clone()));
    app.orders.always(Reply::Json(200, nothing));
    app.get(&app.auditor(), "/audit-events").await.expect(200);
    assert_eq!(app.auth.only_request().headers["authorization"], format!("Bearer {ISSUER}|audit:read"));
    assert_eq!(app.orders.only_request().headers["authorization"], format!("Bearer {ORDERS}|audit:read"));
}
