//! The service on a real port, and a verb for everything that its callers do.

mod answer;
mod asking;
mod browser;
mod clients;
mod database;
mod flow;
mod html;
mod logs;
mod mail;
mod peers;
mod people;
mod proxy;
mod raw;
mod running;
mod tokens;

use std::collections::BTreeMap;
use std::ops::Deref;
use std::path::PathBuf;
use std::sync::Arc;

use auth_service::settings::Settings;
use clap::Parser as _;
use jsonwebtoken::Algorithm;
use reqwest::{Client, Method, RequestBuilder};
use service_kit::keyring::{KeyEncryptionKey, SealedKeys};
use service_kit::testing::TestDatabase;
use shared_claims::sign::SigningKey;
use shared_claims::testing::{Mint, TestClock};
use tempfile::TempDir;

pub use answer::Answer;
pub use asking::{Ask, PASSWORD, challenge_of};
pub use browser::Browser;
pub use clients::{JWT_BEARER, Partner, SigningPartner, by_assertion, expect_invalid_grant};
pub use flow::{REDIRECT_URI, VERIFIER, authorize, parameter};
pub use html::Form;
pub use logs::logged;
pub use mail::{ASK, CONFIRM, SENT, token_in};
pub use peers::{Peers, unique};
pub use people::OPERATOR;
pub use proxy::{Line, Proxy};
pub use raw::raw;
pub use tokens::{assert_holds_nothing_private, claims, header, verify};

pub const ISSUER: &str = "http://localhost:8080";
pub const ORDERS: &str = "http://localhost:8081";
pub const ADMIN: &str = "http://localhost:8082";

/// Options beyond those of every test: `[("--password-cost", "10")]`.
pub type Options<'a> = &'a [(&'a str, &'a str)];

/// What several replicas of the service share.
pub struct House {
    pub clock: TestClock,
    pub database: TestDatabase,
    /// The other services, as clients of this one.
    pub peers: Peers,
    data: TempDir,
}

/// One replica of the service. Dropping it stops it.
pub struct TestApp {
    running: running::Running,
    /// Signs with the service's own key: for tokens that the service would not issue.
    pub mint: Mint,
    http: Client,
    house: Arc<House>,
}

impl Deref for TestApp {
    type Target = House;
    fn deref(&self) -> &House {
        &self.house
    }
}

impl House {
    pub async fn new() -> Self {
        logs::capture();
        let clock = TestClock::new();
        let database = TestDatabase::create().unwrap();
        Self { peers: Peers::start(&clock).await, clock, database, data: tempfile::tempdir().unwrap() }
    }

    fn arguments(&self, options: Options<'_>) -> Vec<String> {
        let mut all = BTreeMap::from([
            ("--port", "0".to_owned()),
            ("--management-port", "0".to_owned()),
            ("--workers", "1".to_owned()),
            ("--data-dir", self.data.path().to_str().unwrap().to_owned()),
            ("--database-url", self.database.settings().url.expose().clone()),
            ("--database-pool-size", "4".to_owned()),
            ("--issuer", ISSUER.to_owned()),
            ("--orders-resource", ORDERS.to_owned()),
            ("--admin-resource", ADMIN.to_owned()),
            ("--orders-jwks-url", self.peers.location("orders-service")),
            ("--admin-jwks-url", self.peers.location("admin-service")),
            ("--password-cost", "4".to_owned()),
            ("--login-tries-per-account", "100000".to_owned()),
            ("--login-tries-per-address", "100000".to_owned()),
            ("--sign-in-links-per-mailbox", "100000".to_owned()),
        ]);
        all.extend(options.iter().map(|(name, value)| (*name, (*value).to_owned())));
        all.into_iter().flat_map(|(name, value)| [name.to_owned(), value]).collect()
    }

    /// The settings of a replica in this house.
    pub fn settings(&self, options: Options<'_>) -> Settings {
        let name = ["auth-service".to_owned()].into_iter();
        let mut settings = Settings::try_parse_from(name.chain(self.arguments(options))).unwrap();
        settings.handle_signals = false;
        settings
    }

    /// Where the first operator's password is written to.
    pub fn operator_file(&self) -> PathBuf {
        self.settings(&[]).operator_password_path()
    }

    /// A replica, or why it does not start.
    pub async fn try_start(self: &Arc<Self>, options: Options<'_>) -> Result<TestApp, String> {
        let asked = self.peers.asked().len();
        let running = running::Running::start(self.settings(options), self.clock.clock()).await?;
        if !options.iter().any(|(name, _)| name.ends_with("-jwks-url")) {
            self.peers.were_asked(asked + 2).await;
        }
        Ok(self.reached_at(running).await)
    }

    /// A replica as a process of its own, with the system's clock.
    pub async fn start_process(self: &Arc<Self>) -> TestApp {
        let now = u64::try_from(service_kit::time::system_now_micros()).unwrap();
        let shown = u64::try_from(self.clock.clock().micros()).unwrap();
        self.clock.advance(std::time::Duration::from_micros(now - shown));
        let running = running::Running::process(&self.arguments(&[]));
        self.reached_at(running).await
    }

    async fn reached_at(self: &Arc<Self>, running: running::Running) -> TestApp {
        let settings = self.settings(&[]);
        let kek = KeyEncryptionKey::load(&settings.default_key_file()).unwrap();
        let purpose = format!("access-token {:?}", Algorithm::ES256);
        let keys = SealedKeys::load(&self.database.database, &kek, &purpose).await.unwrap();
        let key = keys.last().map(|key| SigningKey::from_pkcs8(Algorithm::ES256, &key.secret).unwrap());
        let clock = self.clock.clone();
        let mint = key.map_or_else(|| Mint::new(ISSUER, self.clock.clone()), |key| Mint::with_key(ISSUER, clock, key));
        let http = Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        TestApp { running, mint, http, house: Arc::clone(self) }
    }

    pub async fn start(self: &Arc<Self>, options: Options<'_>) -> TestApp {
        self.try_start(options).await.unwrap()
    }
}

impl TestApp {
    /// The service in a house of its own.
    pub async fn start() -> Self {
        Self::with(&[]).await
    }

    pub async fn with(options: Options<'_>) -> Self {
        Arc::new(House::new().await).start(options).await
    }

    /// Another one in the same house.
    pub async fn replica(&self) -> Self {
        self.house.start(&[]).await
    }

    /// Stops it, and gives what remains.
    pub fn stop(self) -> Arc<House> {
        Arc::clone(&self.house)
    }

    /// `kill -9`, for a process.
    pub fn kill(&self) {
        self.running.kill();
    }

    pub fn port(&self) -> u16 {
        self.running.port
    }

    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, format!("http://127.0.0.1:{}{path}", self.running.port))
    }

    /// `GET` without credentials.
    pub async fn get(&self, path: &str) -> Answer {
        Answer::of(self.request(Method::GET, path)).await
    }
}
