//! A clock that stands still until a test moves it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, UNIX_EPOCH};

use crate::clock::{Clock, Timestamp};

/// Cheap to clone; clones show the same time.
#[derive(Debug, Clone)]
pub struct TestClock(Arc<AtomicU64>);

impl TestClock {
    /// 2026-01-01T00:00:00Z, in microseconds since the epoch.
    const START: u64 = 1_767_225_600_000_000;

    /// Stands at 2026-01-01T00:00:00Z.
    #[must_use]
    pub fn new() -> Self {
        Self(Arc::new(AtomicU64::new(Self::START)))
    }

    /// Lets `span` pass.
    pub fn advance(&self, span: Duration) {
        let micros = u64::try_from(span.as_micros()).unwrap_or(u64::MAX);
        self.0.fetch_add(micros, Ordering::SeqCst);
    }

    /// Goes back by `span`, as a clock does that someone sets right.
    pub fn turn_back(&self, span: Duration) {
        let micros = u64::try_from(span.as_micros()).unwrap_or(u64::MAX);
        self.0.fetch_sub(micros, Ordering::SeqCst);
    }

    /// The time that it shows, in whole seconds.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.clock().now()
    }

    /// As the clock that verifiers and services take.
    #[must_use]
    pub fn clock(&self) -> Clock {
        let micros = Arc::clone(&self.0);
        Clock::from_fn(move || UNIX_EPOCH + Duration::from_micros(micros.load(Ordering::SeqCst)))
    }
}

impl Default for TestClock {
    fn default() -> Self {
        Self::new()
    }
}
