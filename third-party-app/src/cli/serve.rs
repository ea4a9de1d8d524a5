//! `third-party-app serve`.

use std::net::IpAddr;
use std::path::PathBuf;

use clap::Args;
use third_party_app::http::ConnectTo;
use third_party_app::site::SiteOptions;
use url::Url;

use super::{Failure, secret_source};

#[derive(Debug, Args)]
#[command(
    after_help = "The partner must be registered with the redirect URI PUBLIC_URL/callback, and with the scopes openid, \
    profile, email, offline_access, orders:read, orders:write, accounts:read and accounts:write.\n\
    Exit code: 0 after Ctrl-C or SIGTERM, 2 if it cannot start."
)]
pub(crate) struct Arguments {
    /// The issuer with which the partner is registered; it is trusted, and no other that a resource may name.
    #[arg(long, env = "ISSUER", default_value = "http://localhost:8080")]
    issuer: String,

    /// The API that partners use.
    #[arg(long, env = "ORDERS_URL", default_value = "http://localhost:8081", value_name = "URL")]
    orders_url: Url,

    /// The partner's id.
    #[arg(long, env = "CLIENT_ID", value_name = "ID")]
    client_id: String,

    /// The partner's secret. Other users of the machine can see a command line: prefer the variable or the file.
    #[arg(long, env = "CLIENT_SECRET", hide_env_values = true, value_name = "SECRET")]
    client_secret: Option<String>,

    /// A file that holds the partner's secret.
    #[arg(long, env = "CLIENT_SECRET_FILE", value_name = "FILE")]
    client_secret_file: Option<PathBuf>,

    /// Where browsers find the site, without a path. Not `localhost`: cookies do not know ports, so those of the authorization server
    /// would come along.
    #[arg(long, env = "PUBLIC_URL", default_value = "http://127.0.0.1:8083", value_name = "URL")]
    public_url: Url,

    /// The address to listen on.
    #[arg(long, env = "HOST", default_value = "127.0.0.1", value_name = "ADDRESS")]
    host: IpAddr,

    /// The port to listen on.
    #[arg(long, env = "PORT", default_value_t = 8083)]
    port: u16,

    /// Send requests for the first host and port to the second, as curl does; may be repeated.
    #[arg(long, env = "CONNECT_TO", value_delimiter = ',', value_name = "HOST1:PORT1:HOST2:PORT2")]
    connect_to: Vec<ConnectTo>,
}

impl Arguments {
    pub(crate) fn into_options(self) -> Result<SiteOptions, Failure> {
        let secret = secret_source::read("client-secret", self.client_secret, self.client_secret_file.as_deref())?;
        let missing = || Failure::Usage("give --client-secret or --client-secret-file".to_owned());
        Ok(SiteOptions {
            issuer: self.issuer,
            client_id: self.client_id,
            client_secret: secret.ok_or_else(missing)?,
            public_url: self.public_url,
            orders_url: self.orders_url,
            host: self.host,
            port: self.port,
            connect_to: self.connect_to,
            handle_signals: true,
        })
    }
}
