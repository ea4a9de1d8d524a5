//! Whoever calls with a token, in verbs of what they do.

use reqwest::Method;
use serde_json::{Value, json};

use super::{Answer, TestApp};

pub struct Caller<'a> {
    app: &'a TestApp,
    base: String,
    pub token: String,
}

impl<'a> Caller<'a> {
    pub fn new(app: &'a TestApp, base: &str, token: String) -> Self {
        Self { app, base: base.to_owned(), token }
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, None, None).await
    }

    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        self.send(Method::POST, path, None, Some(body)).await
    }

    pub async fn post_under(&self, key: &str, path: &str, body: &Value) -> Answer {
        self.send(Method::POST, path, Some(key), Some(body)).await
    }

    pub async fn send(&self, method: Method, path: &str, key: Option<&str>, body: Option<&Value>) -> Answer {
        let mut request = self.app.http.request(method, format!("{}{path}", self.base)).bearer_auth(&self.token);
        if let Some(key) = key {
            request = request.header("idempotency-key", key);
        }
        if let Some(body) = body {
            request = request.json(body);
        }
        Answer::of(request.send().await.unwrap()).await
    }

    /// Opens an account; its id.
    pub async fn open_account(&self, external_id: &str) -> String {
        let answer = self.post("/accounts", &json!({"external_id": external_id, "display_name": "A reader"})).await;
        answer.expect(201).text_of("account_id")
    }

    /// Places an order for the account; its id.
    pub async fn place_order(&self, account_id: &str) -> String {
        self.post("/orders", &order_for(account_id)).await.expect(201).text_of("order_id")
    }

    /// Opens an account and places an order for it; the order's id.
    pub async fn any_order(&self) -> String {
        self.any_order_of("reader").await
    }

    pub async fn any_order_of(&self, external_id: &str) -> String {
        let account = self.open_account(external_id).await;
        self.place_order(&account).await
    }

    pub async fn ask_for_fulfilment(&self, order_id: &str, key: Option<&str>) -> Answer {
        self.send(Method::POST, &format!("/orders/{order_id}/fulfilment"), key, None).await
    }

    pub async fn order_status(&self, order_id: &str) -> String {
        self.get(&format!("/orders/{order_id}")).await.expect(200).text_of("status")
    }
}

/// A good order.
pub fn order_for(account_id: &str) -> Value {
    json!({"account_id": account_id, "description": "Two books", "amount": {"minor_units": 1250, "currency": "EUR"}})
}
