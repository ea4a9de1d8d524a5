//! One of a partner's own accounts, from the assertion that names it to admin-service's record: three services that each
//! know a part of it.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use shared_claims::clock::Clock;
use shared_claims::testing::{Mint, TestClock};

use crate::support::{Answer, House, Operator, Partner, Service, send};

const SCOPE: &str = "orders:read orders:write accounts:read accounts:write fulfilment:request";
const JWT_BEARER: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";

/// A partner that signs for whom it asks (RFC 7523 section 2.1).
struct Granting<'h> {
    partner: Partner<'h>,
    key: Mint,
}

impl<'h> Granting<'h> {
    async fn register(operator: &Operator<'h>) -> Self {
        let clock = TestClock::new();
        clock.advance(Duration::from_secs(Clock::system().now().seconds() - clock.now().seconds()));
        let key = Mint::new("a partner's own key", clock);
        let jwks: Value = serde_json::from_str(&key.jwks_json()).unwrap();
        let grants = json!(["client_credentials", JWT_BEARER]);
        let body = json!({"client_name": "Bright Books", "scope": SCOPE, "grant_types": grants, "jwks": jwks});
        let request = operator.house.post(Service::Admin, "/partners").bearer_auth(&operator.token).json(&body);
        let mut partner = Partner::of(operator.house, &send(request).await.unwrap().expect(201));
        partner.token = partner.ask_for_token().await.unwrap().expect(200).text("access_token");
        Self { partner, key }
    }

    /// The same program with a token for `account`; auth-service gives one, whosever account it is.
    async fn for_account(&self, account: &str) -> String {
        let house = self.partner.house;
        let assertion = self.key.assertion(&house.url(Service::Auth), &self.partner.client_id);
        let assertion = assertion.header("typ", json!("JWT")).claim("sub", json!(account)).build();
        let form = [("grant_type", JWT_BEARER), ("assertion", &assertion), ("scope", SCOPE)];
        send(house.post(Service::Auth, "/oauth/token").form(&form)).await.unwrap().expect(200).text("access_token")
    }
}

async fn call(house: &House, method: Method, path: &str, token: &str) -> Answer {
    send(house.request(method, Service::Orders, path).bearer_auth(token)).await.unwrap()
}

#[tokio::test]
async fn an_accounts_order_is_fulfilled_for_its_partner_and_anothers_account_is_not_there() {
    let house = House::open().await;
    let operator = house.sign_in().await;
    let (one, other) = (Granting::register(&operator).await, Granting::register(&operator).await);
    let account = one.partner.open_account("first").await.unwrap().expect(201).text("account_id");
    one.partner.new_order("of-another-account").await;
    let token = one.for_account(&account).await;

    let body =
        json!({"account_id": account, "description": "Books", "amount": {"minor_units": 1250, "currency": "EUR"}});
    let placed = send(house.post(Service::Orders, "/orders").bearer_auth(&token).json(&body)).await.unwrap();
    let order = placed.expect(201).text("order_id");
    let listed = call(&house, Method::GET, "/orders", &token).await.expect(200).json();
    assert_eq!(listed["items"].as_array().unwrap().len(), 1, "{listed}");
    let accepted = call(&house, Method::POST, &format!("/orders/{order}/fulfilment"), &token).await.expect(202);

    // admin-service had a token about the account, and writes down the partner.
    let fulfilments = operator.fulfilments().await;
    assert_eq!(fulfilments.len(), 1);
    assert_eq!(fulfilments[0]["fulfilment_id"], accepted.text("fulfilment_id"));
    assert_eq!(
        (&fulfilments[0]["client_id"], &fulfilments[0]["account_id"]),
        (&json!(one.partner.client_id), &json!(account))
    );
    let trail = operator.call(Method::GET, "/audit-events?limit=100").await.unwrap().expect(200).json();
    let row = |service: &str, action: &str| {
        let rows = trail["items"].as_array().unwrap();
        let row = rows.iter().find(|row| row["service"] == service && row["action"] == action).unwrap();
        ["actor", "subject", "partner"].map(|name| row[name].as_str().unwrap().to_owned())
    };
    let partner = one.partner.client_id.as_str();
    assert_eq!(row("orders-service", "fulfilment.request"), [partner, account.as_str(), partner]);
    assert_eq!(row("admin-service", "fulfilment.accept"), ["orders-service", account.as_str(), partner]);

    // Whose account it is, only orders-service knows.
    let stranger = other.for_account(&account).await;
    for path in ["/orders", "/accounts", &format!("/orders/{order}"), &format!("/orders/{order}/receipt")] {
        call(&house, Method::GET, path, &token).await.expect(200);
        call(&house, Method::GET, path, &stranger).await.expect(404);
    }
    call(&house, Method::POST, &format!("/orders/{order}/fulfilment"), &stranger).await.expect(404);
}
