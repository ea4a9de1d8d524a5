//! Where and how the server listens.

use std::net::{IpAddr, Ipv4Addr};
use std::num::NonZeroUsize;
use std::thread::available_parallelism;
use std::time::Duration;

/// Settings of [`bind`](super::bind).
#[derive(Debug, Clone)]
pub struct ServerSettings {
    /// The service's name, as in log and metrics.
    pub service: &'static str,
    /// Address to listen on.
    pub host: IpAddr,
    /// TCP port; 0 takes any free one.
    pub port: u16,
    /// TCP port of `/metrics` on 127.0.0.1, 0 for any free one; `None` for no metrics.
    pub management_port: Option<u16>,
    /// Threads that serve requests.
    pub workers: usize,
    /// Time between SIGTERM and the end of accepting: not ready any more, and connections are closed after their next
    /// answer, so that a load balancer goes elsewhere before it could be refused.
    pub drain_delay: Duration,
    /// Longest time for SIGTERM to exit, `drain_delay` included; what is then unfinished is cut off.
    pub shutdown_timeout: Duration,
    /// Whether SIGTERM and SIGINT stop this server. Off where another in the same process takes care of that.
    pub handle_signals: bool,
}

impl ServerSettings {
    /// The defaults: any free port of 127.0.0.1, no metrics, one worker per core and at most 4, 1 s drain delay, gone
    /// within 10 s.
    #[must_use]
    pub fn new(service: &'static str) -> Self {
        Self {
            service,
            host: IpAddr::V4(Ipv4Addr::LOCALHOST),
            port: 0,
            management_port: None,
            workers: available_parallelism().map_or(1, NonZeroUsize::get).min(4),
            drain_delay: Duration::from_secs(1),
            shutdown_timeout: Duration::from_secs(10),
            handle_signals: true,
        }
    }
}
