//! Every setting of orders-service. Each is an option of the command line and an environment variable.

mod origins;

pub use origins::{AllowedOrigins, InvalidOrigin};

use std::path::{Path, PathBuf};

use clap::{ArgAction, Parser};
use service_kit::DatabaseSettings;
use service_kit::settings::{DatabaseArgs, KeyArgs, ServerArgs, SettingsError};
use shared_claims::ids::{Audience, InvalidName, Issuer};
use shared_claims::permission::Api;
use shared_claims::permission::orders::OrdersApi;
use shared_claims::settings::{ExchangeSettings, InvalidSettings, VerifierSettings, check_identity, check_location};
use url::Url;

/// The service's name: in log, metrics and audit trail, and as a client of auth-service.
pub const SERVICE: &str = OrdersApi::NAME;

/// TCP port when nothing is said.
pub const PORT: u16 = 8081;
/// TCP port of `/metrics` when nothing is said.
pub const MANAGEMENT_PORT: u16 = 9081;

const DEFAULT_DATABASE: &str = "sqlite://data/orders-service.db";
const DEFAULT_KEY_FILE: &str = "data/orders-service.key";

/// The settings.
#[derive(Debug, Clone, Parser)]
#[command(name = "orders-service", next_line_help = true)]
pub struct Settings {
    /// Where it listens.
    #[command(flatten)]
    pub server: ServerArgs<PORT, MANAGEMENT_PORT>,
    /// Where its database is.
    #[command(flatten)]
    pub database: DatabaseArgs,
    /// What its keys are sealed under.
    #[command(flatten)]
    pub key: KeyArgs,
    /// Whose tokens it accepts.
    #[command(flatten)]
    pub verifier: VerifierSettings,
    /// Where it exchanges them.
    #[command(flatten)]
    pub exchange: ExchangeSettings,

    /// Who this service is: the `resource` of its metadata, the `iss` of its receipts, and the `aud` of tokens for it. A
    /// fixed text, the URL under which partners reach it
    #[arg(long, env = "PUBLIC_URL", value_name = "URL", default_value = "http://localhost:8081")]
    pub public_url: Audience,

    /// Where admin-service is: a location
    #[arg(long, env = "ADMIN_URL", value_name = "URL", default_value = "http://localhost:8082")]
    pub admin_url: Url,

    /// Who admin-service is: the `resource` for which tokens are exchanged, a fixed text
    #[arg(long, env = "ADMIN_RESOURCE", value_name = "URL", default_value = "http://localhost:8082")]
    pub admin_resource: Audience,

    /// Whether locations (JWKS_URL, TOKEN_URL, ADMIN_URL) may be http:// off this machine, as in a network of containers:
    /// true or false
    #[arg(long, env = "ALLOW_HTTP", value_name = "BOOL", default_value_t = false, default_missing_value = "true",
          num_args = 0..=1, require_equals = true, action = ArgAction::Set)]
    pub allow_http: bool,

    /// Origins whose pages may call this API from a browser (CORS), such as `https://app.example.com`, separated by
    /// commas; http:// on this machine only [default: none]
    #[arg(long, env = "ALLOWED_ORIGINS", value_name = "ORIGINS", default_value = "", hide_default_value = true)]
    pub allowed_origins: AllowedOrigins,

    /// Whether SIGTERM and SIGINT stop this service. No option: whoever runs several in one process sets it.
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
        check_identity("ADMIN_RESOURCE", self.admin_resource.as_str())?;
        check_location("ADMIN_URL", &self.admin_url, self.allow_http)?;
        self.fulfilments_url()?;
        self.verifier.check(&self.public_url, self.allow_http)?;
        self.exchange.check(&self.verifier.issuer, self.allow_http)
    }

    /// The `iss` of receipts.
    ///
    /// # Errors
    /// None: what can be an audience can be an issuer.
    pub(crate) fn receipt_issuer(&self) -> Result<Issuer, InvalidName> {
        Issuer::new(self.public_url.as_str())
    }

    /// Where fulfilments are handed over.
    ///
    /// # Errors
    /// If ADMIN_URL cannot have a path.
    pub(crate) fn fulfilments_url(&self) -> Result<Url, InvalidSettings> {
        let location = format!("{}/fulfilments", self.admin_url.as_str().trim_end_matches('/'));
        Url::parse(&location).map_err(|_| InvalidSettings::Url("ADMIN_URL"))
    }
}

/// The database, by default a file in `./data`.
///
/// # Errors
/// When both the URL and its file are given, or the file cannot be read.
pub fn database(args: &DatabaseArgs) -> Result<DatabaseSettings, SettingsError> {
    args.settings(DEFAULT_DATABASE)
}

/// The key-encryption key's file when none is named: beside an SQLite file.
pub(crate) fn key_file(database: &DatabaseSettings) -> PathBuf {
    match database.url.expose().strip_prefix("sqlite://") {
        Some(path) => Path::new(path).with_extension("key"),
        None => PathBuf::from(DEFAULT_KEY_FILE),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(args: &[&str]) -> Settings {
        Settings::try_parse_from([&["orders-service"], args].concat()).unwrap()
    }

    #[test]
    fn identity_is_not_location() {
        let inside = parse(&["--admin-url", "http://admin-service:8082/", "--allow-http=true"]);
        assert!(inside.check().is_ok());
        assert_eq!(inside.fulfilments_url().unwrap().as_str(), "http://admin-service:8082/fulfilments");
        assert_eq!(inside.admin_resource.as_str(), "http://localhost:8082");
        assert!(parse(&["--admin-url", "http://admin-service:8082"]).check().is_err());
        assert!(parse(&["--public-url", "http://orders.example.com", "--allow-http"]).check().is_err());
        assert!(parse(&["--token-url", "http://auth-service:8080/oauth/token"]).check().is_err());
        assert!(parse(&["--algorithms", "none"]).check().is_err());
    }

    #[test]
    fn the_key_file_lies_beside_an_sqlite_file() {
        let args =
            DatabaseArgs { database_url: Some("sqlite:///var/lib/o.db".to_owned().into()), ..DatabaseArgs::default() };
        assert_eq!(key_file(&database(&args).unwrap()), Path::new("/var/lib/o.key"));
        let args = DatabaseArgs { database_url: Some("postgres://h/o".to_owned().into()), ..DatabaseArgs::default() };
        assert_eq!(key_file(&database(&args).unwrap()), Path::new(DEFAULT_KEY_FILE));
    }

    #[test]
    fn every_setting_can_be_read_in_the_help() {
        let help = <Settings as clap::CommandFactory>::command().render_long_help().to_string();
        for name in [
            "PUBLIC_URL",
            "ADMIN_URL",
            "ADMIN_RESOURCE",
            "ALLOW_HTTP",
            "ALLOWED_ORIGINS",
            "ISSUER",
            "TOKEN_URL",
            "DATABASE_URL",
            "PORT",
        ] {
            assert!(help.contains(&format!("[env: {name}")), "{name}");
        }
    }
}
