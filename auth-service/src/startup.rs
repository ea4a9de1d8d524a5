//! From settings to a running service.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::{Server, ServerHandle};
use actix_web::web;
use jsonwebtoken::Algorithm;
use jsonwebtoken::crypto::JwtSigner;
use service_kit::health::Readiness;
use service_kit::keyring::{KeyEncryptionKey, KeyringError, SealedKeys};
use service_kit::server::{ServerError, bind};
use service_kit::settings::SettingsError;
use service_kit::{AuditEvent, AuditLog, Database, DatabaseError, Outcome, StoreError};
use shared_claims::agreement::{Agreement, InvalidAgreement};
use shared_claims::cache::Cached;
use shared_claims::claims::{AccessToken, Kind};
use shared_claims::clock::Clock;
use shared_claims::extract::{Gate, Reason, register};
use shared_claims::ids::{Audience, InvalidName};
use shared_claims::keys::{KeySource, RemoteKeys, RemotePolicy};
use shared_claims::permission::auth::AuthApi;
use shared_claims::settings::InvalidSettings;
use shared_claims::sign::{KeyRing, SignError};
use shared_claims::verify::Verifier;

use crate::browser::{Browsers, sealed};
use crate::domain::password::{HashFault, Hasher};
use crate::domain::policy::Bootstrap;
use crate::domain::resource::{ResourceName, Resources};
use crate::hashing::HashingPool;
use crate::limits::{LoginLimits, MailboxLimit};
use crate::operator::{self, OperatorError};
use crate::routes;
use crate::settings::Settings;
use crate::state::State;
use crate::store::cached::CachedClients;
use crate::store::{MIGRATIONS, assertions, authorizations, pushed_requests, sessions, sign_in_links};
use crate::tokens::{AccessTokens, IdTokens, LinkFault, SignInLinks};

/// The clients inside the house, what they may exchange, and the first-party applications.
const BOOTSTRAP: &str = include_str!("../bootstrap.json");

/// Most memory for remembered tokens: only our own services call here.
const TOKEN_CACHE_BYTES: u64 = 4 * 1024 * 1024;

/// How long the end waits for mail that somebody was told to expect.
const MAIL_AT_THE_END: Duration = Duration::from_secs(2);

/// The service cannot start.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "each variant is the error that it wraps")]
pub enum StartError {
    #[error(transparent)]
    Settings(#[from] SettingsError),
    #[error(transparent)]
    InvalidSettings(#[from] InvalidSettings),
    #[error(transparent)]
    Name(#[from] InvalidName),
    #[error(transparent)]
    Database(#[from] DatabaseError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    KeyEncryption(#[from] KeyringError),
    #[error(transparent)]
    KeyRing(#[from] SignError),
    #[error(transparent)]
    Hash(#[from] HashFault),
    #[error("bootstrap.json: {0}")]
    Bootstrap(#[from] serde_json::Error),
    #[error(transparent)]
    Agreement(#[from] InvalidAgreement),
    #[error(transparent)]
    Link(#[from] LinkFault),
    #[error(transparent)]
    Operator(#[from] OperatorError),
    #[error("no HTTP client: {0}")]
    Http(String),
    #[error(transparent)]
    Server(#[from] ServerError),
    #[error("no thread: {0}")]
    Thread(#[from] std::io::Error),
}

/// A service that listens.
pub struct Application {
    port: u16,
    management_port: Option<u16>,
    state: web::Data<State>,
    server: Server,
}

impl Application {
    /// Sets everything up and starts to listen. Must be called within an actix system.
    ///
    /// # Errors
    /// [`StartError`]; its text tells what to do.
    pub async fn build(settings: Settings, clock: Clock) -> Result<Self, StartError> {
        settings.check()?;
        #[cfg(feature = "legacy-flows")]
        log::warn!("built with legacy-flows, a lab and no server for anybody: tokens go through address bars");
        // Bound first: a port in use is told at once, before anything is made.
        let mut server_settings = settings.server.settings("auth-service");
        server_settings.handle_signals = settings.handle_signals;
        let bound = bind(server_settings)?;
        let database_settings = settings.database.settings(&settings.default_database_url())?;
        let database = Database::open_and_migrate(&database_settings, || MIGRATIONS).await?;
        let state = web::Data::new(state(&settings, database.clone(), clock).await?);
        operator::make_first(&state, &settings.operator_password_path()).await?;

        let gate = web::Data::new(gate(&state)?);
        let (port, management_port) = (bound.port(), bound.management_port());
        let shared = state.clone();
        let configure = move |config: &mut web::ServiceConfig| {
            config.app_data(shared.clone()).app_data(gate.clone());
            register(routes::endpoints(), config);
        };
        let server = bound.run(configure, Readiness::new().with_database(database))?;
        Ok(Self { port, management_port, state, server })
    }

    /// The port of the API.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The port of `/metrics`.
    #[must_use]
    pub fn management_port(&self) -> Option<u16> {
        self.management_port
    }

    /// Stops it from elsewhere in the process.
    #[must_use]
    pub fn handle(&self) -> ServerHandle {
        self.server.handle()
    }

    /// Serves until it is stopped.
    ///
    /// # Errors
    /// What the system says.
    pub async fn run_until_stopped(self) -> std::io::Result<()> {
        let purging = actix_web::rt::spawn(purge(self.state.clone()));
        let ended = self.server.await;
        purging.abort();
        self.state.mailer.finish(MAIL_AT_THE_END).await;
        ended
    }
}

async fn state(settings: &Settings, database: Database, clock: Clock) -> Result<State, StartError> {
    let resources = Resources {
        orders: settings.orders_resource.clone(),
        admin: settings.admin_resource.clone(),
        auth: Audience::new(settings.issuer.as_str())?,
    };
    let kek = settings.key.load(&settings.default_key_file(), &database).await?;
    let ring = key_ring(settings, &database, &kek, &clock).await?;
    let bootstrap = Bootstrap::parse(BOOTSTRAP)?;
    let applications = bootstrap.applications().iter().map(|application| application.client(&resources));
    let applications = applications.collect::<Vec<_>>();
    Ok(State {
        inside_keys: inside_keys(settings, &bootstrap)?,
        issuer: settings.issuer.clone(),
        clients: CachedClients::new(database.clone(), clock.clone(), applications),
        tokens: AccessTokens::new(settings.issuer.clone(), ring.clone(), clock.clone()),
        id_tokens: IdTokens::new(settings.issuer.clone(), ring.clone(), clock.clone()),
        audit: AuditLog::new(database.clone(), "auth-service"),
        passwords: hashing(settings, &kek)?,
        mailer: settings.mail.mailer(&settings.data_dir, &settings.issuer, settings.allow_http)?,
        sign_in_links: SignInLinks::new(settings.issuer.clone(), ring.clone(), clock.clone())?,
        browsers: Browsers::new(&settings.issuer, &kek)?,
        limits: LoginLimits::new(settings.login_tries_per_account, settings.login_tries_per_address),
        mailboxes: MailboxLimit::new(settings.sign_in_links_per_mailbox),
        resources,
        bootstrap,
        database,
        ring,
        clock,
    })
}

/// Each algorithm has keys of its own, so that a change of the setting takes the others out of use and not away.
async fn key_ring(
    settings: &Settings,
    database: &Database,
    kek: &KeyEncryptionKey,
    clock: &Clock,
) -> Result<KeyRing, StartError> {
    let algorithm = Algorithm::from(settings.signing_algorithm);
    let purpose = format!("access-token {algorithm:?}");
    let generate = move || KeyRing::generate(algorithm);
    let stored = SealedKeys::load_or_generate(database, kek, &purpose, clock.micros(), generate).await?;
    Ok(KeyRing::from_pkcs8(algorithm, stored.iter().map(|key| key.secret.as_slice()))?)
}

fn hashing(settings: &Settings, kek: &KeyEncryptionKey) -> Result<HashingPool, StartError> {
    let pepper = kek.derive("password pepper")?;
    let hasher = Hasher::new(pepper.as_slice(), settings.password_cost)?;
    Ok(HashingPool::start(hasher, usize::from(settings.hashing_threads))?)
}

/// The keys that our other services publish. Only theirs are fetched by URL.
fn inside_keys(settings: &Settings, bootstrap: &Bootstrap) -> Result<HashMap<String, Arc<dyn KeySource>>, StartError> {
    let mut keys: HashMap<String, Arc<dyn KeySource>> = HashMap::new();
    for client in bootstrap.inside_clients() {
        let location = match client.serves {
            ResourceName::Orders => settings.orders_keys()?,
            ResourceName::Admin => settings.admin_keys()?,
            ResourceName::Auth => continue,
        };
        let remote = RemoteKeys::start(location, RemotePolicy::default())
            .map_err(|error| StartError::Http(error.to_string()))?;
        keys.insert(client.client_id.to_string(), Arc::new(remote));
    }
    Ok(keys)
}

/// This service verifies its own tokens as every other one does: for its own audience, by its published keys.
fn gate(state: &web::Data<State>) -> Result<Gate<AuthApi>, StartError> {
    let algorithm = state.ring.newest().algorithm();
    let agreement = Agreement::new(state.issuer.clone(), state.resources.auth.clone(), AccessToken::TYP, &[algorithm])?;
    let keys: Arc<dyn KeySource> = Arc::new(state.ring.key_set().clone());
    let verifier = Verifier::<AccessToken>::new(agreement, Arc::clone(&keys), state.clock.clone());
    let cached = Cached::new(verifier, keys, state.clock.clone(), TOKEN_CACHE_BYTES);
    let state = state.clone();
    Ok(Gate::new(Arc::new(cached)).with_observer(move |request, denied| {
        metrics::counter!("access_refused_total", "service" => "auth-service", "class" => denied.class()).increment(1);
        if let (Reason::Insufficient(required), Some(token)) = (denied.reason(), denied.token()) {
            let actor = token.actor().map_or_else(|| token.client_id().as_str(), |actor| actor.as_str());
            let event = AuditEvent::new("access.refuse", Outcome::Refused, actor, state.clock.micros())
                .subject(token.subject().as_str())
                .object(request.match_pattern().unwrap_or_default())
                .reason(required.name);
            let audit = state.audit.clone();
            actix_web::rt::spawn(async move {
                if let Err(error) = audit.record(event).await {
                    log::error!("refusal not recorded: {error}");
                }
            });
        }
    }))
}

/// Forgets what has expired, and who has not tried to sign in lately.
async fn purge(state: web::Data<State>) {
    let mut interval = tokio::time::interval(Duration::from_secs(60));
    loop {
        interval.tick().await;
        state.limits.forget_the_quiet();
        state.mailboxes.forget_the_quiet();
        purge_once(&state.database, state.clock.micros()).await;
    }
}

/// Each on its own: where one fails, the others are forgotten all the same.
async fn purge_once(database: &Database, now: i64) {
    // A pushed request may be answered for as long as its pages may be open.
    let pages = i64::try_from(sealed::LIFETIME.as_micros()).unwrap_or(i64::MAX);
    let purged = [
        ("assertions", assertions::purge(database, now).await.err()),
        ("authorizations", authorizations::purge(database, now).await.err()),
        ("sessions", sessions::purge(database, now).await.err()),
        ("sign-in links", sign_in_links::purge(database, now).await.err()),
        ("pushed requests", pushed_requests::purge(database, now.saturating_sub(pages)).await.err()),
    ];
    for (what, error) in purged {
        if let Some(error) = error {
            log::warn!("expired {what} were not purged: {error}");
        }
    }
}
