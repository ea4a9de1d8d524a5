//! How often may be tried to sign in: per account and address, against guessing one person's password; per address,
//! against guessing everyone's; and per account from everywhere, so much more often that a stranger who spends the first
//! two does not keep the person out. Nobody is locked out for good. And how many letters a mailbox gets, whoever asks for
//! them. The counts are this process's own, so with several replicas the limits are as many times higher.

use std::net::{IpAddr, Ipv6Addr};
use std::num::NonZeroU32;
use std::time::Duration;

use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota};

use crate::domain::email::Email;

/// Most accounts, and most addresses, that are counted at once. Beyond, nobody may try, and no letter is sent, until old ones
/// are forgotten.
const MOST_NAMES: usize = 100_000;
/// How long whoever comes then has to wait.
const WAIT_WHEN_FULL: Duration = Duration::from_secs(60);

/// So many times more tries are allowed for an account from everywhere than from one address.
const EVERYWHERE: NonZeroU32 = NonZeroU32::MIN.saturating_add(29);

/// The address of whoever has none.
const NOWHERE: IpAddr = IpAddr::V6(Ipv6Addr::UNSPECIFIED);

/// So many letters an hour go to a mailbox, for whoever asks at one address, once those are spent that may go at once: one
/// every 5 minutes.
const LETTERS_PER_HOUR: NonZeroU32 = NonZeroU32::MIN.saturating_add(11);
/// So many times more are sent for whoever asks from everywhere: few, since each is somebody's to read.
const LETTERS_EVERYWHERE: NonZeroU32 = NonZeroU32::MIN.saturating_add(3);

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
        let address = address.map_or(NOWHERE, network);
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

/// How many letters a mailbox gets. Anybody can ask for them; so a stranger who has spent those for their own address
/// neither fills the mailbox nor keeps its person from getting one.
pub struct MailboxLimit {
    mailboxes: DefaultKeyedRateLimiter<String>,
    pairs: DefaultKeyedRateLimiter<(String, IpAddr)>,
}

impl MailboxLimit {
    /// So many letters at once for one address, and then one every 5 minutes; from everywhere, four times as many.
    #[must_use]
    pub fn new(at_once: NonZeroU32) -> Self {
        let times = |times: NonZeroU32| {
            Quota::per_hour(LETTERS_PER_HOUR.saturating_mul(times)).allow_burst(at_once.saturating_mul(times))
        };
        Self {
            mailboxes: DefaultKeyedRateLimiter::keyed(times(LETTERS_EVERYWHERE)),
            pairs: DefaultKeyedRateLimiter::keyed(times(NonZeroU32::MIN)),
        }
    }

    /// Whether whoever asks at `address` may have one more letter sent there, which is counted.
    #[must_use]
    pub fn allows(&self, email: &Email, address: Option<IpAddr>) -> bool {
        if self.mailboxes.len().max(self.pairs.len()) > MOST_NAMES {
            return false;
        }
        let mailbox = mailbox(email);
        let pair = (mailbox.clone(), address.map_or(NOWHERE, network));
        self.pairs.check_key(&pair).is_ok() && self.mailboxes.check_key(&mailbox).is_ok()
    }

    /// Forgets who has not got one lately. To be called now and then; it looks at everyone.
    pub fn forget_the_quiet(&self) {
        self.mailboxes.retain_recent();
        self.pairs.retain_recent();
    }
}

/// Where the mail arrives, as far as that can be told: what stands behind a `+` (RFC 5233) is the same mailbox nearly
/// everywhere, and anybody can make up as many of these as they like.
fn mailbox(email: &Email) -> String {
    let text = email.as_str();
    match text.split_once('@').map(|(local, domain)| (local.split_once('+'), domain)) {
        Some((Some((local, _)), domain)) if !local.is_empty() => format!("{local}@{domain}"),
        _ => text.to_owned(),
    }
}

/// What one household or server can choose freely counts as one: an IPv6 /64.
fn network(address: IpAddr) -> IpAddr {
    // A socket that listens for both sees IPv4 as ::ffff:192.0.2.1, and all of it would be one network.
    match address.to_canonical() {
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
    fn a_mailbox_has_its_letters_however_it_is_called_and_others_have_theirs() {
        let limit = MailboxLimit::new(NonZeroU32::new(3).unwrap());
        let allows = |text: &str| limit.allows(&Email::parse(text).unwrap(), None);
        assert!(allows("ada@example.com") && allows("Ada@Example.COM") && allows("ada+1@example.com"));
        assert!(!allows("ada@example.com") && !allows("ada+2+3@example.com"));
        assert!(allows("bob@example.com") && allows("ada@example.org"));
        assert!(allows("+a@example.com") && allows("+b@example.com"), "nobody knows whose these are");
        limit.forget_the_quiet();
        assert!(!allows("ada@example.com"), "that was just now");
    }

    #[test]
    fn a_stranger_who_asks_for_letters_keeps_nobody_from_theirs_and_many_strangers_fill_no_mailbox() {
        let limit = MailboxLimit::new(NonZeroU32::new(2).unwrap());
        let email = Email::parse("ada@example.com").unwrap();
        let asked = |host: u8, times: usize| {
            let address = Some(Ipv4Addr::new(192, 0, 2, host).into());
            (0..times).filter(|_| limit.allows(&email, address)).count()
        };
        assert_eq!((asked(1, 10), asked(2, 1)), (2, 1));
        assert_eq!((3..100).map(|host| asked(host, 10)).sum::<usize>(), 4 * 2 - 3);
    }

    #[test]
    fn a_household_counts_as_one_address() {
        let limits = LoginLimits::new(NonZeroU32::new(60).unwrap(), NonZeroU32::new(1).unwrap());
        assert!(limits.count(None, Some("2001:db8::1".parse().unwrap())).is_ok());
        assert!(limits.count(None, Some("2001:db8::2".parse().unwrap())).is_err());
        assert!(limits.count(None, Some("2001:db8:0:1::1".parse().unwrap())).is_ok());
        assert!(limits.count(None, Some("::ffff:192.0.2.1".parse().unwrap())).is_ok());
        assert!(limits.count(None, Some("::ffff:192.0.2.2".parse().unwrap())).is_ok());
        assert!(limits.count(None, Some("192.0.2.1".parse().unwrap())).is_err(), "the same host");
    }
}
