//! How often may be tried to sign in: per account, against guessing one person's password, and per address, against
//! guessing everyone's. Nobody is locked out for good. The counts are this process's own, so with several replicas the
//! limits are as many times higher.

use std::net::IpAddr;
use std::num::NonZeroU32;
use std::time::Duration;

use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota};

use crate::domain::email::Email;

/// When this many names are counted, those that have not been seen lately are forgotten.
const MOST_NAMES: usize = 10_000;

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
        if self.accounts.len() > MOST_NAMES {
            self.accounts.retain_recent();
        }
        if self.addresses.len() > MOST_NAMES {
            self.addresses.retain_recent();
        }
        let now = self.clock.now();
        if let Some(address) = address {
            self.addresses.check_key(&address).map_err(|until| until.wait_time_from(now))?;
        }
        if let Some(account) = account {
            self.accounts.check_key(account).map_err(|until| until.wait_time_from(now))?;
        }
        Ok(())
    }
}
