//! Settings, from the command line or the environment. `--help` lists them all.

use std::path::PathBuf;

use clap::{ArgAction, Parser};
use service_kit::DatabaseSettings;
use service_kit::settings::{DatabaseArgs, KeyArgs, ServerArgs, SettingsError};
use shared_claims::ids::Audience;
use shared_claims::settings::{ExchangeSettings, InvalidSettings, VerifierSettings, check_identity, check_location};
use url::Url;

/// TCP port when nothing is said.
pub const PORT: u16 = 8082;
/// TCP port of `/metrics` when nothing is said.
pub const MANAGEMENT_PORT: u16 = 9082;

const DEFAULT_DATABASE: &str = "sqlite://data/admin-service.db";
const DEFAULT_KEY_FILE: &str = "data/admin-service.key";

/// The internal application: operators register partners, complete fulfilments and read one audit trail
#[derive(Debug, Clone, Parser)]
#[command(name = "admin-service", version)]
pub struct Settings {
    /// Where it listens.
    #[command(flatten)]
    pub server: ServerArgs<PORT, MANAGEMENT_PORT>,

    /// Where its database is.
    #[command(flatten)]
    pub database: DatabaseArgs,

    /// Under which key its own keys are sealed.
    #[command(flatten)]
    pub key: KeyArgs,

    /// What was agreed with the issuer of access tokens.
    #[command(flatten)]
    pub verifier: VerifierSettings,

    /// Where it exchanges tokens.
    #[command(flatten)]
    pub exchange: ExchangeSettings,

    /// Identity of this service, a URL: the `resource` that clients ask tokens for, and their `aud`
    #[arg(long, env = "PUBLIC_URL", value_name = "URL", default_value = "http://localhost:8082")]
    pub public_url: Audience,

    /// Where auth-service is, for /clients and /audit-events
    #[arg(long, env = "AUTH_URL", value_name = "URL", default_value = "http://localhost:8080")]
    pub auth_url: Url,

    /// Identity of auth-service's management API: the `resource` that tokens are exchanged for
    #[arg(long, env = "AUTH_RESOURCE", value_name = "URL", default_value = "http://localhost:8080")]
    pub auth_resource: Audience,

    /// Where orders-service is, for /audit-events
    #[arg(long, env = "ORDERS_URL", value_name = "URL", default_value = "http://localhost:8081")]
    pub orders_url: Url,

    /// Identity of orders-service: the `resource` that tokens are exchanged for
    #[arg(long, env = "ORDERS_RESOURCE", value_name = "URL", default_value = "http://localhost:8081")]
    pub orders_resource: Audience,

    /// Whether locations (JWKS_URL, TOKEN_URL, AUTH_URL, ORDERS_URL) may be http:// off this machine, as in a network of
    /// containers: true or false
    #[arg(long, env = "ALLOW_HTTP", value_name = "BOOL", default_value_t = false, default_missing_value = "true",
          num_args = 0..=1, require_equals = true, action = ArgAction::Set)]
    pub allow_http: bool,

    /// Whether SIGTERM and SIGINT stop this service; off where several services share a process.
    #[arg(skip = true)]
    pub handle_signals: bool,
}

impl Settings {
    /// Checks all that can be checked before anything is started.
    ///
    /// # Errors
    /// [`InvalidSettings`] names the setting.
    pub fn check(&self) -> Result<(), InvalidSettings> {
        check_identity("PUBLIC_URL", self.public_url.as_str())?;
        check_identity("AUTH_RESOURCE", self.auth_resource.as_str())?;
        check_identity("ORDERS_RESOURCE", self.orders_resource.as_str())?;
        check_location("AUTH_URL", &self.auth_url, self.allow_http)?;
        check_location("ORDERS_URL", &self.orders_url, self.allow_http)?;
        self.verifier.check(&self.public_url, self.allow_http)?;
        self.exchange.check(&self.verifier.issuer, self.allow_http)
    }

    /// Where the database is; without a word an SQLite file of this service's own.
    ///
    /// # Errors
    /// [`SettingsError`].
    pub fn database(&self) -> Result<DatabaseSettings, SettingsError> {
        database_settings(&self.database)
    }

    /// Where the key-encryption key is when nothing is said: beside the database, if that is a file.
    #[must_use]
    pub fn default_key_file(database: &DatabaseSettings) -> PathBuf {
        let file = database.url.expose().strip_prefix("sqlite://");
        file.map_or_else(|| PathBuf::from(DEFAULT_KEY_FILE), |path| PathBuf::from(path).with_extension("key"))
    }
}

/// The same, for commands that need the database alone.
///
/// # Errors
/// [`SettingsError`].
pub fn database_settings(arguments: &DatabaseArgs) -> Result<DatabaseSettings, SettingsError> {
    arguments.settings(DEFAULT_DATABASE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_word_all_is_on_this_machine() {
        let settings = Settings::try_parse_from(["admin-service"]).unwrap();
        assert_eq!((settings.server.port, settings.server.management_port), (8082, 9082));
        assert_eq!(settings.public_url.as_str(), "http://localhost:8082");
        assert_eq!(settings.auth_url.as_str(), "http://localhost:8080/");
        assert!(settings.handle_signals && !settings.allow_http);
        let database = settings.database().unwrap();
        assert_eq!(database.url.expose(), DEFAULT_DATABASE);
        assert_eq!(Settings::default_key_file(&database), PathBuf::from(DEFAULT_KEY_FILE));
    }

    #[test]
    fn tokens_do_not_leave_this_machine_in_clear_text_unless_somebody_said_so() {
        let check = |arguments: &[&str]| {
            let arguments = ["admin-service"].iter().chain(arguments);
            Settings::try_parse_from(arguments).unwrap().check().map_err(|error| error.to_string())
        };
        assert!(check(&[]).is_ok());
        for name in ["--auth-url", "--orders-url", "--jwks-url", "--token-url"] {
            assert!(check(&[name, "http://inside:8080"]).unwrap_err().contains("ALLOW_HTTP"));
            assert!(check(&[name, "http://inside:8080", "--allow-http=true"]).is_ok());
        }
        for name in ["--public-url", "--auth-resource", "--orders-resource", "--issuer", "--audience"] {
            assert!(check(&[name, "http://outside.example", "--allow-http"]).is_err(), "{name}");
        }
    }

    #[test]
    fn the_key_lies_beside_a_database_that_is_a_file() {
        let beside = |url: &str| Settings::default_key_file(&DatabaseSettings::new(url.to_owned()));
        assert_eq!(beside("sqlite:///var/lib/admin/admin.db"), PathBuf::from("/var/lib/admin/admin.key"));
        assert_eq!(beside("postgres://admin@db/admin"), PathBuf::from(DEFAULT_KEY_FILE));
    }
}
