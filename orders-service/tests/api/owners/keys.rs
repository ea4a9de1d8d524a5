//! An Idempotency-Key belongs to client and subject together.

use serde_json::json;

use crate::support::{TestApp, order_for};

#[tokio::test]
async fn keys_of_two_subjects_or_two_clients_do_not_meet() {
    let app = TestApp::start().await;
    let callers = [
        app.partner("cli_1"),
        app.through("cli_1", "usr_ann"),
        app.through("cli_1", "usr_bob"),
        app.through("cli_2", "usr_ann"),
    ];
    let mut opened = std::collections::BTreeSet::new();
    for (number, caller) in callers.iter().enumerate() {
        let body = json!({"external_id": format!("reader-{number}"), "display_name": "A reader"});
        let first = caller.post_under("key-1", "/accounts", &body).await.expect(201);
        assert_eq!(caller.post_under("key-1", "/accounts", &body).await.expect(201).text, first.text);
        let id = first.text_of("account_id");
        caller.post_under("key-2", "/orders", &order_for(&id)).await.expect(201);
        opened.insert(id);
    }
    assert_eq!(opened.len(), callers.len());
}

#[tokio::test]
async fn a_partner_and_its_accounts_have_keys_of_their_own() {
    let app = TestApp::start().await;
    let partner = app.partner("cli_1");
    let (one, two) = (partner.open_account("one").await, partner.open_account("two").await);
    let by_partner = partner.post_under("key-1", "/orders", &order_for(&one)).await.expect(201);
    let by_one = app.through("cli_1", &one).post_under("key-1", "/orders", &order_for(&one)).await.expect(201);
    let by_two = app.through("cli_1", &two).post_under("key-1", "/orders", &order_for(&two)).await.expect(201);
    assert_ne!(by_partner.text, by_one.text);
    assert_ne!(by_one.text, by_two.text);
    let again = app.through("cli_1", &one).post_under("key-1", "/orders", &order_for(&one)).await.expect(201);
    assert_eq!(again.text, by_one.text);
}

/// The answer that is kept is somebody's own: with another's token it would show what they did.
#[tokio::test]
async fn the_very_same_request_of_another_subject_is_another_request() {
    let app = TestApp::start().await;
    let person = app.through("cli_1", "usr_ann");
    let account = person.open_account("reader").await;
    let placed = person.post_under("key-1", "/orders", &order_for(&account)).await.expect(201);
    for other in [app.partner("cli_1"), app.through("cli_1", "usr_bob")] {
        other.post_under("key-1", "/orders", &order_for(&account)).await.expect(422);
    }
    let through_other = app.through("cli_2", "usr_ann");
    let elsewhere = through_other.post_under("key-1", "/orders", &order_for(&account)).await.expect(201);
    assert_ne!(elsewhere.text, placed.text, "the order is hers, and the key is not this client's");
}
