//! The operator and a partner.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use super::{Answer, Attempt, House, PATIENCE, Service, send, until};

/// All that a partner may be allowed.
const SCOPE: &str = "orders:read orders:write accounts:read accounts:write fulfilment:request";

/// The first operator, signed in.
pub struct Operator<'h> {
    pub house: &'h House,
    pub token: String,
}

impl House {
    /// The password is in a file of the house. A service that is busy says when to come again; whoever comes before that
    /// is counted as one who guesses.
    pub async fn sign_in(&self) -> Operator<'_> {
        let attempt = async || {
            let answer = self.try_sign_in().await?;
            match answer.header("retry-after").map(str::parse) {
                Some(seconds) => tokio::time::sleep(Duration::from_secs(seconds.unwrap())).await,
                None => return Ok(answer),
            }
            Err(answer.to_string())
        };
        let answer = until(PATIENCE, "a sign-in", attempt).await;
        Operator { house: self, token: answer.expect(200).text("access_token") }
    }

    pub async fn try_sign_in(&self) -> Attempt {
        let password = std::fs::read_to_string(self.path().join("operator-password")).unwrap();
        let body = json!({"email": "operator@example.com", "password": password.trim()});
        send(self.post(Service::Auth, "/login").json(&body)).await
    }
}

impl<'h> Operator<'h> {
    /// Registers a partner.
    pub async fn register(&self, key: &str) -> Attempt {
        let body = json!({"client_name": "Bright Books", "scope": SCOPE});
        let request = self.house.post(Service::Admin, "/partners").header("idempotency-key", key).json(&body);
        send(request.bearer_auth(&self.token)).await
    }

    /// A call to admin-service.
    pub async fn call(&self, method: Method, path: &str) -> Attempt {
        send(self.house.request(method, Service::Admin, path).bearer_auth(&self.token)).await
    }

    /// A partner that is registered now and has a token.
    pub async fn new_partner(&self, key: &str) -> Partner<'h> {
        let mut partner = Partner::of(self.house, &self.register(key).await.unwrap().expect(201));
        partner.token = partner.ask_for_token().await.unwrap().expect(200).text("access_token");
        partner
    }

    /// All fulfilments that admin-service knows.
    pub async fn fulfilments(&self) -> Vec<Value> {
        all(async |query| self.call(Method::GET, &format!("/fulfilments?{query}")).await).await
    }
}

/// A partner's program.
pub struct Partner<'h> {
    pub house: &'h House,
    pub client_id: String,
    secret: String,
    pub token: String,
}

impl<'h> Partner<'h> {
    /// From the answer to its registration; it has no token yet.
    pub fn of(house: &'h House, registered: &Answer) -> Self {
        let (client_id, secret) = (registered.text("client_id"), registered.text("client_secret"));
        Self { house, client_id, secret, token: String::new() }
    }

    pub async fn ask_for_token(&self) -> Attempt {
        let form = [("grant_type", "client_credentials")];
        let request = self.house.post(Service::Auth, "/oauth/token").form(&form);
        send(request.basic_auth(&self.client_id, Some(&self.secret))).await
    }

    /// Creates an account.
    pub async fn open_account(&self, key: &str) -> Attempt {
        let body = json!({"external_id": format!("user-of-{key}"), "display_name": "A reader"});
        self.post("/accounts", key, Some(body)).await
    }

    /// Places an order.
    pub async fn place_order(&self, account_id: &str, key: &str) -> Attempt {
        let amount = json!({"minor_units": 1250, "currency": "EUR"});
        let body = json!({"account_id": account_id, "description": format!("books of {key}"), "amount": amount});
        self.post("/orders", key, Some(body)).await
    }

    /// An order, in an account of its own.
    pub async fn new_order(&self, key: &str) -> String {
        let account_id = self.open_account(&format!("account-of-{key}")).await.unwrap().expect(201).text("account_id");
        self.place_order(&account_id, key).await.unwrap().expect(201).text("order_id")
    }

    /// Asks for fulfilment of an order.
    pub async fn fulfil(&self, order_id: &str, key: &str) -> Attempt {
        self.post(&format!("/orders/{order_id}/fulfilment"), key, None).await
    }

    /// Reads something of orders-service.
    pub async fn get(&self, path: &str) -> Attempt {
        send(self.house.get(Service::Orders, path).bearer_auth(&self.token)).await
    }

    /// All its orders.
    pub async fn orders(&self) -> Vec<Value> {
        all(async |query| self.get(&format!("/orders?{query}")).await).await
    }

    async fn post(&self, path: &str, key: &str, body: Option<Value>) -> Attempt {
        let request = self.house.post(Service::Orders, path).bearer_auth(&self.token).header("idempotency-key", key);
        send(match body {
            Some(body) => request.json(&body),
            None => request,
        })
        .await
    }
}

/// The whole of a list that is answered in pages.
pub async fn all(page: impl AsyncFn(&str) -> Attempt) -> Vec<Value> {
    let mut items = Vec::new();
    let mut query = "limit=100".to_owned();
    loop {
        let answer = page(&query).await.unwrap().expect(200);
        items.extend(answer.json()["items"].as_array().unwrap().clone());
        match answer.json()["next_cursor"].as_str() {
            Some(cursor) => query = format!("limit=100&cursor={cursor}"),
            None => return items,
        }
    }
}
