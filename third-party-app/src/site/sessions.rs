//! What belongs to which browser, in this process alone.
//!
//! Two things do: what it was sent away for, until it is back, and the account that is connected. Anybody can begin the
//! first, and only somebody with an account the second, so neither takes the other's room. Who only looks has nothing
//! here. Whoever begins the first ten thousand times makes those start again who are away at that moment, and nobody who is
//! connected; a proxy in front that limits requests per address is what helps.

use std::collections::HashMap;
use std::sync::{Arc, Mutex as Lock, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::Mutex;

use super::connection::Connection;
use super::cookie::{Browser, Key};
use super::trouble::Trouble;
use crate::oauth::{Code, Pending, RedirectError};

/// No more browsers than these may be away at a time; the one that left longest ago is forgotten.
const MOST_AWAY: usize = 10_000;

/// How long a person may take until they come back: as long as the authorization server waits for them.
const PATIENCE: Duration = Duration::from_secs(30 * 60);

/// No more accounts are connected at a time; the one that was used longest ago is forgotten.
const MOST_CONNECTED: usize = 1_000;

/// And no more of one person's, so that nobody takes the room of all.
const MOST_OF_ONE: usize = 20;

/// How long an account stays connected without being used.
const IDLE: Duration = Duration::from_secs(8 * 60 * 60);

/// A connected account. Locked while a request works with it, so that no two of them spend the same refresh token.
pub(super) type Session = Mutex<Connection>;

/// All browsers.
#[derive(Default)]
pub(super) struct Sessions(Lock<Known>);

#[derive(Default)]
struct Known {
    /// With when it left.
    away: HashMap<Key, (Pending, Instant)>,
    /// With when it was used last.
    connected: HashMap<Key, (Connected, Instant)>,
}

struct Connected {
    session: Arc<Session>,
    /// Whose account it is: the `sub` of the ID token.
    person: String,
}

impl Sessions {
    /// The browser's account.
    pub(super) fn connected(&self, browser: &Browser) -> Option<Arc<Session>> {
        let mut known = self.known();
        known.connected.retain(|_, (_, used)| used.elapsed() < IDLE);
        let (own, used) = known.connected.get_mut(&browser.key())?;
        *used = Instant::now();
        Some(Arc::clone(&own.session))
    }

    /// The browser is sent away for this, and for nothing else any more.
    pub(super) fn send_away(&self, browser: &Browser, pending: Pending) {
        keep(&mut self.known().away, browser.key(), pending, (PATIENCE, MOST_AWAY));
    }

    /// What the browser was sent away for, and the code that it brings: once, and never what another browser was sent
    /// away for (login CSRF, a code that was slipped in).
    pub(super) fn come_back(&self, browser: &Browser, query: &str) -> Result<(Pending, Code), Trouble> {
        let mut known = self.known();
        let key = browser.key();
        let asked = known.away.get(&key).filter(|(_, since)| since.elapsed() < PATIENCE);
        let (pending, _) = asked.ok_or(Trouble::NotAsked)?;
        let code = pending.read_redirect(query);
        // What anybody can make a browser call must not end what the person has begun.
        if let Err(forged @ (RedirectError::NoState | RedirectError::OtherState | RedirectError::Repeated("state"))) =
            code
        {
            return Err(forged.into());
        }
        let (pending, _) = known.away.remove(&key).ok_or(Trouble::NotAsked)?;
        Ok((pending, code?))
    }

    /// The account of a browser that is called otherwise from now on.
    pub(super) fn connect(&self, before: &Browser, now: &Browser, connection: Connection) {
        let mut known = self.known();
        let all = &mut known.connected;
        all.remove(&before.key());
        let person = connection.identity.subject.clone();
        if all.values().filter(|(other, _)| other.person == person).count() >= MOST_OF_ONE {
            forget_oldest(all, |other| other.person == person);
        }
        let own = Connected { session: Arc::new(Mutex::new(connection)), person };
        keep(all, now.key(), own, (IDLE, MOST_CONNECTED));
    }

    /// The account is no longer connected.
    pub(super) fn disconnect(&self, browser: &Browser) {
        self.known().connected.remove(&browser.key());
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Puts it in, where nothing lives longer than `life` and no more than `most` do.
fn keep<T>(all: &mut HashMap<Key, (T, Instant)>, key: Key, new: T, (life, most): (Duration, usize)) {
    all.retain(|_, (_, since)| since.elapsed() < life);
    if all.len() >= most && !all.contains_key(&key) {
        forget_oldest(all, |_| true);
    }
    all.insert(key, (new, Instant::now()));
}

fn forget_oldest<T>(all: &mut HashMap<Key, (T, Instant)>, which: impl Fn(&T) -> bool) {
    let these = all.iter().filter(|(_, (one, _))| which(one));
    let oldest = these.min_by_key(|(_, (_, since))| *since).map(|(key, _)| *key);
    oldest.and_then(|oldest| all.remove(&oldest));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_more_is_kept_than_fits_and_the_oldest_goes_first() {
        let mut all = HashMap::new();
        let limits = (IDLE, 3);
        for name in 0..5 {
            keep(&mut all, [name; 32], name, limits);
        }
        keep(&mut all, [4; 32], 4, limits);
        let mut kept: Vec<u8> = all.values().map(|(name, _)| *name).collect();
        kept.sort_unstable();
        assert_eq!(kept, [2, 3, 4]);
    }

    #[test]
    fn what_is_over_makes_room() {
        let mut all = HashMap::new();
        keep(&mut all, [1; 32], 1, (Duration::ZERO, 3));
        keep(&mut all, [2; 32], 2, (Duration::ZERO, 3));
        assert_eq!(all.len(), 1);
    }
}
