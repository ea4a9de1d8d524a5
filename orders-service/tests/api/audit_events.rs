//! `GET /audit-events`, and what is written there.

use std::time::Duration;

use reqwest::Method;
use serde_json::json;

use super::support::{Answer, Mood, TestApp, order_for, short, trail, trail_of_length};

#[tokio::test]
async fn every_write_has_one_row_and_reads_and_repeats_have_none() {
    let app = TestApp::start().await;
    let partner = app.partner("cli_1");
    let account = partner.open_account("reader").await;
    let order = partner.post_under("key-1", "/orders", &order_for(&account)).await.expect(201).text_of("order_id");
    partner.post_under("key-1", "/orders", &order_for(&account)).await.expect(201);
    let fulfilment = partner.ask_for_fulfilment(&order, None).await.expect(202);
    partner.ask_for_fulfilment(&order, None).await.expect(202);
    for path in ["/orders", "/accounts", &format!("/orders/{order}"), &format!("/orders/{order}/receipt")] {
        partner.get(path).await.expect(200);
    }

    let events = trail(&app).await;
    assert_eq!(
        events.iter().map(short).collect::<Vec<_>>(),
        [
            "account.create allowed - cli_1 cli_1",
            "order.create allowed - cli_1 cli_1",
            "fulfilment.request allowed - cli_1 cli_1",
        ]
    );
    let objects: Vec<_> = events.iter().map(|event| event["object"].as_str().unwrap()).collect();
    assert_eq!(objects, [account.as_str(), &order, &fulfilment.text_of("fulfilment_id")]);
    assert_eq!(events[2]["request_id"], fulfilment.header("x-request-id"));
    assert!(events.iter().all(|event| event["service"] == "orders-service" && event["subject"] == "cli_1"));
}

#[tokio::test]
async fn what_a_rule_refused_and_what_failed_is_there_too() {
    let app = TestApp::start().await;
    let partner = app.partner("cli_1");
    let account = partner.open_account("reader").await;
    partner.post("/accounts", &json!({"external_id": "reader", "display_name": "Again"})).await.expect(409);
    partner.post("/orders", &order_for("acc_0191b2c4-0000-7000-8000-000000000000")).await.expect(422);
    let order = partner.post_under("key-1", "/orders", &order_for(&account)).await.expect(201).text_of("order_id");
    partner.post_under("key-1", "/accounts", &json!({"external_id": "x", "display_name": "x"})).await.expect(422);
    app.peers.admin_is(Mood::Always(500, json!({})));
    partner.ask_for_fulfilment(&order, None).await.expect(503);
    partner.ask_for_fulfilment(&order, Some("key-2")).await.expect(409);
    app.partner("cli_2").ask_for_fulfilment(&order, None).await.expect(404);

    let events: Vec<_> = trail(&app).await.iter().map(short).collect();
    assert_eq!(
        events,
        [
            "account.create allowed - cli_1 cli_1",
            "account.create refused external_id_taken cli_1 cli_1",
            "order.create refused unknown_account cli_1 cli_1",
            "order.create allowed - cli_1 cli_1",
            "account.create refused idempotency_key_reused cli_1 cli_1",
            "fulfilment.request failed peer_unavailable cli_1 cli_1",
            "fulfilment.request refused requested_under_other_key cli_1 cli_1",
            "fulfilment.request refused unknown_order cli_2 cli_2",
        ]
    );
}

#[tokio::test]
async fn a_peer_that_says_no_is_told_from_one_that_fails() {
    let app = TestApp::start().await;
    let partner = app.partner("cli_1");
    let order = partner.any_order().await;
    for error in ["invalid_request", "invalid_scope", "invalid_client"] {
        app.peers.auth_is(Mood::Always(400, json!({"error": error})));
        partner.ask_for_fulfilment(&order, None).await;
    }
    app.peers.auth_is(Mood::Fine);
    for status in [409, 404] {
        app.peers.admin_is(Mood::Always(status, json!({})));
        partner.ask_for_fulfilment(&order, None).await;
    }
    let events: Vec<_> = trail(&app).await.iter().skip(2).map(short).collect();
    assert_eq!(
        events,
        [
            "fulfilment.request refused subject_token_refused cli_1 cli_1",
            "fulfilment.request refused insufficient_scope cli_1 cli_1",
            "fulfilment.request failed exchange_refused cli_1 cli_1",
            "fulfilment.request refused refused_by_admin_service cli_1 cli_1",
            "fulfilment.request failed peer_answered_nonsense cli_1 cli_1",
        ]
    );
}

#[tokio::test]
async fn too_little_scope_is_recorded_with_who_it_was_and_a_bad_token_is_not() {
    let app = TestApp::start().await;
    app.get("/orders").await.expect(401);
    let weak = app.partner_with("cli_1", "orders:read");
    weak.post("/orders", &json!({})).await.expect(403);
    let order = "ord_0191b2c4-0000-7000-8000-000000000000";
    weak.ask_for_fulfilment(order, None).await.expect(403);
    let events = trail_of_length(&app, 2).await;
    let mut found: Vec<_> = events.iter().map(short).collect();
    found.sort();
    assert_eq!(
        found,
        [
            "fulfilment.request refused insufficient_scope cli_1 cli_1",
            "order.create refused insufficient_scope cli_1 cli_1",
        ]
    );
    assert!(events.iter().any(|event| event["object"] == order));
}

#[tokio::test]
async fn reading_the_trail_is_recorded_with_actor_and_subject() {
    let app = TestApp::start().await;
    let first = app.auditor().get("/audit-events").await.expect(200);
    assert_eq!(first.page("event_id"), (vec![], None));
    let second = app.auditor().get("/audit-events").await.expect(200).json();
    let event = &second["items"][0];
    assert_eq!(short(event), "audit.read allowed - admin-service -");
    assert_eq!(event["subject"], "usr_operator");
    assert_eq!(event["request_id"], first.header("x-request-id"));
}

#[tokio::test]
async fn a_person_who_uses_a_partners_program_is_the_actor() {
    let app = TestApp::start().await;
    let mut person = app.partner("cli_1");
    let token = app.mint.access_token(super::support::AUDIENCE, "cli_1", "accounts:write");
    person.token = token.claim("sub", json!("usr_7")).build();
    person.open_account("reader").await;
    let events = trail(&app).await;
    assert_eq!(short(&events[0]), "account.create allowed - usr_7 cli_1");
    assert_eq!(events[0]["subject"], "usr_7");
}

#[tokio::test]
async fn the_trail_is_filtered_and_paged() {
    let app = TestApp::start().await;
    for (second, partner) in ["cli_1", "cli_2", "cli_1", "cli_2", "cli_1"].into_iter().enumerate() {
        app.partner(partner).open_account(&format!("reader-{second}")).await;
        app.clock.advance(Duration::from_secs(1));
    }
    let auditor = app.auditor();
    let count = async |query: &str| {
        let answer = auditor.get(&format!("/audit-events?limit=100&{query}")).await.expect(200);
        let body = answer.json();
        let events = body["items"].as_array().unwrap();
        events.iter().filter(|event| event["action"] == "account.create").count()
    };
    assert_eq!(count("").await, 5);
    assert_eq!(count("partner=cli_1").await, 3);
    assert_eq!(count("partner=cli_3").await, 0);
    assert_eq!(count("actor=cli_2").await, 2);
    assert_eq!(count("from=2026-01-01T00:00:01Z&to=2026-01-01T00:00:03Z").await, 2);
    assert_eq!(count("partner=cli_1&from=2026-01-01T00:00:01Z").await, 2);

    let (mut ids, mut cursor) = (Vec::new(), None);
    loop {
        let after = cursor.map(|cursor| format!("&cursor={cursor}")).unwrap_or_default();
        let page = auditor.get(&format!("/audit-events?partner=cli_1&limit=2{after}")).await.expect(200);
        let (found, next) = page.page("event_id");
        ids.extend(found);
        cursor = next;
        if cursor.is_none() {
            break;
        }
    }
    assert_eq!(ids.len(), 3);
    assert!(ids.is_sorted());
}

#[tokio::test]
async fn no_token_key_or_secret_is_in_the_trail() {
    let app = TestApp::start().await;
    let partner = app.partner("cli_1");
    let order = partner.any_order().await;
    let receipt = partner.ask_for_fulfilment(&order, Some("the-key-itself")).await.text_of("receipt");
    let text = serde_json::to_string(&trail(&app).await).unwrap();
    for secret in [&partner.token, &receipt, "the-key-itself", "a-token-for-admin-service"] {
        assert!(!text.contains(secret), "{secret}");
    }
}

#[tokio::test]
async fn an_unusable_request_id_is_replaced_before_it_is_recorded() {
    let app = TestApp::start().await;
    let partner = app.partner("cli_1");
    let request = app.request(Method::POST, "/accounts").bearer_auth(&partner.token).header("x-request-id", "no way");
    let body = json!({"external_id": "reader", "display_name": "x"});
    let answer = Answer::of(request.json(&body).send().await.unwrap()).await.expect(201);
    assert_ne!(answer.header("x-request-id"), "no way");
    assert_eq!(trail(&app).await[0]["request_id"], answer.header("x-request-id"));
}
