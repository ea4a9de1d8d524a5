//! How often may be tried to sign in: per account, against guessing one person's password, and per address, against
//! guessing everyone's. Nobody is locked out for good. The counts are this process's own, so with several replicas the
//! limits are as many times higher.

use std::net::{IpAddr, Ipv6Addr};
use std::num::NonZeroU32;
use std::time::Duration;

use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota};

use crate::domain::email::Email;

/// Most accounts, and most addresses, that are counted at once. Beyond, nobody new may try until old ones are forgotten.
const MOST_NAMES: usize = 100_000;
/// How long whoever comes then has to wait.
const WAIT_WHEN_FULL: Duration = Duration::from_secs(60);

/// The two limits.
pub struct LoginLimits {
    accounts: DefaultKeyedRateLimiter<Email>,
    addresses: DefaultKeyedRateLimiter<IpAddr>,
    clock: DefaultClock,
}

impl LoginLimits {
    /// So many tries a minute, all at once if need be.
    #[must_use]
    pub fn new(per_account: NonZeroU32, per_address: NonZeroU32) -> Self {
        Self {
            accounts: DefaultKeyedRateLimiter::keyed(Quota::per_minute(per_account)),
            addresses: DefaultKeyedRateLimiter::keyed(Quota::per_minute(per_address)),
            clock: DefaultClock::default(),
        }
    }

    /// Counts a try: of an account, if the text that was typed can be one, and of an address.
    ///
    /// # Errors
    /// How long to wait, if there were too many.
    pub fn count(&self, account: Option<&Email>, address: Option<IpAddr>) -> Result<(), Duration> {
        if self.accounts.len() > MOST_NAMES || self.addresses.len() > MOST_NAMES {
            return Err(WAIT_WHEN_FULL);
        }
        let now = self.clock.now();
        if let Some(address) = address.map(network) {
            self.addresses.check_key(&address).map_err(|until| until.wait_time_from(now))?;
        }
        if let Some(account) = account {
            self.accounts.check_key(account).map_err(|until| until.wait_time_from(now))?;
        }
        Ok(())
    }

    /// Forgets who has not tried lately. To be called now and then; it looks at everyone.
    pub fn forget_the_quiet(&self) {
        self.accounts.retain_recent();
        self.addresses.retain_recent();
    }
}

/// What one household or server can choose freely counts as one: an IPv6 /64.
fn network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
        v4 @ IpAddr::V4(_) => v4,
    }
}
