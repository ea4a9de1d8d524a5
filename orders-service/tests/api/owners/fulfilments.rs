//! Fulfilment for people and for accounts.

use serde_json::json;

use crate::support::{ADMIN, Mood, TestApp};

/// The partner that a receipt is for.
fn audience(receipt: &str) -> String {
    let read = jsonwebtoken::dangerous::insecure_decode::<serde_json::Value>(receipt).unwrap();
    read.claims["aud"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_persons_order_is_fulfilled_and_the_receipt_is_for_the_partner_in_between() {
    let app = TestApp::start().await;
    let person = app.through("cli_1", "usr_ann");
    let order = person.any_order().await;
    let accepted = person.ask_for_fulfilment(&order, Some("key-1")).await.expect(202);
    assert_eq!(audience(&accepted.text_of("receipt")), "cli_1");
    assert_eq!(person.order_status(&order).await, "fulfilment_accepted");
    let (form, _) = app.peers.state().exchanges[0].clone();
    assert_eq!((form["subject_token"].as_str(), form["resource"].as_str()), (person.token.as_str(), ADMIN));
    let receipt = app.through("cli_2", "usr_ann").get(&format!("/orders/{order}/receipt")).await.expect(200);
    assert_eq!(receipt.text, accepted.text_of("receipt"), "hers through every partner, and still for the first");
}

#[tokio::test]
async fn a_fulfilment_goes_on_only_through_the_partner_that_it_was_asked_for_through() {
    let app = TestApp::start().await;
    let (here, there) = (app.through("cli_1", "usr_ann"), app.through("cli_2", "usr_ann"));
    for (number, key) in [None, Some("key-1")].into_iter().enumerate() {
        let order = here.any_order_of(&format!("reader-{number}")).await;
        app.peers.admin_is(Mood::DoesItAndFails);
        here.ask_for_fulfilment(&order, key).await.expect(503);
        app.peers.admin_is(Mood::Fine);
        let handed_over = app.peers.state().handovers.len();
        there.ask_for_fulfilment(&order, key).await.expect(409);
        assert_eq!(app.peers.state().handovers.len(), handed_over, "admin-service has it from the first partner");
        let accepted = here.ask_for_fulfilment(&order, key).await.expect(202);
        assert_eq!(audience(&accepted.text_of("receipt")), "cli_1");
        there.ask_for_fulfilment(&order, key).await.expect(409);
    }
    assert_eq!(app.peers.accepted().len(), 2);
}

/// Same partner, same record at admin-service: without a key either may go on with what the other began.
#[tokio::test]
async fn a_partner_and_its_account_share_a_fulfilment_but_no_key() {
    let app = TestApp::start().await;
    let partner = app.partner("cli_1");
    let account = partner.open_account("reader").await;
    let of_account = app.through("cli_1", &account);
    let order = partner.place_order(&account).await;
    app.peers.admin_is(Mood::Always(503, json!({})));
    of_account.ask_for_fulfilment(&order, None).await.expect(503);
    app.peers.admin_is(Mood::Fine);
    let accepted = partner.ask_for_fulfilment(&order, None).await.expect(202);
    assert_eq!(of_account.ask_for_fulfilment(&order, None).await.expect(202).text, accepted.text);
    assert_eq!(audience(&accepted.text_of("receipt")), "cli_1");

    let keyed = partner.place_order(&account).await;
    of_account.ask_for_fulfilment(&keyed, Some("key-1")).await.expect(202);
    partner.ask_for_fulfilment(&keyed, Some("key-1")).await.expect(409);
    of_account.ask_for_fulfilment(&keyed, Some("key-1")).await.expect(202);
}
