//! Dependencies that are away: what still works, what is said, and that it heals.

use std::time::{Duration, Instant};

use serde_json::json;
use shared_claims::testing::{Mint, TestClock};

use super::support::{FakePeers, ISSUER, TestApp, order_for};

const PATIENCE: Duration = Duration::from_secs(2);

#[tokio::test]
async fn while_the_database_takes_no_writes_they_are_503_within_two_seconds() {
    let app = TestApp::start().await;
    let partner = app.partner("cli_1");
    let account = partner.open_account("reader").await;
    let order = partner.place_order(&account).await;
    let locked = app.lock_database().await;

    let begun = Instant::now();
    let (new_account, new_order) = (json!({"external_id": "x", "display_name": "x"}), order_for(&account));
    let answers = tokio::join!(
        partner.post_under("key-1", "/accounts", &new_account),
        partner.post_under("key-2", "/orders", &new_order),
        partner.ask_for_fulfilment(&order, Some("key-3")),
    );
    assert!(begun.elapsed() < PATIENCE, "{:?}", begun.elapsed());
    for answer in [answers.0, answers.1, answers.2] {
        assert_eq!(answer.expect(503).header("retry-after"), "1");
    }
    app.get("/.well-known/jwks.json").await.expect(200);
    app.get("/.well-known/oauth-protected-resource").await.expect(200);
    app.get("/healthz").await.expect(200);
    assert!(app.peers.state().exchanges.is_empty(), "what could not be recorded was not asked for");

    drop(locked);
    let healed = Instant::now();
    while partner.post_under("key-1", "/accounts", &new_account).await.status != 201 {
        assert!(healed.elapsed() < Duration::from_secs(5), "it does not heal");
    }
    partner.post_under("key-2", "/orders", &new_order).await.expect(201);
    partner.ask_for_fulfilment(&order, Some("key-3")).await.expect(202);
    assert_eq!(partner.get("/orders").await.page("order_id").0.len(), 2, "nothing was written twice");
}

#[tokio::test]
async fn while_the_database_is_gone_everything_of_it_is_503_and_the_rest_is_served() {
    let app = TestApp::start().await;
    let partner = app.partner("cli_1");
    let order = partner.any_order().await;
    if !app.drop_database() {
        return;
    }
    for path in ["/orders", "/accounts", &format!("/orders/{order}"), &format!("/orders/{order}/receipt")] {
        let begun = Instant::now();
        assert_eq!(partner.get(path).await.expect(503).header("retry-after"), "1");
        assert!(begun.elapsed() < PATIENCE, "{path}: {:?}", begun.elapsed());
    }
    let begun = Instant::now();
    partner.ask_for_fulfilment(&order, None).await.expect(503);
    app.auditor().get("/audit-events").await.expect(503);
    assert!(begun.elapsed() < PATIENCE * 2);
    app.get("/readyz").await.expect(503);
    app.get("/.well-known/jwks.json").await.expect(200);
    app.get("/orders").await.expect(401);
}

/// The worst moment: admin-service has accepted, and its acceptance cannot be kept.
#[tokio::test]
async fn a_database_that_goes_away_between_the_steps_costs_nothing_but_a_repeat() {
    let app = TestApp::start().await;
    let partner = app.partner("cli_1");
    let order = partner.any_order().await;
    app.peers.admin_is(super::support::Mood::Slow(Duration::from_millis(200)));
    let (answer, locked) = tokio::join!(partner.ask_for_fulfilment(&order, Some("key-1")), async {
        while app.peers.state().handovers.is_empty() {
            tokio::task::yield_now().await;
        }
        app.lock_database().await
    });
    let answer = answer.expect(503);
    assert!(answer.text_of("detail").contains("same Idempotency-Key"), "{}", answer.text);
    drop(locked);

    let healed = Instant::now();
    let answer = loop {
        let answer = partner.ask_for_fulfilment(&order, Some("key-1")).await;
        if answer.status == 202 {
            break answer;
        }
        assert!(healed.elapsed() < Duration::from_secs(5), "it does not heal: {}", answer.text);
    };
    assert_eq!(app.peers.accepted(), [answer.text_of("fulfilment_id")]);
    let receipt = partner.get(&format!("/orders/{order}/receipt")).await.expect(200);
    assert_eq!(receipt.text, answer.text_of("receipt"));
}

#[tokio::test]
async fn without_the_issuers_keys_it_starts_is_not_ready_and_answers_503_until_they_come() {
    let clock = TestClock::new();
    let mint = Mint::new(ISSUER, clock.clone());
    let peers = FakePeers::start().await;
    let app = TestApp::start_trusting(peers, clock, mint, None).await;
    let partner = app.partner("cli_1");
    let answer = partner.get("/orders").await.expect(503);
    assert!(!answer.header("retry-after").is_empty());
    assert!(!answer.headers.contains_key("www-authenticate"));
    app.get("/readyz").await.expect(503);
    app.get("/.well-known/jwks.json").await.expect(200);
    app.get("/orders").await.expect(401);

    app.peers.state().jwks = Some(app.mint.jwks_json());
    let come = Instant::now();
    while partner.get("/orders").await.status != 200 {
        assert!(come.elapsed() < Duration::from_secs(5), "it does not heal");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    app.get("/readyz").await.expect(200);
}

#[tokio::test]
async fn once_the_keys_are_known_the_issuer_may_be_away() {
    let clock = TestClock::new();
    let mint = Mint::new(ISSUER, clock.clone());
    let peers = FakePeers::start().await;
    peers.state().jwks = Some(mint.jwks_json());
    let app = TestApp::start_trusting(peers, clock, mint, None).await;
    let partner = app.partner("cli_1");
    partner.get("/orders").await.expect(200);
    app.peers.state().jwks = None;
    for _ in 0..10 {
        partner.get("/orders").await.expect(200);
    }
}

#[tokio::test]
async fn a_stopped_service_takes_up_where_it_was() {
    let app = TestApp::start().await;
    let partner = app.partner("cli_1");
    let order = partner.any_order().await;
    app.peers.admin_is(super::support::Mood::DoesItAndFails);
    partner.ask_for_fulfilment(&order, Some("key-1")).await.expect(503);
    app.stop().await;

    app.peers.admin_is(super::support::Mood::Fine);
    let next = app.second_replica().await;
    let accepted = next.partner("cli_1").ask_for_fulfilment(&order, Some("key-1")).await.expect(202);
    assert_eq!(app.peers.accepted(), [accepted.text_of("fulfilment_id")]);
}
