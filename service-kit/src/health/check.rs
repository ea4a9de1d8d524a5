//! The `healthcheck` command of the services, for images that have no shell and no curl.

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::time::Duration;

use clap::Args;

/// Longest wait for each step.
const LIMIT: Duration = Duration::from_secs(2);

/// What `healthcheck` takes. `DEFAULT_PORT` is the service's own.
#[derive(Debug, Clone, Args)]
pub struct HealthcheckArgs<const DEFAULT_PORT: u16> {
    /// TCP port of the service at 127.0.0.1
    #[arg(long, env = "PORT", value_name = "PORT", default_value_t = DEFAULT_PORT)]
    pub port: u16,

    /// Ask whether it can do its work (/readyz), not only whether it is alive (/healthz)
    #[arg(long)]
    pub ready: bool,
}

impl<const DEFAULT_PORT: u16> HealthcheckArgs<DEFAULT_PORT> {
    /// Asks the service.
    ///
    /// # Errors
    /// A text for the terminal when the answer is not 200 or does not come within two seconds.
    pub fn run(&self) -> Result<(), String> {
        let path = if self.ready { "/readyz" } else { "/healthz" };
        check(self.port, path)
    }
}

fn check(port: u16, path: &str) -> Result<(), String> {
    let answer = ask(port, path).map_err(|error| format!("no answer from 127.0.0.1:{port}: {error}"))?;
    if answer.starts_with("HTTP/1.1 200 ") {
        return Ok(());
    }
    Err(format!("127.0.0.1:{port} answered {path}: {}", answer.lines().next().unwrap_or("nothing")))
}

fn ask(port: u16, path: &str) -> std::io::Result<String> {
    let mut stream = TcpStream::connect_timeout(&SocketAddr::from((Ipv4Addr::LOCALHOST, port)), LIMIT)?;
    stream.set_read_timeout(Some(LIMIT))?;
    stream.set_write_timeout(Some(LIMIT))?;
    stream
        .write_all(format!("GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n").as_bytes())?;
    let mut answer = String::new();
    stream.take(4096).read_to_string(&mut answer)?;
    Ok(answer)
}
