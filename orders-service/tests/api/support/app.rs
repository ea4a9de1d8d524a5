//! One orders-service with its own database and its own issuer, on a port that the system chose.

use std::sync::Arc;

use actix_web::dev::ServerHandle;
use clap::Parser as _;
use orders_service::settings::AllowedOrigins;
use orders_service::{Application, MIGRATIONS, Settings};
use reqwest::{Client, Method, RequestBuilder};
use serde_json::json;
use service_kit::keyring::KeyEncryptionKey;
use service_kit::testing::TestDatabase;
use shared_claims::keys::KeySource;
use shared_claims::testing::{Mint, TestClock};
use tempfile::TempDir;

use super::{Answer, Caller, FakePeers};

pub const ISSUER: &str = "http://localhost:8080";
pub const AUDIENCE: &str = "http://localhost:8081";
pub const ADMIN: &str = "http://localhost:8082";
/// What a partner may be registered for.
pub const PARTNER_SCOPE: &str = "orders:read orders:write accounts:read accounts:write fulfilment:request";

pub struct TestApp {
    pub mint: Mint,
    pub clock: TestClock,
    pub peers: FakePeers,
    pub database: TestDatabase,
    /// Where the key-encryption key is.
    folder: TempDir,
    base: String,
    pub management_port: u16,
    handle: ServerHandle,
    pub http: Client,
}

impl TestApp {
    /// The service, and peers that do their part.
    pub async fn start() -> Self {
        let peers = FakePeers::start().await;
        Self::start_with(peers).await
    }

    /// The service with these peers, there or not.
    pub async fn start_with(peers: FakePeers) -> Self {
        let clock = TestClock::new();
        let mint = Mint::new(ISSUER, clock.clone());
        Self::start_trusting(peers, clock, mint.clone(), Some(Arc::new(mint))).await
    }

    /// The service with `ALLOWED_ORIGINS`.
    pub async fn start_for_pages_of(origins: &str) -> Self {
        let (peers, clock) = (FakePeers::start().await, TestClock::new());
        let mint = Mint::new(ISSUER, clock.clone());
        Self::launch(peers, clock, mint.clone(), Some(Arc::new(mint)), origins.parse().unwrap()).await
    }

    /// The service with keys from `keys`, or from the issuer's own (fake) location.
    pub async fn start_trusting(
        peers: FakePeers,
        clock: TestClock,
        mint: Mint,
        keys: Option<Arc<dyn KeySource>>,
    ) -> Self {
        Self::launch(peers, clock, mint, keys, AllowedOrigins::default()).await
    }

    async fn launch(
        peers: FakePeers,
        clock: TestClock,
        mint: Mint,
        keys: Option<Arc<dyn KeySource>>,
        allowed_origins: AllowedOrigins,
    ) -> Self {
        let database = TestDatabase::migrated(MIGRATIONS).await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        KeyEncryptionKey::load_or_create(&folder.path().join("kek")).unwrap();
        let settings = Settings { allowed_origins, ..settings(&peers, &database, &folder) };
        let application = match keys {
            Some(keys) => Application::build_with_keys(settings, clock.clock(), keys).await.unwrap(),
            None => Application::build(settings, clock.clock()).await.unwrap(),
        };
        let (base, management_port) = (base(&application), application.management_port().unwrap());
        let handle = application.handle();
        tokio::spawn(application.run_until_stopped());
        let http = Client::builder().no_proxy().build().unwrap();
        Self { mint, clock, peers, database, folder, base, management_port, handle, http }
    }

    /// Another process of the same service: same database, same keys, nothing else in common.
    pub async fn second_replica(&self) -> Replica<'_> {
        let settings = settings(&self.peers, &self.database, &self.folder);
        let keys = Arc::new(self.mint.clone());
        let application = Application::build_with_keys(settings, self.clock.clock(), keys).await.unwrap();
        let base = base(&application);
        tokio::spawn(application.run_until_stopped());
        Replica { app: self, base }
    }

    pub async fn stop(&self) {
        self.handle.stop(false).await;
    }

    /// A partner with all that partners may have.
    pub fn partner(&self, client_id: &str) -> Caller<'_> {
        self.partner_with(client_id, PARTNER_SCOPE)
    }

    pub fn partner_with(&self, client_id: &str, scope: &str) -> Caller<'_> {
        Caller::new(self, &self.base, self.mint.access_token(AUDIENCE, client_id, scope).build())
    }

    /// A program of `client_id` for somebody else: a person (`usr_…`) or one of its accounts (`acc_…`).
    pub fn through(&self, client_id: &str, subject: &str) -> Caller<'_> {
        let token = self.mint.access_token(AUDIENCE, client_id, PARTNER_SCOPE).claim("sub", json!(subject));
        Caller::new(self, &self.base, token.build())
    }

    /// admin-service, on behalf of an operator who reads the trail.
    pub fn auditor(&self) -> Caller<'_> {
        let token = self.mint.operator_token(AUDIENCE, "audit:read", &["auditor"]);
        let token = token.claim("client_id", json!("admin-service")).claim("act", json!({"sub": "admin-service"}));
        Caller::new(self, &self.base, token.build())
    }

    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, format!("{}{path}", self.base))
    }

    /// Without any credentials.
    pub async fn get(&self, path: &str) -> Answer {
        Answer::of(self.request(Method::GET, path).send().await.unwrap()).await
    }
}

/// A second process on the same database.
pub struct Replica<'a> {
    app: &'a TestApp,
    base: String,
}

impl Replica<'_> {
    pub fn partner(&self, client_id: &str) -> Caller<'_> {
        let token = self.app.mint.access_token(AUDIENCE, client_id, PARTNER_SCOPE).build();
        Caller::new(self.app, &self.base, token)
    }
}

fn base(application: &Application) -> String {
    format!("http://127.0.0.1:{}", application.port())
}

fn settings(peers: &FakePeers, database: &TestDatabase, folder: &TempDir) -> Settings {
    let kek = folder.path().join("kek");
    let peer = format!("http://127.0.0.1:{}", peers.port);
    let mut settings = Settings::try_parse_from([
        "orders-service",
        "--port=0",
        "--management-port=0",
        "--workers=2",
        &format!("--database-url={}", database.settings().url.expose()),
        "--database-pool-size=4",
        &format!("--key-encryption-key-file={}", kek.display()),
        &format!("--issuer={ISSUER}"),
        &format!("--jwks-url={peer}/jwks"),
        &format!("--token-url={peer}/oauth/token"),
        &format!("--public-url={AUDIENCE}"),
        &format!("--admin-url={peer}"),
        &format!("--admin-resource={ADMIN}"),
    ])
    .unwrap();
    settings.handle_signals = false;
    settings
}
