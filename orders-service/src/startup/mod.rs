//! From settings to a service that runs.

mod error;
mod purge;

pub use error::StartError;

use std::sync::Arc;

use actix_web::dev::{Server, ServerHandle};
use actix_web::web::{Data, ServiceConfig};
use jsonwebtoken::Algorithm;
use service_kit::health::Readiness;
use service_kit::keyring::{KeyEncryptionKey, SealedKeys};
use service_kit::server::{self, ServerSettings};
use service_kit::{AuditLog, Database};
use shared_claims::clock::Clock;
use shared_claims::extract::Gate;
use shared_claims::ids::ClientId;
use shared_claims::keys::KeySource;
use shared_claims::permission::orders::OrdersApi;
use shared_claims::sign::{KeyRing, SigningKey};

use self::purge::Purge;
use crate::peers::AdminService;
use crate::routes::{self, Documents, Service, register_endpoints, resource_metadata_url};
use crate::settings::{self, SERVICE, Settings};
use crate::store::{MIGRATIONS, Store};
use crate::tokens::ReceiptSigner;

/// The service, with its ports taken and its database ready. It answers from [`Self::run_until_stopped`] on.
pub struct Application {
    server: Server,
    port: u16,
    management_port: Option<u16>,
    readiness: Readiness,
    _purge: Purge,
}

impl Application {
    /// Sets the service up. To be called within a tokio runtime that lives as long as the service.
    ///
    /// # Errors
    /// [`StartError`]: a setting, a port, the database (after a minute of waiting for it) or the keys.
    pub async fn build(settings: Settings, clock: Clock) -> Result<Self, StartError> {
        // Before the keys are asked for: what is wrong is then said first and alone.
        settings.check()?;
        let keys = settings.verifier.remote_keys(settings.allow_http)?;
        Self::build_with_keys(settings, clock, Arc::new(keys)).await
    }

    /// As [`Self::build`], with the issuer's keys from elsewhere.
    ///
    /// # Errors
    /// As [`Self::build`].
    pub async fn build_with_keys(
        settings: Settings,
        clock: Clock,
        keys: Arc<dyn KeySource>,
    ) -> Result<Self, StartError> {
        settings.check()?;
        let listen = ServerSettings { handle_signals: settings.handle_signals, ..settings.server.settings(SERVICE) };
        let bound = server::bind(listen)?;
        let (port, management_port) = (bound.port(), bound.management_port());

        let database_settings = settings::database(&settings.database)?;
        let database = Database::open_and_migrate(&database_settings, || MIGRATIONS).await?;
        let kek = settings.key.load(&settings::key_file(&database_settings), &database).await?;
        let ring = key_ring(&database, &kek, clock.micros()).await?;
        let store = Store::new(database.clone(), AuditLog::new(database.clone(), SERVICE));

        let purge = Purge::start(store.clone(), clock.clone());
        let readiness = readiness(database, Arc::clone(&keys));
        let configure = configure(&settings, clock, keys, &ring, store)?;
        let server = bound.run(configure, readiness.clone())?;
        Ok(Self { server, port, management_port, readiness, _purge: purge })
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

    /// Whether it can do its work; to be drained before the handle stops it.
    #[must_use]
    pub fn readiness(&self) -> Readiness {
        self.readiness.clone()
    }

    /// Stops the service from within the process.
    #[must_use]
    pub fn handle(&self) -> ServerHandle {
        self.server.handle()
    }

    /// Serves until a signal or the handle stops it.
    ///
    /// # Errors
    /// What the system says when the server breaks down.
    pub async fn run_until_stopped(self) -> std::io::Result<()> {
        self.server.await
    }
}

/// One purpose for receipts and assertions: their `typ` keeps them apart, and auth-service and partners read the same
/// JWKS.
async fn key_ring(database: &Database, kek: &KeyEncryptionKey, now: i64) -> Result<KeyRing, StartError> {
    let generate = || KeyRing::generate(Algorithm::ES256);
    let stored = SealedKeys::load_or_generate(database, kek, "orders-service-signing", now, generate).await?;
    Ok(KeyRing::from_pkcs8(Algorithm::ES256, stored.iter().map(|key| key.secret.as_slice()))?)
}

fn readiness(database: Database, keys: Arc<dyn KeySource>) -> Readiness {
    Readiness::new().with_database(database).with("keys", move || {
        let ready = keys.is_ready();
        async move { ready }
    })
}

/// Wires the parts together, and to the routes.
fn configure(
    settings: &Settings,
    clock: Clock,
    keys: Arc<dyn KeySource>,
    ring: &KeyRing,
    store: Store,
) -> Result<impl Fn(&mut ServiceConfig) + Clone + Send + 'static, StartError> {
    let (public_url, issuer) = (&settings.public_url, &settings.verifier.issuer);
    let resource_server = settings.verifier.resource_server(public_url, keys, clock.clone())?;
    let resource_metadata = resource_metadata_url(public_url);
    let gate = Gate::<OrdersApi>::new(resource_server.verify).with_resource_metadata(resource_metadata.as_str());
    let gate = Data::new(routes::watch(gate, store.clone(), clock.clone()));
    let documents = Data::new(Documents::new(public_url, issuer, &ring.document())?);
    let receipts = ReceiptSigner::new(settings.receipt_issuer()?, Arc::clone(ring.newest()));
    let admin = admin_service(settings, Arc::clone(ring.newest()), clock.clone())?;
    let origins = settings.allowed_origins.clone();
    let service = Data::new(Service { store, clock, receipts, admin, resource_metadata });
    Ok(move |config: &mut ServiceConfig| {
        config.app_data(gate.clone()).app_data(documents.clone()).app_data(service.clone());
        register_endpoints(&origins, config);
    })
}

fn admin_service(settings: &Settings, key: Arc<SigningKey>, clock: Clock) -> Result<AdminService, StartError> {
    let client_id = ClientId::new(SERVICE)?;
    let issuer = &settings.verifier.issuer;
    let exchange = settings.exchange.token_exchange(client_id, issuer, key, clock, settings.allow_http)?;
    Ok(AdminService::new(exchange, settings.fulfilments_url()?, settings.admin_resource.clone())?)
}
