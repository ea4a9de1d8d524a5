//! `POST /orders/{order_id}/fulfilment`.

use std::time::Duration;

use futures_util::future::join_all;
use jsonwebtoken::Algorithm;
use reqwest::Method;
use serde_json::json;
use shared_claims::agreement::Agreement;
use shared_claims::claims::{ClientAssertion, Kind as _};
use shared_claims::ids::{Audience, Issuer};
use shared_claims::keys::KeySet;
use shared_claims::verify::Verifier;

use super::support::{ADMIN, Answer, ISSUER, Mood, TestApp};

#[tokio::test]
async fn a_fulfilment_is_accepted_with_a_receipt() {
    let app = TestApp::start().await;
    let partner = app.partner("cli_1");
    let account = partner.open_account("reader").await;
    let order = partner.place_order(&account).await;
    let answer = partner.ask_for_fulfilment(&order, Some("key-1")).await.expect(202);
    let (body, id) = (answer.json(), answer.text_of("fulfilment_id"));
    assert!(id.starts_with("ful_"), "{id}");
    let receipt = answer.text_of("receipt");
    assert_eq!(
        body,
        json!({
            "fulfilment_id": id, "order_id": order, "status": "accepted",
            "requested_at": "2026-01-01T00:00:00.000000Z", "receipt": receipt,
        })
    );
    assert_eq!(partner.order_status(&order).await, "fulfilment_accepted");
    let expected = json!({
        "fulfilment_id": id, "order_id": order, "account_id": account, "amount": {"minor_units": 1250, "currency": "EUR"},
    });
    assert_eq!(app.peers.state().accepted.values().collect::<Vec<_>>(), [&expected]);
}

#[tokio::test]
async fn the_partners_token_is_exchanged_and_never_passed_on() {
    let app = TestApp::start().await;
    let partner = app.partner("cli_1");
    let order = partner.any_order().await;
    let path = format!("/orders/{order}/fulfilment");
    let request = app.request(Method::POST, &path).bearer_auth(&partner.token).header("x-request-id", "request-0001");
    let answer = Answer::of(request.send().await.unwrap()).await.expect(202);
    assert_eq!(answer.header("x-request-id"), "request-0001");

    let state = app.peers.state();
    let [(form, request_id)] = state.exchanges.as_slice() else { panic!("{:?}", state.exchanges) };
    assert_eq!(request_id, "request-0001");
    let expected = [
        ("grant_type", "urn:ietf:params:oauth:grant-type:token-exchange"),
        ("subject_token", partner.token.as_str()),
        ("resource", ADMIN),
        ("scope", "fulfilment:accept"),
    ];
    for (name, value) in expected {
        assert_eq!(form[name], value);
    }
    let [(authorization, request_id, _)] = state.handovers.as_slice() else { panic!("{:?}", state.handovers) };
    assert_eq!(request_id, "request-0001");
    assert_eq!(authorization, "Bearer a-token-for-admin-service");
}

#[tokio::test]
async fn the_service_proves_itself_by_an_assertion_under_its_published_keys() {
    let app = TestApp::start().await;
    let partner = app.partner("cli_1");
    partner.ask_for_fulfilment(&partner.any_order().await, None).await.expect(202);
    let assertion = app.peers.state().exchanges[0].0["client_assertion"].clone();

    let keys = KeySet::from_json(app.get("/.well-known/jwks.json").await.text.as_bytes()).unwrap();
    let (issuer, audience) = (Issuer::new("orders-service").unwrap(), Audience::new(ISSUER).unwrap());
    let agreement = Agreement::new(issuer, audience, ClientAssertion::TYP, &[Algorithm::ES256]).unwrap();
    let verifier = Verifier::<ClientAssertion>::new(agreement, std::sync::Arc::new(keys), app.clock.clock());
    let verified = verifier.verify(assertion.as_bytes()).await.unwrap();
    assert_eq!(verified.registered.subject.as_str(), "orders-service");
}

#[tokio::test]
async fn the_same_key_gets_the_same_answer_and_another_key_409() {
    let app = TestApp::start().await;
    let partner = app.partner("cli_1");
    let order = partner.any_order().await;
    let first = partner.ask_for_fulfilment(&order, Some("key-1")).await.expect(202);
    app.clock.advance(Duration::from_secs(60));
    let again = partner.ask_for_fulfilment(&order, Some("key-1")).await.expect(202);
    assert_eq!(first.text, again.text);
    partner.ask_for_fulfilment(&order, Some("key-2")).await.expect(409);
    partner.ask_for_fulfilment(&order, None).await.expect(409);
    assert_eq!(app.peers.state().handovers.len(), 1, "only the first was handed over");
}

#[tokio::test]
async fn without_a_key_the_request_can_be_repeated_without_one() {
    let app = TestApp::start().await;
    let partner = app.partner("cli_1");
    let order = partner.any_order().await;
    let first = partner.ask_for_fulfilment(&order, None).await.expect(202);
    let again = partner.ask_for_fulfilment(&order, None).await.expect(202);
    assert_eq!(first.text, again.text);
    partner.ask_for_fulfilment(&order, Some("key-1")).await.expect(409);
}

#[tokio::test]
async fn another_key_is_409_also_before_acceptance() {
    let app = TestApp::start().await;
    let partner = app.partner("cli_1");
    let order = partner.any_order().await;
    app.peers.admin_is(Mood::Always(503, json!({})));
    partner.ask_for_fulfilment(&order, Some("key-1")).await.expect(503);
    partner.ask_for_fulfilment(&order, Some("key-2")).await.expect(409);
}

#[tokio::test]
async fn racing_twins_end_with_one_fulfilment_and_one_receipt() {
    let app = TestApp::start().await;
    app.peers.admin_is(Mood::Slow(Duration::from_millis(50)));
    let replica = app.second_replica().await;
    let (here, there) = (app.partner("cli_1"), replica.partner("cli_1"));
    let order = here.any_order().await;
    let asks = (0..8).map(|twin| {
        let partner = if twin % 2 == 0 { &here } else { &there };
        partner.ask_for_fulfilment(&order, Some("key-1"))
    });
    let answers = join_all(asks).await;
    for answer in &answers {
        assert_eq!((answer.status, &answer.text), (202, &answers[0].text));
    }
    assert_eq!(app.peers.accepted(), [answers[0].text_of("fulfilment_id")]);
    let receipt = here.get(&format!("/orders/{order}/receipt")).await.expect(200);
    assert_eq!(receipt.text, answers[0].text_of("receipt"));
}

#[tokio::test]
async fn while_a_peer_is_away_nothing_is_half_done_and_a_repeat_completes_it() {
    let app = TestApp::start().await;
    let partner = app.partner("cli_1");
    let order = partner.any_order().await;
    let away = Mood::Always(503, json!({"error": "temporarily_unavailable"}));
    for (auth, admin) in [(away.clone(), Mood::Fine), (Mood::Fine, away), (Mood::Fine, Mood::DoesItAndFails)] {
        app.peers.auth_is(auth);
        app.peers.admin_is(admin);
        let answer = partner.ask_for_fulfilment(&order, Some("key-1")).await.expect(503);
        assert_eq!(answer.header("retry-after"), "1");
        assert!(answer.text_of("detail").contains("same Idempotency-Key"), "{}", answer.text);
        assert_eq!(partner.order_status(&order).await, "fulfilment_requested");
        partner.get(&format!("/orders/{order}/receipt")).await.expect(404);
    }
    app.peers.admin_is(Mood::Fine);
    let answer = partner.ask_for_fulfilment(&order, Some("key-1")).await.expect(202);
    let handed_over =
        app.peers.state().handovers.iter().map(|(_, _, body)| body["fulfilment_id"].clone()).collect::<Vec<_>>();
    assert!(handed_over.iter().all(|id| *id == answer.text_of("fulfilment_id")), "{handed_over:?}");
    assert_eq!(app.peers.accepted(), [answer.text_of("fulfilment_id")]);
    assert_eq!(partner.order_status(&order).await, "fulfilment_accepted");
}

#[tokio::test]
async fn peers_that_are_not_there_at_all_are_503_and_found_when_they_come() {
    let app = TestApp::start_with(super::support::FakePeers::absent()).await;
    let partner = app.partner("cli_1");
    let order = partner.any_order().await;
    partner.ask_for_fulfilment(&order, None).await.expect(503);
    app.peers.arrive();
    partner.ask_for_fulfilment(&order, None).await.expect(202);
}

#[tokio::test]
async fn a_peer_that_never_answers_costs_the_partner_less_than_two_seconds() {
    let app = TestApp::start().await;
    let partner = app.partner("cli_1");
    let order = partner.any_order().await;
    app.peers.admin_is(Mood::Silent);
    let begun = std::time::Instant::now();
    partner.ask_for_fulfilment(&order, Some("key-1")).await.expect(503);
    assert!(begun.elapsed() < Duration::from_secs(2), "{:?}", begun.elapsed());
    app.peers.admin_is(Mood::Fine);
    partner.ask_for_fulfilment(&order, Some("key-1")).await.expect(202);
}

#[tokio::test]
async fn what_the_authorization_server_refuses_is_told_by_whose_fault_it_is() {
    let app = TestApp::start().await;
    let partner = app.partner("cli_1");
    let order = partner.any_order().await;
    let cases = [
        // Our own standing there.
        (400, "invalid_client", 502, ""),
        (401, "invalid_client", 502, ""),
        (400, "unauthorized_client", 502, ""),
        (400, "invalid_target", 502, ""),
        // The partner's token (RFC 8693 section 2.2.2): expired or revoked since it was checked here.
        (400, "invalid_request", 401, "error=\"invalid_token\""),
        (400, "invalid_grant", 401, "error=\"invalid_token\""),
        (400, "invalid_scope", 403, "error=\"insufficient_scope\", scope=\"fulfilment:request\""),
        // Too many requests: later.
        (429, "slow_down", 503, ""),
    ];
    for (status, error, told, challenge) in cases {
        app.peers.auth_is(Mood::Always(status, json!({"error": error, "error_description": "hunter2"})));
        let answer = partner.ask_for_fulfilment(&order, Some("key-1")).await.expect(told);
        assert!(answer.header("www-authenticate").ends_with(challenge), "{error}");
        assert_eq!(answer.headers.contains_key("www-authenticate"), !challenge.is_empty(), "{error}");
        assert!(!answer.text.contains("hunter2") && !answer.text.contains(error), "{}", answer.text);
    }
    app.peers.auth_is(Mood::Fine);
    partner.ask_for_fulfilment(&order, Some("key-1")).await.expect(202);
}

#[tokio::test]
async fn what_admin_service_refuses_is_passed_on_only_where_it_concerns_the_partner() {
    let app = TestApp::start().await;
    let partner = app.partner("cli_1");
    let order = partner.any_order().await;
    for (status, told) in
        [(409, 409), (422, 422), (400, 502), (401, 502), (403, 502), (404, 502), (415, 502), (302, 502)]
    {
        app.peers.admin_is(Mood::Always(status, json!({"status": status, "detail": "Not this one."})));
        let answer = partner.ask_for_fulfilment(&order, Some("key-1")).await.expect(told);
        assert_eq!(answer.text.contains("Not this one."), status == told, "{}", answer.text);
    }
    for nonsense in [json!({}), json!([]), json!({"fulfilment_id": "ful_another"}), json!("x".repeat(100_000))] {
        app.peers.admin_is(Mood::Always(201, nonsense));
        partner.ask_for_fulfilment(&order, Some("key-1")).await.expect(502);
    }
    partner.get(&format!("/orders/{order}/receipt")).await.expect(404);
}

#[tokio::test]
async fn a_body_is_not_needed_and_not_looked_at() {
    let app = TestApp::start().await;
    let partner = app.partner("cli_1");
    for (number, body) in ["", "{}", "{", "hunter2"].into_iter().enumerate() {
        let order = partner.any_order_of(&format!("reader-{number}")).await;
        let request = app.request(Method::POST, &format!("/orders/{order}/fulfilment")).bearer_auth(&partner.token);
        Answer::of(request.body(body).send().await.unwrap()).await.expect(202);
    }
}
