//! Where the service listens.

use std::{net::IpAddr, time::Duration};

use clap::Args;

use crate::server::ServerSettings;

/// `HOST`, `PORT`, `MANAGEMENT_PORT`, `WORKERS`, `DRAIN_DELAY`. The two ports of the type are the service's defaults.
#[derive(Debug, Clone, Args)]
pub struct ServerArgs<const PORT: u16, const MANAGEMENT_PORT: u16> {
    /// Address to listen on; 0.0.0.0 for all, as a container needs
    #[arg(long, env = "HOST", value_name = "ADDRESS", default_value = "127.0.0.1")]
    pub host: IpAddr,

    /// TCP port to listen on; 0 takes any free one
    #[arg(long, env = "PORT", value_name = "PORT", default_value_t = PORT)]
    pub port: u16,

    /// TCP port of /metrics, on 127.0.0.1 only; 0 takes any free one
    #[arg(long, env = "MANAGEMENT_PORT", value_name = "PORT", default_value_t = MANAGEMENT_PORT)]
    pub management_port: u16,

    /// Threads that serve requests, 1 to 64 [default: one per core, at most 4]
    #[arg(long, env = "WORKERS", value_name = "THREADS", value_parser = clap::value_parser!(u16).range(1..=64))]
    pub workers: Option<u16>,

    /// Seconds between SIGTERM (from then on not ready) and the end of accepting, for a load balancer to notice; 0 to 8
    #[arg(long, env = "DRAIN_DELAY", value_name = "SECONDS",
          default_value_t = 1, value_parser = clap::value_parser!(u64).range(0..=8))]
    pub drain_delay: u64,
}

impl<const PORT: u16, const MANAGEMENT_PORT: u16> ServerArgs<PORT, MANAGEMENT_PORT> {
    /// Settings for [`server::bind`](crate::server::bind); `service` is the name in logs and metrics.
    #[must_use]
    pub fn settings(&self, service: &'static str) -> ServerSettings {
        let defaults = ServerSettings::new(service);
        ServerSettings {
            host: self.host,
            port: self.port,
            management_port: Some(self.management_port),
            workers: self.workers.map_or(defaults.workers, usize::from),
            drain_delay: Duration::from_secs(self.drain_delay),
            ..defaults
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::{CommandFactory as _, Parser};

    use super::ServerArgs;
    use crate::settings::{DatabaseArgs, KeyArgs};

    /// The service's own text.
    #[derive(Parser)]
    struct Command {
        #[command(flatten)]
        server: ServerArgs<8081, 9081>,
        #[command(flatten)]
        database: DatabaseArgs,
        #[command(flatten)]
        key: KeyArgs,
    }

    #[test]
    fn the_defaults_of_the_service_stand_in_the_help_and_in_the_settings() {
        let parsed = Command::try_parse_from(["x"]).unwrap();
        let server = parsed.server.settings("x");
        assert_eq!((server.port, server.management_port), (8081, Some(9081)));
        assert!(parsed.key.key_encryption_key_file.is_none());
        assert_eq!(parsed.database.settings("sqlite://a.db").unwrap().url.expose(), "sqlite://a.db");

        let help = Command::command().term_width(200).render_help().to_string();
        assert!(help.contains("[default: 8081]") && help.contains("[env: PORT="), "{help}");
        assert!(help.starts_with("The service's own text"), "{help}");
    }
}
