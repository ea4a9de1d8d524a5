//! A token in the wrong hands (B15): for how long it is good, and for what.

use reqwest::Method;

use crate::support::House;

/// The bound of decision 0014: orders-service asks nobody, so it serves a token until that expires. What asks the issuer
/// ends at once.
#[tokio::test]
async fn a_token_outlives_the_suspension_of_its_partner_but_buys_nothing_new() {
    let house = House::open().await;
    let operator = house.sign_in().await;
    let partner = operator.new_partner("partner").await;
    let order_id = partner.new_order("order").await;
    let suspend = format!("/partners/{}/suspend", partner.client_id);
    operator.call(Method::POST, &suspend).await.unwrap().expect(200);

    assert_eq!(partner.orders().await.len(), 1);
    assert_eq!(partner.ask_for_token().await.unwrap().expect(401).text("error"), "invalid_client");
    let refused = partner.fulfil(&order_id, "fulfilment").await.unwrap().expect(401);
    assert!(refused.header("www-authenticate").unwrap().contains("error=\"invalid_token\""), "{refused}");
    assert!(operator.fulfilments().await.is_empty());
}
