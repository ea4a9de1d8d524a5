//! The command line.

use std::path::PathBuf;

use clap::{Parser, Subcommand, ValueEnum};

/// The three services on this machine, on embedded SQLite, the sequence played against them, and a partner's web site.
#[derive(Debug, Parser)]
#[command(name = "quickstart", version)]
pub struct Cli {
    /// Where things are kept and who listens where.
    #[command(flatten)]
    pub place: Place,
    /// End after the walkthrough, with its exit code, instead of serving on
    #[arg(long)]
    pub once: bool,
    /// Print the walkthrough as one JSON object per line
    #[arg(long)]
    pub json: bool,
    /// Run one service in a process of its own instead.
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// What to run.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Serve one of the three and do nothing else
    Serve {
        /// Which one
        service: Service,
        /// Settings of that service, as on its own command line, in place of those that it is given here
        #[arg(last = true, value_name = "SETTINGS")]
        settings: Vec<String>,
    },
}

/// The three services.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Service {
    /// auth-service
    Auth,
    /// orders-service
    Orders,
    /// admin-service
    Admin,
}

impl Service {
    /// In the order in which they are started.
    pub const ALL: [Self; 3] = [Self::Auth, Self::Orders, Self::Admin];

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Auth => "auth-service",
            Self::Orders => "orders-service",
            Self::Admin => "admin-service",
        }
    }

    /// The option that chooses its port.
    #[must_use]
    pub fn port_option(self) -> &'static str {
        match self {
            Self::Auth => "--auth-port",
            Self::Orders => "--orders-port",
            Self::Admin => "--admin-port",
        }
    }
}

/// Where things are kept and who listens where.
#[derive(Debug, clap::Args)]
pub struct Place {
    /// Directory for databases, keys and the operator's password
    #[arg(long, value_name = "DIR", default_value = "data", global = true)]
    pub data: PathBuf,
    /// Keep everything in a temporary directory, and remove it at the end
    #[arg(long, conflicts_with = "data", global = true)]
    pub temporary: bool,
    /// Port of auth-service; its metrics are 1000 above, as are the others'
    #[arg(long, value_name = "PORT", default_value_t = 8080, value_parser = clap::value_parser!(u16).range(1024..=64_000), global = true)]
    pub auth_port: u16,
    /// Port of orders-service
    #[arg(long, value_name = "PORT", default_value_t = 8081, value_parser = clap::value_parser!(u16).range(1024..=64_000), global = true)]
    pub orders_port: u16,
    /// Port of admin-service
    #[arg(long, value_name = "PORT", default_value_t = 8082, value_parser = clap::value_parser!(u16).range(1024..=64_000), global = true)]
    pub admin_port: u16,
    /// Port of the partner's web site, which is served after the walkthrough
    #[arg(long, value_name = "PORT", default_value_t = 8083, value_parser = clap::value_parser!(u16).range(1024..), global = true)]
    pub partner_port: u16,
}

impl Place {
    /// The port that a service listens on.
    #[must_use]
    pub fn port(&self, service: Service) -> u16 {
        match service {
            Service::Auth => self.auth_port,
            Service::Orders => self.orders_port,
            Service::Admin => self.admin_port,
        }
    }

    /// The public URL of a service on this machine.
    #[must_use]
    pub fn url(&self, service: Service) -> String {
        format!("http://localhost:{}", self.port(service))
    }
}
