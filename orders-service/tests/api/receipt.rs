//! `GET /orders/{order_id}/receipt`: information exchanged securely between two parties.

use std::sync::Arc;
use std::time::Duration;

use jsonwebtoken::Algorithm;
use serde_json::json;
use shared_claims::agreement::Agreement;
use shared_claims::claims::{Kind as _, Receipt};
use shared_claims::ids::{Audience, Issuer};
use shared_claims::keys::KeySet;
use shared_claims::verify::{Verified, Verifier};

use super::support::{AUDIENCE, TestApp};

const YEAR: Duration = Duration::from_secs(365 * 24 * 3600);

/// As a partner verifies it: by the published keys and what was agreed on, with the same three checks.
async fn verified(app: &TestApp, partner: &str, receipt: &str) -> Option<Verified<Receipt>> {
    let keys = KeySet::from_json(app.get("/.well-known/jwks.json").await.text.as_bytes()).unwrap();
    let (issuer, audience) = (Issuer::new(AUDIENCE).unwrap(), Audience::new(partner).unwrap());
    let agreement = Agreement::new(issuer, audience, Receipt::TYP, &[Algorithm::ES256]).unwrap();
    let agreement = agreement.with_longest_lifetime(YEAR);
    Verifier::new(agreement, Arc::new(keys), app.clock.clock()).verify(receipt.as_bytes()).await.ok()
}

#[tokio::test]
async fn the_receipt_is_signed_for_the_partner_and_says_what_was_accepted() {
    let app = TestApp::start().await;
    let partner = app.partner("cli_1");
    let account = partner.open_account("reader").await;
    let order = partner.place_order(&account).await;
    let accepted = partner.ask_for_fulfilment(&order, None).await.expect(202);

    let answer = partner.get(&format!("/orders/{order}/receipt")).await.expect(200);
    assert_eq!(answer.header("content-type"), "application/jwt");
    assert_eq!(answer.text, accepted.text_of("receipt"));

    let receipt = verified(&app, "cli_1", &answer.text).await.unwrap();
    assert_eq!(receipt.registered.subject.as_str(), order);
    assert_eq!(receipt.registered.issued_at, app.clock.now());
    assert_eq!(receipt.registered.expires_at.since(receipt.registered.issued_at), YEAR);
    assert_eq!(receipt.public.fulfilment.fulfilment_id, accepted.text_of("fulfilment_id"));
    assert_eq!(receipt.public.fulfilment.status, "accepted");
    assert_eq!(receipt.private.account_id, account);
    assert_eq!((receipt.private.amount.minor_units, receipt.private.amount.currency.as_str()), (1250, "EUR"));
}

/// A receipt can be read by anybody who gets hold of it (T13): it names the order and not the person.
#[tokio::test]
async fn a_receipt_says_nothing_about_the_person() {
    let app = TestApp::start().await;
    let partner = app.partner("cli_1");
    let account = json!({"external_id": "ann@example.com", "display_name": "Ann Reader"});
    let account = partner.post("/accounts", &account).await.expect(201).text_of("account_id");
    let order = partner.place_order(&account).await;
    let receipt = partner.ask_for_fulfilment(&order, None).await.expect(202).text_of("receipt");
    let read = jsonwebtoken::dangerous::insecure_decode::<serde_json::Value>(&receipt).unwrap();
    let payload = read.claims.to_string();
    assert!(payload.contains(&order) && payload.contains(&account), "{payload}");
    for private in ["ann", "Ann", "Two books"] {
        assert!(!payload.contains(private), "{private} in {payload}");
    }
}

#[tokio::test]
async fn a_receipt_is_good_for_a_year_and_for_no_other_partner() {
    let app = TestApp::start().await;
    let partner = app.partner("cli_1");
    let accepted = partner.ask_for_fulfilment(&partner.any_order().await, None).await.expect(202);
    let receipt = accepted.text_of("receipt");
    assert!(verified(&app, "cli_2", &receipt).await.is_none());
    app.clock.advance(YEAR);
    assert!(verified(&app, "cli_1", &receipt).await.is_some(), "within the leeway");
    app.clock.advance(Duration::from_secs(6));
    assert!(verified(&app, "cli_1", &receipt).await.is_none());
}

#[tokio::test]
async fn before_acceptance_there_is_no_receipt() {
    let app = TestApp::start().await;
    let partner = app.partner("cli_1");
    let order = partner.any_order().await;
    partner.get(&format!("/orders/{order}/receipt")).await.expect(404);
}

#[tokio::test]
async fn a_receipt_opens_nothing() {
    let app = TestApp::start().await;
    let mut partner = app.partner("cli_1");
    partner.token = partner.ask_for_fulfilment(&partner.any_order().await, None).await.text_of("receipt");
    partner.get("/orders").await.expect(401);
}

#[tokio::test]
async fn replicas_and_later_starts_sign_with_the_same_key() {
    let app = TestApp::start().await;
    let replica = app.second_replica().await;
    let partner = replica.partner("cli_1");
    let accepted = partner.ask_for_fulfilment(&partner.any_order().await, None).await.expect(202);
    assert!(verified(&app, "cli_1", &accepted.text_of("receipt")).await.is_some());
}
