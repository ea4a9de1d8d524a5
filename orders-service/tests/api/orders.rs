//! `/orders`.

use serde_json::json;

use super::support::{TestApp, order_for};

#[tokio::test]
async fn an_order_is_placed_and_read() {
    let app = TestApp::start().await;
    let partner = app.partner("cli_1");
    let account = partner.open_account("reader").await;
    let placed = partner.post("/orders", &order_for(&account)).await.expect(201);
    let id = placed.text_of("order_id");
    let order = placed.json();
    assert_eq!(
        order,
        json!({
            "order_id": id, "account_id": account, "description": "Two books",
            "amount": {"minor_units": 1250, "currency": "EUR"},
            "status": "placed", "created_at": "2026-01-01T00:00:00.000000Z",
        })
    );
    assert_eq!(partner.get(&format!("/orders/{id}")).await.expect(200).json(), order);
}

#[tokio::test]
async fn an_order_for_an_unknown_account_or_another_partners_names_the_field() {
    let app = TestApp::start().await;
    let foreign = app.partner("cli_2").open_account("reader").await;
    for account in ["acc_0191b2c4-0000-7000-8000-000000000000", foreign.as_str()] {
        let answer = app.partner("cli_1").post("/orders", &order_for(account)).await.expect(422);
        assert_eq!(answer.wrong_field(), "/account_id");
        assert!(!answer.text.contains(account), "{}", answer.text);
    }
}

#[tokio::test]
async fn another_partners_order_is_not_there() {
    let app = TestApp::start().await;
    let order = app.partner("cli_1").any_order().await;
    let other = app.partner("cli_2");
    other.get(&format!("/orders/{order}")).await.expect(404);
    other.get(&format!("/orders/{order}/receipt")).await.expect(404);
    other.ask_for_fulfilment(&order, None).await.expect(404);
    assert_eq!(other.get("/orders").await.page("order_id").0, Vec::<String>::new());
    assert_eq!(app.partner("cli_1").order_status(&order).await, "placed", "nothing came of it");
    assert!(app.peers.state().exchanges.is_empty());
}

#[tokio::test]
async fn orders_are_listed_in_pages_and_by_account() {
    let app = TestApp::start().await;
    let partner = app.partner("cli_1");
    let (one, two) = (partner.open_account("one").await, partner.open_account("two").await);
    let mut placed = Vec::new();
    for account in [&one, &two, &one, &two, &one] {
        placed.push(partner.place_order(account).await);
    }
    let (first, cursor) = partner.get("/orders?limit=3").await.expect(200).page("order_id");
    let rest = partner.get(&format!("/orders?limit=3&cursor={}", cursor.unwrap())).await.expect(200);
    assert_eq!((first.as_slice(), rest.page("order_id")), (&placed[..3], (placed[3..].to_vec(), None)));

    let (ids, cursor) = partner.get(&format!("/orders?account_id={one}&limit=2")).await.expect(200).page("order_id");
    assert_eq!(ids, [placed[0].clone(), placed[2].clone()]);
    let next = partner.get(&format!("/orders?account_id={one}&limit=2&cursor={}", cursor.unwrap())).await;
    assert_eq!(next.page("order_id"), (vec![placed[4].clone()], None));

    let foreign = app.partner("cli_2").open_account("reader").await;
    assert_eq!(partner.get(&format!("/orders?account_id={foreign}")).await.page("order_id"), (vec![], None));
}

#[tokio::test]
async fn the_largest_amount_and_the_smallest_are_kept_exactly() {
    let app = TestApp::start().await;
    let partner = app.partner("cli_1");
    let account = partner.open_account("reader").await;
    for units in [1_i64, 1_000_000_000_000] {
        let amount = json!({"minor_units": units, "currency": "JPY"});
        let order = json!({"account_id": account, "description": "x", "amount": amount});
        let id = partner.post("/orders", &order).await.expect(201).text_of("order_id");
        assert_eq!(partner.get(&format!("/orders/{id}")).await.json()["amount"], amount);
    }
}
