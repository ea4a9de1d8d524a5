//! What the operator does, at admin-service.

use auth_service::operator::{FIRST_OPERATOR, read_password};
use quickstart::cli::Service;
use quickstart::house::House;
use quickstart::persist::{PATIENCE, persist};
use reqwest::Method;
use serde_json::{Value, json};
use shared_claims::clock::Clock;
use shared_claims::testing::{Mint, TestClock};
use third_party_app::http::{Answer, Body, Http, Request};
use url::Url;

use super::Ours;
use crate::Failure;
use crate::told::{answered, holds};

const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// The token that the operator gets for the password of the first start.
pub(super) async fn sign_in(http: &Http, house: &House) -> Result<String, Failure> {
    let missing = || Failure::NotAsTold("the operator's password is there".to_owned());
    let password = read_password(&house.password_file())?.ok_or_else(missing)?;
    let body = json!({"email": FIRST_OPERATOR, "password": password.expose()});
    let login = Request::post(Url::parse(&format!("{}/login", house.url(Service::Auth)))?).json(body);
    let answer = persist(http, &login, PATIENCE).await?;
    answered(&answer, 200)?;
    text(&answer, "access_token")
}

/// A member of an answer.
pub(super) fn text(answer: &Answer, member: &str) -> Result<String, Failure> {
    let found = answer.json()?.get(member).and_then(Value::as_str).map(str::to_owned);
    found.ok_or_else(|| Failure::NotAsTold(format!("{member} in the answer of {}", answer.url.path())))
}

impl Ours {
    /// Asks admin-service for something.
    pub(super) async fn manage(&self, method: Method, path: &str, body: Option<Value>) -> Result<Answer, Failure> {
        let request = Request::new(method, self.url(Service::Admin, path)?).bearer(&self.operator);
        let request = match body {
            Some(body) => request.json(body),
            None => request,
        };
        self.send(&request).await
    }

    /// A partner that is registered with a public key asks for a token with a signature (RFC 7523 section 2.2). Nobody
    /// else has ever had what it signs with.
    pub async fn token_for_a_signature(&self) -> Result<Answer, Failure> {
        let clock = TestClock::new();
        clock.advance(Clock::system().now().since(clock.now()));
        let key = Mint::new("the partner's own key", clock);
        let jwks: Value = serde_json::from_str(&key.jwks_json())?;
        let body = json!({
            "client_name": "Ledger", "scope": "orders:read", "token_endpoint_auth_method": "private_key_jwt",
            "jwks": jwks,
        });
        let registered = self.manage(Method::POST, "/partners", Some(body)).await?;
        answered(&registered, 201)?;
        holds(registered.json()?.get("client_secret").is_none(), "there is no secret")?;
        let assertion = key.assertion(&self.provider.issuer, &text(&registered, "client_id")?).build();
        let mut request = Request::post(self.provider.token_endpoint.clone());
        request.body = Body::Form(vec![
            ("grant_type", "client_credentials".to_owned()),
            ("client_assertion_type", ASSERTION_TYPE.to_owned()),
            ("client_assertion", assertion),
        ]);
        self.send(&request).await
    }

    /// Replaces the secret of a partner: a new one, which is given, and the end of those before.
    pub async fn replace_secret(&self, client_id: &str) -> Result<String, Failure> {
        let partner = format!("/partners/{client_id}");
        let before = self.manage(Method::GET, &partner, None).await?.json()?;
        let added = self.manage(Method::POST, &format!("{partner}/secrets"), Some(json!({}))).await?;
        answered(&added, 201)?;
        for secret in before.get("secrets").and_then(Value::as_array).into_iter().flatten() {
            let id = secret.get("secret_id").and_then(Value::as_str).unwrap_or_default();
            answered(&self.manage(Method::DELETE, &format!("{partner}/secrets/{id}"), None).await?, 204)?;
        }
        text(&added, "client_secret")
    }
}
