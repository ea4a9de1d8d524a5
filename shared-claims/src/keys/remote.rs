//! An issuer's keys, fetched from its JWKS location (RFC 7517 section 5, RFC 8414 `jwks_uri`).
//!
//! One task fetches; requests only read what it last found. So there is one fetch at a time, and a request whose key
//! is known never waits for one. What may happen to the issuer, and what then holds:
//!
//! - It is away, answers nonsense or an empty set: the last good keys stay.
//! - It withdraws a key: the key is forgotten with the next good answer.
//! - Someone sends tokens with made-up `kid`s: the first one in each cooldown causes a fetch, the others are refused
//!   on the strength of that fetch. The cooldown is claimed before the fetch, so that a slow issuer is not asked twice.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use jsonwebtoken::Algorithm;
use reqwest::Client;
use tokio::sync::{Notify, watch};
use tokio::time::{Instant, sleep_until, timeout};
use url::Url;

use super::jwk::PublicKey;
use super::set::KeySet;
use super::{KeySource, KeysUnavailable};
use crate::ids::KeyId;

/// How keys are fetched. The defaults are those of the workspace.
#[derive(Debug, Clone)]
pub struct RemotePolicy {
    /// After this long a set is fetched anew, in the background.
    pub lifetime: Duration,
    /// At most one fetch in this time, however many unknown keys are asked for.
    pub cooldown: Duration,
    /// While no keys are known at all, or the last fetch failed, the next try comes after this long.
    pub retry: Duration,
    /// Longest time for a fetch, and longest time that a request waits for one.
    pub timeout: Duration,
    /// Longest answer that is read, in bytes.
    pub max_bytes: usize,
}

impl Default for RemotePolicy {
    fn default() -> Self {
        Self {
            lifetime: Duration::from_secs(300),
            cooldown: Duration::from_secs(10),
            retry: Duration::from_secs(1),
            timeout: Duration::from_millis(1500),
            max_bytes: 256 * 1024,
        }
    }
}

/// What the last fetch came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Attempt {
    number: u64,
    succeeded: bool,
    fetching: bool,
    /// Until then no request causes a fetch.
    quiet_until: Option<Instant>,
}

impl Attempt {
    /// An issuer that is away is tried every second; that is worth a warning when it begins, and now and then.
    fn level_of_next_failure(&self) -> log::Level {
        if self.succeeded || self.number.is_multiple_of(30) { log::Level::Warn } else { log::Level::Debug }
    }

    fn begin(&mut self, quiet_until: Instant) {
        self.fetching = true;
        self.quiet_until = Some(quiet_until);
    }
}

struct Shared {
    keys: RwLock<Option<Arc<KeySet>>>,
    generation: AtomicU64,
    wanted: Notify,
    attempts: watch::Sender<Attempt>,
    policy: RemotePolicy,
}

/// Keys from a JWKS location. Fetching ends when the last clone is dropped.
#[derive(Clone)]
pub struct RemoteKeys {
    shared: Arc<Shared>,
    _fetching: Arc<AbortOnDrop>,
}

struct AbortOnDrop(tokio::task::JoinHandle<()>);

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl RemoteKeys {
    /// Starts to fetch from `location`. Must be called within a tokio runtime that lives as long as the keys are
    /// needed. Redirects are refused, because the location is part of the agreement.
    ///
    /// # Errors
    /// If no HTTP client can be made (no TLS backend).
    pub fn start(location: Url, policy: RemotePolicy) -> Result<Self, reqwest::Error> {
        let client =
            Client::builder().redirect(reqwest::redirect::Policy::none()).timeout(policy.timeout).no_proxy().build()?;
        let first = Attempt { number: 0, succeeded: false, fetching: false, quiet_until: None };
        let shared = Arc::new(Shared {
            keys: RwLock::new(None),
            generation: AtomicU64::new(0),
            wanted: Notify::new(),
            attempts: watch::channel(first).0,
            policy,
        });
        let task = tokio::spawn(fetch_for_ever(Arc::clone(&shared), client, location));
        Ok(Self { shared, _fetching: Arc::new(AbortOnDrop(task)) })
    }
}

async fn fetch_for_ever(shared: Arc<Shared>, client: Client, location: Url) {
    let policy = &shared.policy;
    loop {
        let started = Instant::now();
        shared.attempts.send_modify(|attempt| attempt.begin(started + policy.timeout + policy.cooldown));
        let succeeded = match fetch(&client, &location, policy.max_bytes).await {
            Ok(keys) => {
                shared.replace(keys);
                true
            }
            Err(reason) => {
                let level = shared.attempts.borrow().level_of_next_failure();
                log::log!(level, "keys of {location} not fetched: {reason}");
                false
            }
        };
        let quiet = if succeeded { policy.cooldown } else { policy.retry };
        // Whoever asked until now waits for this fetch, and must not cause the next one as well.
        let _answered = shared.wanted.notified().now_or_never();
        shared.attempts.send_modify(|attempt| {
            *attempt =
                Attempt { number: attempt.number + 1, succeeded, fetching: false, quiet_until: Some(started + quiet) };
        });
        let next = started + if succeeded { policy.lifetime } else { policy.retry };
        tokio::select! {
            () = sleep_until(next) => {}
            () = shared.wanted.notified() => {}
        }
    }
}

async fn fetch(client: &Client, location: &Url, max_bytes: usize) -> Result<KeySet, String> {
    let mut answer = client.get(location.clone()).send().await.map_err(|error| cause(&error))?;
    if answer.status() != reqwest::StatusCode::OK {
        return Err(format!("status {}", answer.status()));
    }
    let mut body = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(|error| cause(&error))? {
        if body.len() + chunk.len() > max_bytes {
            return Err(format!("more than {max_bytes} bytes"));
        }
        body.extend_from_slice(&chunk);
    }
    KeySet::from_json(&body).map_err(|error| error.to_string())
}

/// reqwest's own text stops at "error sending request"; the reason is in the sources.
pub(crate) fn cause(error: &reqwest::Error) -> String {
    let mut deepest: &dyn std::error::Error = error;
    while let Some(source) = deepest.source() {
        deepest = source;
    }
    deepest.to_string()
}

impl Shared {
    fn current(&self) -> Option<Arc<KeySet>> {
        self.keys.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn replace(&self, keys: KeySet) {
        let keys = Arc::new(keys);
        let before = self.keys.write().unwrap_or_else(PoisonError::into_inner).replace(Arc::clone(&keys));
        if before.is_some_and(|before| !before.is_contained_in(&keys)) {
            self.generation.fetch_add(1, Ordering::Release);
        }
    }

    /// Whether it is this caller's to cause a fetch, and what was known before. The cooldown is claimed here, before
    /// the fetch, in one step, so that of many callers one gets it.
    fn claim_fetch(&self) -> (bool, Attempt) {
        let now = Instant::now();
        let mut before = *self.attempts.borrow();
        let claimed = self.attempts.send_if_modified(|attempt| {
            before = *attempt;
            let is_free = attempt.quiet_until.is_none_or(|until| now >= until);
            if is_free {
                attempt.begin(now + self.policy.timeout + self.policy.cooldown);
            }
            is_free
        });
        (claimed, before)
    }

    /// What can be said after `attempt`: a key that it did not bring is unknown, if it brought anything.
    fn verdict(attempt: Attempt) -> Result<(), KeysUnavailable> {
        if attempt.succeeded { Ok(()) } else { Err(KeysUnavailable) }
    }
}

impl KeySource for RemoteKeys {
    fn find(&self, kid: Option<&KeyId>, algorithm: Algorithm) -> Option<Arc<PublicKey>> {
        self.shared.current()?.find(kid, algorithm)
    }

    fn refresh(&self) -> BoxFuture<'_, Result<(), KeysUnavailable>> {
        Box::pin(async {
            let mut attempts = self.shared.attempts.subscribe();
            let (claimed, before) = self.shared.claim_fetch();
            if claimed {
                self.shared.wanted.notify_one();
            } else if !before.fetching && self.is_ready() {
                return Shared::verdict(before);
            }
            // Without any key the next try is at most a second away, and worth waiting for.
            let newer = timeout(self.shared.policy.timeout, attempts.wait_for(|now| now.number > before.number)).await;
            match newer {
                Ok(Ok(attempt)) => Shared::verdict(*attempt),
                Ok(Err(_)) | Err(_) => Err(KeysUnavailable),
            }
        })
    }

    fn generation(&self) -> u64 {
        self.shared.generation.load(Ordering::Acquire)
    }

    fn is_ready(&self) -> bool {
        self.shared.current().is_some()
    }
}
