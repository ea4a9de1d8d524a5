//! From settings to a running service.

use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::{Server, ServerHandle};
use actix_web::web::{Data, ServiceConfig};
use service_kit::health::Readiness;
use service_kit::keyring::KeyringError;
use service_kit::server::{ServerError, bind};
use service_kit::settings::SettingsError;
use service_kit::{AuditLog, Database, DatabaseError, DatabaseSettings};
use shared_claims::clock::Clock;
use shared_claims::extract::{Gate, register};
use shared_claims::ids::{ClientId, InvalidName};
use shared_claims::keys::KeySource;
use shared_claims::permission::{Api, admin::AdminApi};
use shared_claims::settings::{ExchangeSettings, InvalidSettings, check_identity, check_location};

use crate::peers::{AuditTrail, Clients, Peer};
use crate::routes::{Desk, OtherTrails, Trail, WellKnown, endpoints, observer};
use crate::settings::Settings;
use crate::store::{Fulfilments, MIGRATIONS};
use crate::tokens::{KeyRing, KeyRingError};

/// How long a start waits for a database that is away, and how often it tries.
const DATABASE_WAIT: Duration = Duration::from_secs(60);
const DATABASE_RETRY: Duration = Duration::from_secs(1);
/// While it waits it says so once in this many tries.
const TRIES_PER_LINE: u32 = 10;

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
    KeyRing(#[from] KeyRingError),
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
        let mut server = settings.server.settings(AdminApi::NAME);
        server.handle_signals = settings.handle_signals;
        // A port in use is said before anything else is touched.
        let bound = bind(server)?;
        let database_settings = settings.database()?;
        let database = migrated_database(&database_settings).await?;
        let kek = settings.key.load(&Settings::default_key_file(&database_settings))?;
        let key_ring = KeyRing::load(&database, &kek, clock.micros()).await?;

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

/// Opens the database and brings it up to date; waits for one that is away, because machines that start together do not
/// start in order.
///
/// # Errors
/// [`DatabaseError`], as [`StartError`].
pub async fn migrated_database(settings: &DatabaseSettings) -> Result<Database, StartError> {
    let most_tries = DATABASE_WAIT.as_secs() / DATABASE_RETRY.as_secs();
    let database = Database::open(settings)?;
    let mut tries: u32 = 0;
    loop {
        match database.migrate(MIGRATIONS).await {
            Err(error @ DatabaseError::Unavailable(_)) if u64::from(tries) < most_tries => {
                if tries.is_multiple_of(TRIES_PER_LINE) {
                    log::warn!("waiting for the database: {error}");
                }
            }
            migrated => {
                migrated?;
                return Ok(database);
            }
        }
        tries = tries.saturating_add(1);
        tokio::time::sleep(DATABASE_RETRY).await;
    }
}

fn share(
    settings: &Settings,
    database: &Database,
    key_ring: &KeyRing,
    keys: Arc<dyn KeySource>,
    clock: Clock,
) -> Result<Shared, StartError> {
    check_identity("PUBLIC_URL", settings.public_url.as_str()).map_err(InvalidSettings::from)?;
    let log = AuditLog::new(database.clone(), AdminApi::NAME);
    let trail = Trail::new(log.clone(), database.clone(), clock.clone());
    let (auth, orders) = peers(settings, key_ring, clock.clone())?;
    let verifier = settings.verifier.resource_server(&settings.public_url, keys, clock)?;
    let gate = Gate::new(verifier.verify)
        .with_resource_metadata(WellKnown::protected_resource_url(&settings.public_url))
        .with_observer(observer(trail.clone()));
    let well_known = WellKnown::new(&settings.public_url, &settings.verifier.issuer, key_ring.published())?;
    Ok(Shared {
        gate: Data::new(gate),
        well_known: Data::new(well_known),
        desk: Data::new(Desk { clients: Clients::new(auth.clone()), trail: trail.clone() }),
        trail: Data::new(trail),
        others: Data::new(OtherTrails { auth: AuditTrail::new(auth), orders: AuditTrail::new(orders) }),
        fulfilments: Data::new(Fulfilments::new(database.clone(), log)),
    })
}

/// auth-service and orders-service, for which this service exchanges tokens under its own name and key.
fn peers(settings: &Settings, key_ring: &KeyRing, clock: Clock) -> Result<(Peer, Peer), StartError> {
    let (allow_http, issuer) = (settings.allow_http, &settings.verifier.issuer);
    for (name, location) in [("AUTH_URL", &settings.auth_url), ("ORDERS_URL", &settings.orders_url)] {
        check_location(name, location, allow_http).map_err(InvalidSettings::from)?;
    }
    let name = ClientId::new(AdminApi::NAME)?;
    let exchange = settings.exchange.token_exchange(name, issuer, key_ring.newest(), clock, allow_http)?;
    let http = ExchangeSettings::http_client().map_err(InvalidSettings::from)?;
    let auth = Peer::new(http.clone(), exchange.clone(), settings.auth_url.clone(), settings.auth_resource.clone());
    let orders = Peer::new(http, exchange, settings.orders_url.clone(), settings.orders_resource.clone());
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
