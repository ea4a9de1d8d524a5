//! From settings to a running service.

use std::sync::Arc;

use actix_web::dev::{Server, ServerHandle};
use actix_web::web::{Data, ServiceConfig};
use jsonwebtoken::Algorithm;
use service_kit::health::Readiness;
use service_kit::keyring::{KeyEncryptionKey, KeyringError, SealedKeys};
use service_kit::server::{ServerError, bind};
use service_kit::settings::SettingsError;
use service_kit::{AuditLog, Database, DatabaseError};
use shared_claims::clock::Clock;
use shared_claims::extract::{Gate, register};
use shared_claims::ids::{Audience, ClientId, InvalidName};
use shared_claims::keys::KeySource;
use shared_claims::permission::{Api, admin::AdminApi};
use shared_claims::settings::{ExchangeSettings, InvalidSettings};
use shared_claims::sign::{KeyRing, SignError};
use url::Url;

use crate::peers::{Challenge, Peer};
use crate::routes::{Desk, OtherTrails, Trail, WellKnown, endpoints, observer};
use crate::settings::Settings;
use crate::store::{Fulfilments, MIGRATIONS};

/// The service cannot start. The text is for the person who started it.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// A setting.
    #[error(transparent)]
    Setting(#[from] SettingsError),
    /// A setting of what was agreed.
    #[error(transparent)]
    Agreement(#[from] InvalidSettings),
    /// Our own name at the token endpoint.
    #[error(transparent)]
    Name(#[from] InvalidName),
    /// The database.
    #[error(transparent)]
    Database(#[from] DatabaseError),
    /// The key-encryption key.
    #[error(transparent)]
    KeyEncryptionKey(#[from] KeyringError),
    /// The key ring.
    #[error(transparent)]
    KeyRing(#[from] SignError),
    /// Public keys as JSON.
    #[error("the public keys cannot be written: {0}")]
    Json(#[from] serde_json::Error),
    /// The ports.
    #[error(transparent)]
    Server(#[from] ServerError),
}

/// The service, ready to run.
pub struct Application {
    server: Server,
    port: u16,
    management_port: Option<u16>,
}

/// What handlers are given.
#[derive(Clone)]
struct Shared {
    gate: Data<Gate<AdminApi>>,
    well_known: Data<WellKnown>,
    desk: Data<Desk>,
    trail: Data<Trail>,
    others: Data<OtherTrails>,
    fulfilments: Data<Fulfilments>,
}

impl Application {
    /// Sets everything up. Call it on the runtime that lives as long as the service: keys are fetched and audit rows
    /// collected there.
    ///
    /// # Errors
    /// [`StartError`].
    pub async fn build(settings: Settings, clock: Clock) -> Result<Self, StartError> {
        // Before the keys are asked for: what is wrong is then said first and alone.
        settings.check()?;
        let keys = settings.verifier.remote_keys(settings.allow_http)?;
        Self::build_with_keys(settings, clock, Arc::new(keys)).await
    }

    /// The same, with the issuer's keys from elsewhere than its JWKS location.
    ///
    /// # Errors
    /// [`StartError`].
    pub async fn build_with_keys(
        settings: Settings,
        clock: Clock,
        keys: Arc<dyn KeySource>,
    ) -> Result<Self, StartError> {
        settings.check()?;
        let mut server = settings.server.settings(AdminApi::NAME);
        server.handle_signals = settings.handle_signals;
        // A port in use is said before anything else is touched.
        let bound = bind(server)?;
        let database_settings = settings.database()?;
        let database = Database::open_and_migrate(&database_settings, || MIGRATIONS).await?;
        let kek = settings.key.load(&Settings::default_key_file(&database_settings), &database).await?;
        let key_ring = key_ring(&database, &kek, clock.micros()).await?;

        let shared = share(&settings, &database, &key_ring, Arc::clone(&keys), clock)?;
        let readiness = Readiness::new().with_database(database).with("keys", move || {
            let ready = keys.is_ready();
            async move { ready }
        });
        let (port, management_port) = (bound.port(), bound.management_port());
        let server = bound.run(move |config| configure(config, &shared), readiness)?;
        Ok(Self { server, port, management_port })
    }

    /// The TCP port, also when it was left to the system.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The TCP port of `/metrics`.
    #[must_use]
    pub fn management_port(&self) -> Option<u16> {
        self.management_port
    }

    /// With this it can be stopped from within the process.
    #[must_use]
    pub fn handle(&self) -> ServerHandle {
        self.server.handle()
    }

    /// Serves until it is stopped, by a signal or by the handle.
    ///
    /// # Errors
    /// What the system says.
    pub async fn run_until_stopped(self) -> std::io::Result<()> {
        self.server.await
    }
}

async fn key_ring(database: &Database, kek: &KeyEncryptionKey, now: i64) -> Result<KeyRing, StartError> {
    let generate = || KeyRing::generate(Algorithm::ES256);
    let stored = SealedKeys::load_or_generate(database, kek, "client-assertion", now, generate).await?;
    Ok(KeyRing::from_pkcs8(Algorithm::ES256, stored.iter().map(|key| key.secret.as_slice()))?)
}

fn share(
    settings: &Settings,
    database: &Database,
    key_ring: &KeyRing,
    keys: Arc<dyn KeySource>,
    clock: Clock,
) -> Result<Shared, StartError> {
    let log = AuditLog::new(database.clone(), AdminApi::NAME);
    let trail = Trail::new(log.clone(), database.clone(), clock.clone());
    let (auth, orders) = peers(settings, key_ring, clock.clone())?;
    let verifier = settings.verifier.resource_server(&settings.public_url, keys, clock)?;
    let gate = Gate::new(verifier.verify)
        .with_resource_metadata(WellKnown::protected_resource_url(&settings.public_url))
        .with_observer(observer(trail.clone()));
    let well_known = WellKnown::new(&settings.public_url, &settings.verifier.issuer, &key_ring.document())?;
    Ok(Shared {
        gate: Data::new(gate),
        well_known: Data::new(well_known),
        desk: Data::new(Desk { auth: auth.clone(), trail: trail.clone() }),
        trail: Data::new(trail),
        others: Data::new(OtherTrails { auth, orders }),
        fulfilments: Data::new(Fulfilments::new(database.clone(), log)),
    })
}

/// auth-service and orders-service, for which this service exchanges tokens under its own name and key.
fn peers(settings: &Settings, key_ring: &KeyRing, clock: Clock) -> Result<(Peer, Peer), StartError> {
    let (allow_http, issuer) = (settings.allow_http, &settings.verifier.issuer);
    let name = ClientId::new(AdminApi::NAME)?;
    let exchange = settings.exchange.token_exchange(name, issuer, Arc::clone(key_ring.newest()), clock, allow_http)?;
    let http = ExchangeSettings::http_client().map_err(InvalidSettings::from)?;
    let challenge = Challenge(WellKnown::protected_resource_url(&settings.public_url));
    let peer = |location: &Url, resource: &Audience| {
        Peer::new(http.clone(), exchange.clone(), location.clone(), resource.clone(), challenge.clone())
    };
    let auth = peer(&settings.auth_url, &settings.auth_resource);
    let orders = peer(&settings.orders_url, &settings.orders_resource);
    Ok((auth, orders))
}

fn configure(config: &mut ServiceConfig, shared: &Shared) {
    config
        .app_data(shared.gate.clone())
        .app_data(shared.well_known.clone())
        .app_data(shared.desk.clone())
        .app_data(shared.trail.clone())
        .app_data(shared.others.clone())
        .app_data(shared.fulfilments.clone());
    register(endpoints(), config);
}
