//! Ports that no other test has, in this process or in another.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::net::{Ipv4Addr, TcpListener};

use super::Service;

/// Below the range from which the system takes ports for outgoing connections: one that a killed service had is still
/// free when it is started again.
const FIRST: u16 = 20_000;
/// A block is ten ports; of every other thousand, because a service's management port is 1,000 above its own.
const BLOCKS: u16 = 600;

/// A block of ports.
pub struct Ports {
    first: u16,
    /// Holding the last port of a block is holding the block.
    _held: TcpListener,
}

impl Ports {
    /// A block with all its ports free.
    pub fn take() -> Self {
        let start = u16::try_from(RandomState::new().build_hasher().finish() % u64::from(BLOCKS)).unwrap();
        let blocks = (0..BLOCKS).map(|offset| (start + offset) % BLOCKS);
        blocks.map(|block| FIRST + block / 100 * 2000 + block % 100 * 10).find_map(Self::block).unwrap()
    }

    fn block(first: u16) -> Option<Self> {
        let held = bind(first + 9)?;
        let needed = (first..first + 5).chain(first + 1000..first + 1003);
        needed.map(bind).collect::<Option<Vec<_>>>()?;
        Some(Self { first, _held: held })
    }

    /// The port of a service.
    pub fn of(&self, service: Service) -> u16 {
        match service {
            Service::Auth => self.first,
            Service::Orders => self.first + 1,
            Service::Admin => self.first + 2,
        }
    }

    /// The port of the partner's web site.
    pub fn partner(&self) -> u16 {
        self.first + 4
    }

    /// One more.
    pub fn spare(&self) -> u16 {
        self.first + 3
    }
}

fn bind(port: u16) -> Option<TcpListener> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).ok()
}
