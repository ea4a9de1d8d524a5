//! Settings that every service has, for `#[command(flatten)]` in its own clap struct. Each can be given as an option or
//! as the environment variable of the same name.

mod database;
mod key;
mod server;

pub use database::DatabaseArgs;
pub use key::KeyArgs;
pub use server::ServerArgs;

/// A setting is missing, doubled or cannot be used. The text is for the person who starts the service and never holds
/// a secret.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct SettingsError(String);

impl SettingsError {
    /// `message` names the setting and says what to do.
    pub fn new(message: impl Into<String>) -> Self {
        Self(message.into())
    }
}
