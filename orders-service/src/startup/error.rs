//! Why the service did not start. The texts are for the person who starts it: they name the setting and what to do.

use service_kit::DatabaseError;
use service_kit::keyring::KeyringError;
use service_kit::server::ServerError;
use service_kit::settings::SettingsError;
use shared_claims::ids::InvalidName;
use shared_claims::settings::InvalidSettings;
use shared_claims::sign::SignError;

/// The service cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// A setting of the database is missing, doubled or cannot be used.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// The agreement with the issuer, an identity or a location cannot be used.
    #[error(transparent)]
    Agreement(#[from] InvalidSettings),
    /// A name that cannot stand in a token.
    #[error("an identity {0}")]
    Name(#[from] InvalidName),
    /// A port.
    #[error(transparent)]
    Server(#[from] ServerError),
    /// The database, or its schema.
    #[error(transparent)]
    Database(#[from] DatabaseError),
    /// The key-encryption key.
    #[error(transparent)]
    Key(#[from] KeyringError),
    /// The keys of this service.
    #[error(transparent)]
    KeyRing(#[from] SignError),
    /// A document that anyone may read cannot be written.
    #[error(transparent)]
    Document(#[from] serde_json::Error),
}
