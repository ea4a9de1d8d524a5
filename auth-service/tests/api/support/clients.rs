//! What OAuth clients do, and what is done with them.

use jsonwebtoken::Algorithm;
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use shared_claims::exchange::{ACCESS_TOKEN_TYPE, JWT_BEARER_ASSERTION, TOKEN_EXCHANGE};
use shared_claims::testing::Mint;

use super::peers::unique;
use super::{Answer, ISSUER, TestApp};

/// A partner's program, with what the operator handed to it.
#[derive(Debug, Clone)]
pub struct Partner {
    pub client_id: String,
    pub secret: String,
}

/// A partner's program that signs assertions.
pub struct SigningPartner {
    pub client_id: String,
    mint: Mint,
}

impl SigningPartner {
    /// An assertion that would be accepted.
    pub fn assertion(&self) -> shared_claims::testing::Draft {
        unique(self.mint.assertion(ISSUER, &self.client_id))
    }

    /// An assertion that would be accepted as a grant (RFC 7523 section 2.1), for the partner itself.
    pub fn grant(&self) -> shared_claims::testing::Draft {
        self.assertion().header("typ", json!("authorization-grant+jwt"))
    }

    pub fn mint(&self) -> &Mint {
        &self.mint
    }
}

/// `grant_type` of RFC 7523 section 2.1.
pub const JWT_BEARER: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";

/// The parameters of `private_key_jwt`.
pub fn by_assertion(assertion: &str) -> [(&str, &str); 2] {
    [("client_assertion_type", JWT_BEARER_ASSERTION), ("client_assertion", assertion)]
}

impl TestApp {
    /// A form for the token endpoint.
    pub fn form(&self, parameters: &[(&str, &str)]) -> RequestBuilder {
        self.request(Method::POST, "/oauth/token").form(parameters)
    }

    /// A body for the token endpoint, as it stands.
    pub fn raw_form(&self, body: impl Into<reqwest::Body>) -> RequestBuilder {
        let request = self.request(Method::POST, "/oauth/token");
        request.header("content-type", "application/x-www-form-urlencoded").body(body)
    }

    /// Client credentials, with more parameters.
    pub async fn request_token(&self, partner: &Partner, more: &[(&str, &str)]) -> Answer {
        let form = [&[("grant_type", "client_credentials")], more].concat();
        Answer::of(self.form(&form).basic_auth(&partner.client_id, Some(&partner.secret))).await
    }

    /// Client credentials by assertion.
    pub async fn request_token_by(&self, assertion: &str) -> Answer {
        let form = [&[("grant_type", "client_credentials")], by_assertion(assertion).as_slice()].concat();
        Answer::of(self.form(&form)).await
    }

    /// The JWT bearer grant, with more parameters.
    pub async fn request_token_for(&self, assertion: &str, more: &[(&str, &str)]) -> Answer {
        Answer::of(self.form(&[&[("grant_type", JWT_BEARER), ("assertion", assertion)], more].concat())).await
    }

    /// One of our services exchanges a token; `more` may hold the scope, or replace any parameter.
    pub async fn exchange(&self, client: &str, token: &str, resource: &str, more: &[(&str, &str)]) -> Answer {
        let assertion = self.peers.assertion(client).build();
        let usual = [
            ("grant_type", TOKEN_EXCHANGE),
            ("subject_token", token),
            ("subject_token_type", ACCESS_TOKEN_TYPE),
            ("resource", resource),
        ];
        let replaced = |name: &str| more.iter().any(|(other, _)| *other == name);
        let usual = usual.into_iter().filter(|(name, _)| !replaced(name)).collect::<Vec<_>>();
        Answer::of(self.form(&[usual.as_slice(), more, &by_assertion(&assertion)].concat())).await
    }

    /// What admin-service does on behalf of a manager.
    pub async fn manage(&self, method: Method, path: &str, body: Option<&Value>) -> Answer {
        let request = self.request(method, path).bearer_auth(self.manager_token().await);
        Answer::of(match body {
            Some(body) => request.json(body),
            None => request,
        })
        .await
    }

    pub async fn register(&self, body: &Value) -> Answer {
        self.manage(Method::POST, "/clients", Some(body)).await
    }

    pub async fn register_partner(&self, scope: &str) -> Partner {
        let answer = self.register(&json!({"client_name": "Partner", "scope": scope})).await;
        answer.expect(201);
        Partner { client_id: answer.text_of("client_id"), secret: answer.text_of("client_secret") }
    }

    /// A partner with a key instead of a secret.
    pub async fn register_signing_partner(&self, algorithm: Algorithm) -> SigningPartner {
        let body = json!({"client_name": "Signing partner", "scope": "orders:read",
                          "token_endpoint_auth_method": "private_key_jwt"});
        self.register_with_key(algorithm, body).await
    }

    /// A partner that may use the JWT bearer grant, and client credentials by the same key.
    pub async fn register_granting_partner(&self, algorithm: Algorithm) -> SigningPartner {
        let body = json!({"client_name": "Granting partner", "scope": "orders:read accounts:read",
                          "token_endpoint_auth_method": "private_key_jwt",
                          "grant_types": ["client_credentials", JWT_BEARER]});
        self.register_with_key(algorithm, body).await
    }

    /// A partner as in `body`, with a key of its own.
    pub async fn register_with_key(&self, algorithm: Algorithm, mut body: Value) -> SigningPartner {
        let mint = Mint::new(ISSUER, self.clock.clone());
        if algorithm != Algorithm::ES256 {
            mint.rotate(algorithm);
            mint.withdraw_old_keys();
        }
        body["jwks"] = serde_json::from_str::<Value>(&mint.jwks_json()).unwrap();
        let answer = self.register(&body).await;
        SigningPartner { client_id: answer.expect(201).text_of("client_id"), mint }
    }

    pub async fn change_client(&self, client_id: &str, body: &Value) -> Answer {
        self.manage(Method::PATCH, &format!("/clients/{client_id}"), Some(body)).await
    }

    pub async fn suspend(&self, client_id: &str) {
        self.manage(Method::POST, &format!("/clients/{client_id}/suspend"), None).await.expect(200);
    }

    pub async fn resume(&self, client_id: &str) {
        self.manage(Method::POST, &format!("/clients/{client_id}/resume"), None).await.expect(200);
    }

    pub async fn delete_client(&self, client_id: &str) {
        self.manage(Method::DELETE, &format!("/clients/{client_id}"), None).await.expect(204);
    }

    pub async fn add_secret(&self, client_id: &str, body: &Value) -> Answer {
        self.manage(Method::POST, &format!("/clients/{client_id}/secrets"), Some(body)).await
    }
}

/// The JWT bearer grant refuses `assertion`: one answer, and `reason` in the audit trail.
pub async fn expect_invalid_grant(app: &TestApp, assertion: &str, reason: &str) {
    let answer = app.request_token_for(assertion, &[]).await;
    answer.expect_error(400, "invalid_grant").expect_no_echo(&[assertion]);
    assert_eq!(app.last_row("token.issue").await.reason.as_deref(), Some(reason), "{answer:?}");
}
