//! `third-party-app walkthrough`.

use std::io::{self, IsTerminal};
use std::path::PathBuf;

use clap::Args;
use third_party_app::http::ConnectTo;
use third_party_app::walkthrough::{Cast, WalkthroughOptions};
use url::Url;

use super::color::Color;
use super::{Failure, secret_source};

#[derive(Debug, Args)]
#[command(after_help = "Give the operator's password to play operator and client, or --client-id and its secret to \
    play the client alone with a registration that exists.\n\
    Exit code: 0 if everything is as the sequence says, 1 if a step differs (standard error names it), 2 for usage.")]
pub(crate) struct Arguments {
    /// The issuer with which the client is registered; it is trusted, and no other that a resource may name.
    #[arg(long, env = "ISSUER", default_value = "http://localhost:8080")]
    issuer: String,

    /// The API that partners use.
    #[arg(long, env = "ORDERS_URL", default_value = "http://localhost:8081", value_name = "URL")]
    orders_url: Url,

    /// The operator's API.
    #[arg(long, env = "ADMIN_URL", default_value = "http://localhost:8082", value_name = "URL")]
    admin_url: Url,

    /// The operator's e-mail address.
    #[arg(long, env = "OPERATOR_EMAIL", default_value = "operator@example.com", value_name = "EMAIL")]
    operator_email: String,

    /// The operator's password. Other users of the machine can see a command line: prefer the variable or the file.
    #[arg(long, env = "OPERATOR_PASSWORD", hide_env_values = true, value_name = "PASSWORD")]
    operator_password: Option<String>,

    /// A file that holds the operator's password.
    #[arg(long, env = "OPERATOR_PASSWORD_FILE", value_name = "FILE")]
    operator_password_file: Option<PathBuf>,

    /// The id of a registration that exists: then the client alone is played.
    #[arg(long, env = "CLIENT_ID", value_name = "ID")]
    client_id: Option<String>,

    /// The secret of that registration.
    #[arg(long, env = "CLIENT_SECRET", hide_env_values = true, value_name = "SECRET")]
    client_secret: Option<String>,

    /// A file that holds the secret of that registration.
    #[arg(long, env = "CLIENT_SECRET_FILE", value_name = "FILE")]
    client_secret_file: Option<PathBuf>,

    /// Send requests for the first host and port to the second, as curl does; may be repeated.
    #[arg(long, env = "CONNECT_TO", value_delimiter = ',', value_name = "HOST1:PORT1:HOST2:PORT2")]
    connect_to: Vec<ConnectTo>,

    /// Write one JSON object to a line instead of text: a line for each step, and one for the summary.
    #[arg(long, env = "OUTPUT_JSON")]
    json: bool,

    /// When to use colours.
    #[arg(long, env = "COLOR", value_enum, default_value = "auto", value_name = "WHEN")]
    color: Color,

    /// Show secrets and tokens in full. Do not use this where others read along or logs are kept.
    #[arg(long, env = "SHOW_SECRETS")]
    show_secrets: bool,
}

impl Arguments {
    pub(crate) fn into_options(self) -> Result<WalkthroughOptions, Failure> {
        let cast = self.cast()?;
        Ok(WalkthroughOptions {
            connect_to: self.connect_to,
            json: self.json,
            color: self.color.on_stdout(),
            // The bar is drawn on standard error, and belongs to a report that somebody watches.
            progress: io::stdout().is_terminal() && io::stderr().is_terminal(),
            show_secrets: self.show_secrets,
            ..WalkthroughOptions::new(self.issuer, self.orders_url, self.admin_url, cast)
        })
    }

    fn cast(&self) -> Result<Cast, Failure> {
        let client_secret =
            secret_source::read("client-secret", self.client_secret.clone(), self.client_secret_file.as_deref())?;
        if let Some(client_id) = self.client_id.clone().filter(|id| !id.is_empty()) {
            let missing = || Failure::Usage("--client-id needs --client-secret or --client-secret-file".to_owned());
            return Ok(Cast::ClientOnly { client_id, client_secret: client_secret.ok_or_else(missing)? });
        }
        let password = secret_source::read(
            "operator-password",
            self.operator_password.clone(),
            self.operator_password_file.as_deref(),
        )?;
        let nobody = || {
            Failure::Usage(
                "give the operator's password (OPERATOR_PASSWORD, or `auth-service operator-password` for the first \
                 operator's), or --client-id and --client-secret"
                    .to_owned(),
            )
        };
        Ok(Cast::OperatorAndClient { email: self.operator_email.clone(), password: password.ok_or_else(nobody)? })
    }
}
