//! What people do, from the terminal and through admin-service.

use reqwest::Method;
use serde_json::{Value, json};

use super::{ADMIN, Answer, ISSUER, TestApp};

pub const OPERATOR: &str = "operator@example.com";

impl TestApp {
    pub async fn log_in(&self, email: &str, password: &str) -> Answer {
        self.post_login(&json!({"email": email, "password": password})).await
    }

    pub async fn post_login(&self, body: &Value) -> Answer {
        Answer::of(self.request(Method::POST, "/login").json(body)).await
    }

    /// As it stands in the file.
    pub fn operator_password(&self) -> String {
        std::fs::read_to_string(self.operator_file()).unwrap().trim().to_owned()
    }

    /// The first operator's token, for admin-service.
    pub async fn operator_token(&self) -> String {
        self.log_in(OPERATOR, &self.operator_password()).await.expect(200).access_token()
    }

    /// A token with which admin-service acts for the first operator here.
    pub async fn token_of_admin_service(&self, scope: &str) -> String {
        let token = self.operator_token().await;
        self.exchange("admin-service", &token, ISSUER, &[("scope", scope)]).await.expect(200).access_token()
    }

    pub async fn manager_token(&self) -> String {
        self.token_of_admin_service("clients:manage users:manage").await
    }

    pub async fn auditor_token(&self) -> String {
        self.token_of_admin_service("audit:read").await
    }

    /// Another person, who may sign in; gives the id.
    pub async fn create_user(&self, email: &str, password: &str, roles: &[&str]) -> String {
        let body = json!({"email": email, "password": password, "roles": roles, "name": "Somebody"});
        self.manage(Method::POST, "/users", Some(&body)).await.expect(201).text_of("user_id")
    }

    pub async fn change_user(&self, user_id: &str, body: &Value) -> Answer {
        self.manage(Method::PATCH, &format!("/users/{user_id}"), Some(body)).await
    }

    /// `GET /audit-events` with a query, as an auditor.
    pub async fn read_trail(&self, query: &str) -> Answer {
        let request = self.request(Method::GET, &format!("/audit-events{query}"));
        Answer::of(request.bearer_auth(self.auditor_token().await)).await
    }

    /// The audience of the operators' tokens is admin-service.
    pub async fn exchange_operator_token(&self, resource: &str, scope: &str) -> Answer {
        let token = self.operator_token().await;
        assert_eq!(super::claims(&token)["aud"], ADMIN);
        self.exchange("admin-service", &token, resource, &[("scope", scope)]).await
    }
}
