//! The `healthcheck` command of the services, for images that have no shell and no curl.

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::time::Duration;

/// Longest wait for each step.
const LIMIT: Duration = Duration::from_secs(2);

/// Asks `http://127.0.0.1:port/healthz`.
///
/// # Errors
/// A text for the terminal when the answer is not 200 or does not come within two seconds.
pub fn check(port: u16) -> Result<(), String> {
    let answer = ask(port).map_err(|error| format!("no answer from 127.0.0.1:{port}: {error}"))?;
    if answer.starts_with("HTTP/1.1 200 ") {
        return Ok(());
    }
    Err(format!("127.0.0.1:{port} answered: {}", answer.lines().next().unwrap_or("nothing")))
}

fn ask(port: u16) -> std::io::Result<String> {
    let mut stream = TcpStream::connect_timeout(&SocketAddr::from((Ipv4Addr::LOCALHOST, port)), LIMIT)?;
    stream.set_read_timeout(Some(LIMIT))?;
    stream.set_write_timeout(Some(LIMIT))?;
    stream.write_all(
        format!("GET /healthz HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n").as_bytes(),
    )?;
    let mut answer = String::new();
    stream.take(4096).read_to_string(&mut answer)?;
    Ok(answer)
}
