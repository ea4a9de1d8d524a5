//! How often may be tried to sign in: per account and address, against guessing one person's password; per address,
//! against guessing everyone's; and per account from everywhere, so much more often that a stranger who spends the first
//! two does not keep the person out. Nobody is locked out for good. The counts are this process's own, so with several replicas the
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

/// So many times more tries are allowed for an account from everywhere than from one address.
const EVERYWHERE: NonZeroU32 = NonZeroU32::MIN.saturating_add(29);

/// The three limits.
pub struct LoginLimits {
    accounts: DefaultKeyedRateLimiter<Email>,
    pairs: DefaultKeyedRateLimiter<(Email, IpAddr)>,
    addresses: DefaultKeyedRateLimiter<IpAddr>,
    clock: DefaultClock,
}

impl LoginLimits {
    /// So many tries a minute, all at once if need be.
    #[must_use]
    pub fn new(per_account: NonZeroU32, per_address: NonZeroU32) -> Self {
        Self {
            accounts: DefaultKeyedRateLimiter::keyed(Quota::per_minute(per_account.saturating_mul(EVERYWHERE))),
            pairs: DefaultKeyedRateLimiter::keyed(Quota::per_minute(per_account)),
            addresses: DefaultKeyedRateLimiter::keyed(Quota::per_minute(per_address)),
            clock: DefaultClock::default(),
        }
    }

    /// Counts a try: of an account, if the text that was typed can be one, and of an address.
    ///
    /// # Errors
    /// How long to wait, if there were too many.
    pub fn count(&self, account: Option<&Email>, address: Option<IpAddr>) -> Result<(), Duration> {
        if self.accounts.len().max(self.pairs.len()).max(self.addresses.len()) > MOST_NAMES {
            return Err(WAIT_WHEN_FULL);
        }
        let now = self.clock.now();
        let address = address.map_or(IpAddr::V6(Ipv6Addr::UNSPECIFIED), network);
        self.addresses.check_key(&address).map_err(|until| until.wait_time_from(now))?;
        if let Some(account) = account {
            let pair = (account.clone(), address);
            self.pairs.check_key(&pair).map_err(|until| until.wait_time_from(now))?;
            self.accounts.check_key(account).map_err(|until| until.wait_time_from(now))?;
        }
        Ok(())
    }

    /// Forgets who has not tried lately. To be called now and then; it looks at everyone.
    pub fn forget_the_quiet(&self) {
        self.accounts.retain_recent();
        self.pairs.retain_recent();
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

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    #[test]
    fn a_stranger_who_guesses_does_not_keep_the_person_out() {
        let limits = LoginLimits::new(NonZeroU32::new(2).unwrap(), NonZeroU32::new(60).unwrap());
        let email = Email::parse("operator@example.com").unwrap();
        let (stranger, person) = (Ipv4Addr::new(192, 0, 2, 1).into(), Ipv4Addr::new(192, 0, 2, 2).into());
        assert!(limits.count(Some(&email), Some(stranger)).is_ok());
        assert!(limits.count(Some(&email), Some(stranger)).is_ok());
        assert!(limits.count(Some(&email), Some(stranger)).is_err());
        assert!(limits.count(Some(&email), Some(person)).is_ok());
    }

    #[test]
    fn a_household_counts_as_one_address() {
        let limits = LoginLimits::new(NonZeroU32::new(60).unwrap(), NonZeroU32::new(1).unwrap());
        assert!(limits.count(None, Some("2001:db8::1".parse().unwrap())).is_ok());
        assert!(limits.count(None, Some("2001:db8::2".parse().unwrap())).is_err());
        assert!(limits.count(None, Some("2001:db8:0:1::1".parse().unwrap())).is_ok());
    }
}
