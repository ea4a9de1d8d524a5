//! Who comes in: a name and a password for a session, and a session for a request.
//!
//! Passwords are hashed with bcrypt, and an unknown name costs the same as a wrong password. Tries are limited. The id of
//! a session is random, and the database has its SHA-256 alone.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use actix_web::HttpRequest;
use actix_web::http::header::COOKIE;
use aws_lc_rs::digest::{SHA256, digest};
use shared_claims::clock::{Clock, Timestamp};
use third_party_app::random::unguessable;

use super::refusal::Refusal;
use super::store::{Session, Store};

/// How long a session lasts.
pub const SESSION: Duration = Duration::from_secs(30 * 60);
/// So many wrong passwords for a name
const TRIES: usize = 5;
/// within this time, and no password at all is looked at.
pub const TRIES_PER: Duration = Duration::from_secs(15 * 60);
/// A tenth of a second or so: OWASP's least.
pub const COST: u32 = 10;
/// bcrypt reads no more, so no more is taken.
const MOST_BYTES: usize = 72;
const FEWEST_CHARACTERS: usize = 8;

/// What the door knows.
pub struct Door {
    clock: Clock,
    /// When a password was tried for a name, unless it was right.
    tries: Mutex<HashMap<String, Vec<Timestamp>>>,
    /// What the password of nobody is compared with.
    nobody: String,
}

/// A session that has begun.
pub struct Begun {
    /// For the cookie.
    pub id: String,
}

impl Door {
    pub fn new(clock: Clock) -> Result<Self, Refusal> {
        let nobody = bcrypt::hash(unguessable()?, COST)?;
        Ok(Self { clock, tries: Mutex::default(), nobody })
    }

    /// A session for who has the password. Slow: for a thread that may be blocked.
    pub fn log_in(&self, store: &Store, user: &str, password: &str) -> Result<Begun, Refusal> {
        self.check(store, user, password)?;
        let (id, now) = (unguessable()?, self.clock.now());
        store.insert_session(digest_of(&id).as_ref(), user, seconds(now), seconds(now.plus(SESSION)))?;
        Ok(Begun { id })
    }

    /// Whether it is this user's password.
    pub fn check(&self, store: &Store, user: &str, password: &str) -> Result<(), Refusal> {
        // Counted before it is looked at, so that many at once are no more than one after the other.
        let now = self.clock.now();
        self.count(user, now)?;
        let known = store.find_password_hash(user)?;
        let matches = password.len() <= MOST_BYTES && bcrypt::verify(password, known.as_ref().unwrap_or(&self.nobody))?;
        if !matches || known.is_none() {
            return Err(Refusal::WrongPassword);
        }
        self.tries().get_mut(user).map(Vec::pop);
        Ok(())
    }

    /// Whose request it is.
    pub fn session_of(&self, store: &Store, cookie: Option<&str>) -> Result<Session, Refusal> {
        let cookie = cookie.ok_or(Refusal::NotLoggedIn)?;
        store.find_session(digest_of(cookie).as_ref(), seconds(self.clock.now()))?.ok_or(Refusal::NotLoggedIn)
    }

    fn count(&self, user: &str, now: Timestamp) -> Result<(), Refusal> {
        let mut tries = self.tries();
        tries.retain(|_, tries| {
            tries.retain(|at| now.since(*at) < TRIES_PER);
            !tries.is_empty()
        });
        let own = tries.entry(user.to_owned()).or_default();
        if own.len() >= TRIES {
            return Err(Refusal::TooManyTries);
        }
        own.push(now);
        Ok(())
    }

    fn tries(&self) -> MutexGuard<'_, HashMap<String, Vec<Timestamp>>> {
        self.tries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The hash of a new password, if it is fit to be one.
pub fn hash(password: &str) -> Result<String, Refusal> {
    if password.chars().count() < FEWEST_CHARACTERS || password.len() > MOST_BYTES {
        return Err(Refusal::UnfitPassword);
    }
    Ok(bcrypt::hash(password, COST)?)
}

/// The id that a browser, or a program that plays one, sends.
pub fn cookie_of(request: &HttpRequest) -> Option<String> {
    let header = request.headers().get(COOKIE)?.to_str().ok()?;
    header.split("; ").find_map(|pair| pair.strip_prefix("session=")).map(str::to_owned)
}

fn digest_of(id: &str) -> impl AsRef<[u8]> {
    digest(&SHA256, id.as_bytes())
}

fn seconds(time: Timestamp) -> i64 {
    i64::try_from(time.seconds()).unwrap_or(i64::MAX)
}
