//! Every setting, as an option and as an environment variable. `--help` lists them; nothing else reads the environment.

use std::num::NonZeroU32;
use std::path::{Path, PathBuf};

use clap::{Parser, ValueEnum};
use jsonwebtoken::Algorithm;
use service_kit::settings::{DatabaseArgs, KeyArgs, ServerArgs};
use shared_claims::ids::{Audience, Issuer};
use shared_claims::settings::{InvalidSettings, check_identity, check_location};
use url::Url;

use crate::mail::MailArgs;

/// TCP port when nothing is said.
pub const PORT: u16 = 8080;
/// TCP port of `/metrics` when nothing is said.
pub const MANAGEMENT_PORT: u16 = 9080;

/// With what access tokens are signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum SigningAlgorithm {
    /// ECDSA on P-256 with SHA-256
    #[value(name = "ES256")]
    Es256,
    /// RSA, 2048 bits, PKCS #1 v1.5 with SHA-256
    #[value(name = "RS256")]
    Rs256,
    /// Ed25519
    #[value(name = "EdDSA")]
    EdDsa,
}

impl From<SigningAlgorithm> for Algorithm {
    fn from(algorithm: SigningAlgorithm) -> Self {
        match algorithm {
            SigningAlgorithm::Es256 => Self::ES256,
            SigningAlgorithm::Rs256 => Self::RS256,
            SigningAlgorithm::EdDsa => Self::EdDSA,
        }
    }
}

/// Settings of auth-service.
#[derive(Debug, Clone, Parser)]
#[command(name = "auth-service")]
pub struct Settings {
    /// Where it listens.
    #[command(flatten)]
    pub server: ServerArgs<PORT, MANAGEMENT_PORT>,
    /// What it keeps its data in.
    #[command(flatten)]
    pub database: DatabaseArgs,
    /// What its private keys are encrypted with.
    #[command(flatten)]
    pub key: KeyArgs,
    /// Directory for the embedded database, the key-encryption key and the operator's first password
    #[arg(long, env = "DATA_DIR", value_name = "PATH", default_value = "data")]
    pub data_dir: PathBuf,
    /// `iss` of the tokens that are issued: a fixed text, and the base of the URLs in the metadata
    #[arg(long, env = "ISSUER", value_name = "URL", default_value = "http://localhost:8080")]
    pub issuer: Issuer,
    /// `aud` of tokens for orders-service: its public URL
    #[arg(long, env = "ORDERS_RESOURCE", value_name = "URL", default_value = "http://localhost:8081")]
    pub orders_resource: Audience,
    /// `aud` of tokens for admin-service: its public URL
    #[arg(long, env = "ADMIN_RESOURCE", value_name = "URL", default_value = "http://localhost:8082")]
    pub admin_resource: Audience,
    /// Where the keys of orders-service are fetched from [default: ORDERS_RESOURCE/.well-known/jwks.json]
    #[arg(long, env = "ORDERS_JWKS_URL", value_name = "URL")]
    pub orders_jwks_url: Option<Url>,
    /// Where the keys of admin-service are fetched from [default: ADMIN_RESOURCE/.well-known/jwks.json]
    #[arg(long, env = "ADMIN_JWKS_URL", value_name = "URL")]
    pub admin_jwks_url: Option<Url>,
    /// Whether locations (ORDERS_JWKS_URL, ADMIN_JWKS_URL) may be http://, and SMTP_URL without TLS, off this machine, as
    /// in a network of containers: true or false
    #[arg(long, env = "ALLOW_HTTP", value_name = "BOOL", default_value_t = false, default_missing_value = "true",
          num_args = 0..=1, require_equals = true, action = clap::ArgAction::Set)]
    pub allow_http: bool,
    /// Where mail goes.
    #[command(flatten)]
    pub mail: MailArgs,
    /// With what access tokens are signed
    #[arg(long, env = "SIGNING_ALGORITHM", value_name = "ALGORITHM", default_value = "ES256")]
    pub signing_algorithm: SigningAlgorithm,
    /// Cost of bcrypt: each step doubles the work
    #[arg(long, env = "PASSWORD_COST", value_name = "COST", default_value_t = crate::domain::password::DEFAULT_COST,
          value_parser = clap::value_parser!(u32).range(4..=16))]
    pub password_cost: u32,
    /// Threads that hash passwords, 1 to 16; each does about four a second
    #[arg(long, env = "HASHING_THREADS", value_name = "THREADS", default_value_t = 1,
          value_parser = clap::value_parser!(u16).range(1..=16))]
    pub hashing_threads: u16,
    /// Tries to sign in, per account, address and minute; 30 times as many from everywhere
    #[arg(long, env = "LOGIN_TRIES_PER_ACCOUNT", value_name = "TRIES", default_value = "10")]
    pub login_tries_per_account: NonZeroU32,
    /// Tries to sign in, per address and minute
    #[arg(long, env = "LOGIN_TRIES_PER_ADDRESS", value_name = "TRIES", default_value = "60")]
    pub login_tries_per_address: NonZeroU32,
    /// Sign-in links that one mailbox gets at once for one address, then one every 5 minutes; 4 times as many from everywhere
    #[arg(long, env = "SIGN_IN_LINKS_PER_MAILBOX", value_name = "LINKS", default_value = "3")]
    pub sign_in_links_per_mailbox: NonZeroU32,
    /// File that the first operator's password is written to, mode 0600 [default: operator-password in DATA_DIR]
    #[arg(long, env = "OPERATOR_PASSWORD_FILE", value_name = "PATH")]
    pub operator_password_file: Option<PathBuf>,
    /// Whether SIGTERM and SIGINT stop the server; not where others in the same process take care of that.
    #[arg(skip = true)]
    pub handle_signals: bool,
}

impl Settings {
    /// Checks all that can be checked before anything is started.
    ///
    /// # Errors
    /// [`InvalidSettings`] names the setting.
    pub fn check(&self) -> Result<(), InvalidSettings> {
        check_identity("ISSUER", self.issuer.as_str())?;
        check_identity("ORDERS_RESOURCE", self.orders_resource.as_str())?;
        check_identity("ADMIN_RESOURCE", self.admin_resource.as_str())?;
        self.orders_keys()?;
        self.admin_keys().map(drop)
    }

    /// Where the keys of orders-service are.
    pub(crate) fn orders_keys(&self) -> Result<Url, InvalidSettings> {
        self.keys("ORDERS_JWKS_URL", self.orders_jwks_url.as_ref(), &self.orders_resource)
    }

    /// Where the keys of admin-service are.
    pub(crate) fn admin_keys(&self) -> Result<Url, InvalidSettings> {
        self.keys("ADMIN_JWKS_URL", self.admin_jwks_url.as_ref(), &self.admin_resource)
    }

    fn keys(&self, name: &'static str, given: Option<&Url>, resource: &Audience) -> Result<Url, InvalidSettings> {
        let location = match given {
            Some(location) => location.clone(),
            None => Url::parse(&format!("{resource}/.well-known/jwks.json")).map_err(|_| InvalidSettings::Url(name))?,
        };
        check_location(name, &location, self.allow_http)?;
        Ok(location)
    }

    /// The embedded database, if no other is given.
    #[must_use]
    pub fn default_database_url(&self) -> String {
        format!("sqlite://{}", self.data_dir.join("auth-service.db").display())
    }

    /// The key-encryption key, if no other file is given.
    #[must_use]
    pub fn default_key_file(&self) -> PathBuf {
        self.data_dir.join("auth-service.key")
    }

    /// Where the first operator's password is.
    #[must_use]
    pub fn operator_password_path(&self) -> PathBuf {
        self.operator_password_file.clone().unwrap_or_else(|| Path::join(&self.data_dir, "operator-password"))
    }
}
