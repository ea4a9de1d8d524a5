//! Taking the ports, before anything else is started: a port in use is said at once.

use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener};

use super::ServerSettings;

/// The server cannot listen.
#[derive(Debug, thiserror::Error)]
pub enum ServerError {
    /// Another program has the port.
    #[error(
        "port {port} of {host} is in use by another program; stop that, \
         or choose another port with {setting} (0 takes any free one)"
    )]
    PortInUse {
        /// The address.
        host: IpAddr,
        /// The port that is taken.
        port: u16,
        /// The setting to change.
        setting: &'static str,
    },
    /// Any other reason.
    #[error("cannot listen on {host}:{port} ({setting}): {cause}")]
    Listen {
        /// The address.
        host: IpAddr,
        /// The port.
        port: u16,
        /// The setting to look at.
        setting: &'static str,
        /// What the system says.
        cause: io::Error,
    },
    /// The ports are taken, and the server cannot start on them.
    #[error("the server cannot start: {0}")]
    Start(#[from] io::Error),
}

/// A server that has its ports and does not answer yet.
#[derive(Debug)]
pub struct BoundServer {
    pub(super) settings: ServerSettings,
    pub(super) public: Socket,
    pub(super) management: Option<Socket>,
}

#[derive(Debug)]
pub(super) struct Socket {
    pub(super) listener: TcpListener,
    pub(super) port: u16,
}

/// Takes the ports.
///
/// # Errors
/// [`ServerError::PortInUse`] names the port and the setting; [`ServerError::Listen`] any other reason.
pub fn bind(settings: ServerSettings) -> Result<BoundServer, ServerError> {
    let public = listen(settings.host, settings.port, "PORT")?;
    // Metrics tell much about a service, so they are for this machine (or pod) only.
    let loopback = IpAddr::V4(Ipv4Addr::LOCALHOST);
    let management = settings.management_port.map(|port| listen(loopback, port, "MANAGEMENT_PORT")).transpose()?;
    Ok(BoundServer { settings, public, management })
}

fn listen(host: IpAddr, port: u16, setting: &'static str) -> Result<Socket, ServerError> {
    let taken = TcpListener::bind(SocketAddr::new(host, port)).and_then(|listener| {
        let port = listener.local_addr()?.port();
        Ok(Socket { listener, port })
    });
    taken.map_err(|cause| match cause.kind() {
        io::ErrorKind::AddrInUse => ServerError::PortInUse { host, port, setting },
        _ => ServerError::Listen { host, port, setting, cause },
    })
}

impl BoundServer {
    /// The TCP port, also when it was left to the system.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.public.port
    }

    /// The TCP port of `/metrics`.
    #[must_use]
    pub fn management_port(&self) -> Option<u16> {
        self.management.as_ref().map(|socket| socket.port)
    }
}

#[cfg(test)]
mod tests {
    use super::{ServerSettings, bind};

    #[test]
    fn a_port_in_use_is_named_with_the_way_out() {
        let first = bind(ServerSettings::new("first")).unwrap();
        let again = ServerSettings { port: first.port(), ..ServerSettings::new("second") };
        let error = bind(again).unwrap_err().to_string();
        assert!(error.contains(&first.port().to_string()) && error.contains("PORT"), "{error}");

        let management = ServerSettings { management_port: Some(first.port()), ..ServerSettings::new("third") };
        assert!(bind(management).unwrap_err().to_string().contains("MANAGEMENT_PORT"));
    }
}
