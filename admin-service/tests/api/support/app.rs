//! A running admin-service, and what its callers do.

use std::sync::Arc;
use std::time::Instant;

use admin_service::settings::Settings;
use admin_service::startup::Application;
use clap::Parser;
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use service_kit::testing::TestDatabase;
use service_kit::{AuditFilter, AuditLog, AuditRow};
use shared_claims::keys::KeySource;
use shared_claims::testing::{Mint, TestClock};
use tempfile::TempDir;

use super::{Answer, Peer, Reply};

pub const ISSUER: &str = "http://localhost:8080";
pub const ADMIN: &str = "http://localhost:8082";
pub const ORDERS: &str = "http://localhost:8081";

/// admin-service with a database of its own, an issuer within the test, and peers made by hand.
pub struct TestApp {
    pub url: String,
    pub mint: Mint,
    pub clock: TestClock,
    pub database: TestDatabase,
    /// The token endpoint.
    pub tokens: Peer,
    /// auth-service, but for its token endpoint.
    pub auth: Peer,
    /// orders-service.
    pub orders: Peer,
    client: reqwest::Client,
    _folder: TempDir,
}

impl TestApp {
    pub async fn start() -> Self {
        let clock = TestClock::new();
        let mint = Mint::new(ISSUER, clock.clone());
        let keys: Arc<dyn KeySource> = Arc::new(mint.clone());
        Self::start_with(mint, clock, Some(keys), &[]).await
    }

    /// With the issuer's keys fetched from `issuer`, as in production.
    pub async fn start_with_issuer_at(issuer: &Peer) -> Self {
        let clock = TestClock::new();
        let mint = Mint::new(ISSUER, clock.clone());
        let location = format!("{}/.well-known/jwks.json", issuer.url);
        Self::start_with(mint, clock, None, &["--jwks-url", &location]).await
    }

    async fn start_with(mint: Mint, clock: TestClock, keys: Option<Arc<dyn KeySource>>, more: &[&str]) -> Self {
        let database = TestDatabase::create().expect("a database");
        let folder = tempfile::tempdir().expect("a folder");
        let tokens = Peer::start(|request| Reply::Json(200, exchanged(&request.form()))).await;
        let auth = Peer::start(|_| Reply::Close).await;
        let orders = Peer::start(|_| Reply::Close).await;
        let key_file = folder.path().join("kek");
        let token_url = format!("{}/oauth/token", tokens.url);
        let database_url = database.settings().url.expose().clone();
        let mut arguments = vec!["admin-service", "--port", "0", "--management-port", "0", "--workers", "2"];
        arguments.extend(["--host", "127.0.0.1", "--issuer", ISSUER, "--public-url", ADMIN]);
        arguments.extend(["--token-url", &token_url, "--database-url", &database_url, "--database-pool-size", "4"]);
        arguments.extend(["--auth-url", &auth.url, "--auth-resource", ISSUER]);
        arguments.extend(["--orders-url", &orders.url, "--orders-resource", ORDERS]);
        arguments.extend(more);
        let mut settings = Settings::try_parse_from(arguments).expect("settings");
        settings.handle_signals = false;
        // The file does not exist yet: it is made beside the database, which for PostgreSQL is nowhere.
        service_kit::keyring::KeyEncryptionKey::load_or_create(&key_file).expect("a key");
        settings.key.key_encryption_key_file = Some(key_file);
        let application = match keys {
            Some(keys) => Application::build_with_keys(settings, clock.clock(), keys).await,
            None => Application::build(settings, clock.clock()).await,
        }
        .unwrap_or_else(|error| panic!("{error}"));
        let url = format!("http://127.0.0.1:{}", application.port());
        tokio::spawn(application.run_until_stopped());
        let client = reqwest::Client::builder().no_proxy().build().expect("a client");
        Self { url, mint, clock, database, tokens, auth, orders, client, _folder: folder }
    }

    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("{}{path}", self.url))
    }

    /// Sends a request, and checks what must hold for every answer.
    pub async fn send(&self, request: RequestBuilder) -> Answer {
        let start = Instant::now();
        let response = request.send().await.expect("an answer");
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let body = response.text().await.expect("a body");
        let answer = Answer { status, headers, body, taken: start.elapsed() };
        assert!(!answer.header("x-request-id").is_empty(), "{answer:?}");
        // No session, and no script of another origin reads anything here.
        for name in answer.headers.keys().map(reqwest::header::HeaderName::as_str) {
            assert!(name != "set-cookie" && !name.starts_with("access-control-"), "{answer:?}");
        }
        if status >= 400 {
            assert_eq!(answer.header("content-type"), "application/problem+json", "{answer:?}");
            assert_eq!(answer.json()["status"], status, "{answer:?}");
        }
        answer
    }

    pub async fn call(&self, token: &str, method: Method, path: &str, body: Option<Value>) -> Answer {
        let request = self.request(method, path).bearer_auth(token);
        let request = match body {
            Some(body) => request.json(&body),
            None => request,
        };
        self.send(request).await
    }

    pub async fn get(&self, token: &str, path: &str) -> Answer {
        self.call(token, Method::GET, path, None).await
    }

    pub async fn post(&self, token: &str, path: &str, body: Value) -> Answer {
        self.call(token, Method::POST, path, Some(body)).await
    }

    /// The token of an operator who manages partners.
    pub fn manager(&self) -> String {
        self.mint.operator_token(ADMIN, "partners:manage", &["manager"]).build()
    }

    /// The token of an operator who completes fulfilments.
    pub fn fulfiller(&self) -> String {
        self.mint.operator_token(ADMIN, "fulfilment:complete", &["fulfiller"]).build()
    }

    /// The token of an operator who reads the audit trail.
    pub fn auditor(&self) -> String {
        self.mint.operator_token(ADMIN, "audit:read", &["auditor"]).build()
    }

    /// The token with which orders-service hands over what `partner` asked for.
    pub fn orders_service_for(&self, partner: &str) -> String {
        self.mint
            .access_token(ADMIN, "orders-service", "fulfilment:accept")
            .claim("sub", json!(partner))
            .claim("act", json!({"sub": "orders-service"}))
            .build()
    }

    /// The same, where `subject` is somebody else than the partner: a person or one of its accounts.
    pub fn orders_service_through(&self, partner: &str, subject: &str) -> String {
        self.mint
            .access_token(ADMIN, "orders-service", "fulfilment:accept")
            .claim("sub", json!(subject))
            .claim("act", json!({"sub": "orders-service", "act": {"sub": partner}}))
            .build()
    }

    /// Hands a fulfilment over.
    pub async fn hand_over(&self, partner: &str, fulfilment: Value) -> Answer {
        self.post(&self.orders_service_for(partner), "/fulfilments", fulfilment).await
    }

    /// What this service has recorded.
    pub async fn recorded(&self) -> Vec<AuditRow> {
        let log = AuditLog::new(self.database.database.clone(), "admin-service");
        log.page(AuditFilter::default(), 1000).await.expect("rows")
    }

    /// The same, as "action outcome reason object".
    pub async fn recorded_lines(&self) -> Vec<String> {
        let text = |text: &Option<String>| text.clone().unwrap_or_else(|| "-".to_owned());
        let line = |row: &AuditRow| {
            format!("{} {} {} {}", row.action, row.outcome.as_str(), text(&row.reason), text(&row.object))
        };
        self.recorded().await.iter().map(line).collect()
    }
}

/// A token endpoint that says yes; the token tells what was asked for.
fn exchanged(form: &std::collections::HashMap<String, String>) -> Value {
    let token = format!("{}|{}", form["resource"], form["scope"]);
    json!({"access_token": token, "token_type": "Bearer", "expires_in": 300, "scope": form["scope"],
           "issued_token_type": "urn:ietf:params:oauth:token-type:access_token"})
}
