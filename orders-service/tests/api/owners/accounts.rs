//! What an account may do, and what belongs to a person.

use serde_json::json;

use crate::support::{TestApp, order_for, short, trail};

#[tokio::test]
async fn an_account_opens_no_account_and_is_told_that_its_token_is_the_wrong_one() {
    let app = TestApp::start().await;
    let account = app.partner("cli_1").open_account("reader").await;
    let body = json!({"external_id": "new", "display_name": "New"});
    for key in [None, Some("key-1")] {
        let caller = app.through("cli_1", &account);
        let answer = caller.send(reqwest::Method::POST, "/accounts", key, Some(&body)).await.expect(403);
        let challenge = answer.header("www-authenticate");
        assert!(challenge.starts_with("Bearer realm=\"orders-service\", resource_metadata=\""), "{challenge}");
        assert!(challenge.ends_with("error=\"insufficient_scope\""), "no other scope would help: {challenge}");
    }
    assert_eq!(app.partner("cli_1").get("/accounts").await.page("account_id").0, [account]);
}

#[tokio::test]
async fn an_account_orders_for_itself_and_its_partner_sees_it() {
    let app = TestApp::start().await;
    let partner = app.partner("cli_1");
    let (own, other) = (partner.open_account("reader").await, partner.open_account("another").await);
    let caller = app.through("cli_1", &own);
    let order = caller.place_order(&own).await;
    let answer = caller.post("/orders", &order_for(&other)).await.expect(422);
    assert_eq!(answer.wrong_field(), "/account_id");
    let later = partner.place_order(&own).await;
    partner.place_order(&other).await;
    assert_eq!(caller.get("/orders").await.page("order_id").0, [order.clone(), later]);
    assert_eq!(caller.get(&format!("/orders?account_id={other}")).await.expect(200).page("order_id").0, [""; 0]);
    assert_eq!(partner.order_status(&order).await, "placed");
}

#[tokio::test]
async fn each_person_and_each_partner_have_names_of_their_own() {
    let app = TestApp::start().await;
    let body = json!({"external_id": "reader", "display_name": "A reader"});
    for owner in [app.partner("cli_1"), app.through("cli_1", "usr_ann"), app.through("cli_1", "usr_bob")] {
        owner.post("/accounts", &body).await.expect(201);
        owner.post("/accounts", &body).await.expect(409);
    }
    app.through("cli_2", "usr_ann").post("/accounts", &body).await.expect(409);
}

#[tokio::test]
async fn nobody_orders_for_anothers_account() {
    let app = TestApp::start().await;
    let (partner, person) = (app.partner("cli_1"), app.through("cli_1", "usr_ann"));
    let (of_partner, of_person) = (partner.open_account("reader").await, person.open_account("reader").await);
    assert_eq!(person.post("/orders", &order_for(&of_partner)).await.expect(422).wrong_field(), "/account_id");
    assert_eq!(partner.post("/orders", &order_for(&of_person)).await.expect(422).wrong_field(), "/account_id");
    app.through("cli_2", "usr_ann").place_order(&of_person).await;
}

#[tokio::test]
async fn a_cursor_of_another_owner_reads_nothing_that_is_not_the_callers() {
    let app = TestApp::start().await;
    let partner = app.partner("cli_1");
    let account = partner.open_account("reader").await;
    for _ in 0..3 {
        partner.place_order(&account).await;
    }
    let person = app.through("cli_1", "usr_ann");
    let (_, cursor) = partner.get("/orders?limit=1").await.page("order_id");
    let stolen = format!("/orders?limit=1&cursor={}", cursor.unwrap());
    assert_eq!(person.get(&stolen).await.expect(200).page("order_id"), (vec![], None));
    let own = person.any_order().await;
    assert_eq!(person.get(&stolen).await.expect(200).page("order_id"), (vec![own], None));
    app.through("cli_2", &account).get(&stolen).await.expect(404);
    let theirs = app.through("cli_1", &account).get(&stolen).await.expect(200).page("order_id");
    assert_eq!((theirs.0.len(), theirs.1.is_some()), (1, true), "the account's own orders are the same ones");
}

#[tokio::test]
async fn the_trail_names_who_acts_for_whom_through_which_partner() {
    let app = TestApp::start().await;
    let partner = app.partner("cli_1");
    let account = partner.open_account("reader").await;
    let person = app.through("cli_1", "usr_ann");
    let order = person.any_order().await;
    person.ask_for_fulfilment(&order, None).await.expect(202);
    let foreign = app.through("cli_2", &account);
    app.through("cli_1", &account).place_order(&account).await;
    app.through("cli_1", &account).post("/accounts", &json!({"external_id": "x", "display_name": "x"})).await;
    foreign.post("/orders", &order_for(&account)).await.expect(404);
    foreign.ask_for_fulfilment(&order, None).await.expect(404);
    let subject = |event: &serde_json::Value| event["subject"].as_str().unwrap().to_owned();
    let events: Vec<_> = trail(&app).await.iter().map(|event| (short(event), subject(event))).collect();
    let row = |text: &str, subject: &str| (text.to_owned(), subject.to_owned());
    assert_eq!(
        events,
        [
            row("account.create allowed - cli_1 cli_1", "cli_1"),
            row("account.create allowed - usr_ann cli_1", "usr_ann"),
            row("order.create allowed - usr_ann cli_1", "usr_ann"),
            row("fulfilment.request allowed - usr_ann cli_1", "usr_ann"),
            row("order.create allowed - cli_1 cli_1", &account),
            row("account.create refused opened_by_account cli_1 cli_1", &account),
            row("order.create refused foreign_account cli_2 cli_2", &account),
            row("fulfilment.request refused foreign_account cli_2 cli_2", &account),
        ]
    );
}
