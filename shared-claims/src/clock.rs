//! Time, injected. Nothing else in the workspace reads the system's clock, so that a test can let a token expire
//! without waiting for it.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

/// A NumericDate (RFC 7519 section 2): whole seconds since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(u64);

impl Timestamp {
    /// The last second of the year 9999. A later one is no date but an attempt to overflow something.
    pub const MAX: Self = Self(253_402_300_799);

    /// From whole seconds since the epoch; `None` after [`Timestamp::MAX`].
    #[must_use]
    pub fn from_seconds(seconds: u64) -> Option<Self> {
        (seconds <= Self::MAX.0).then_some(Self(seconds))
    }

    /// Whole seconds since the epoch.
    #[must_use]
    pub fn seconds(self) -> u64 {
        self.0
    }

    /// This moment and `span` later, in whole seconds, at most [`Timestamp::MAX`].
    #[must_use]
    pub fn plus(self, span: Duration) -> Self {
        Self(self.0.saturating_add(span.as_secs()).min(Self::MAX.0))
    }

    /// How long after `earlier` this is; zero if it is not after it.
    #[must_use]
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_secs(self.0.saturating_sub(earlier.0))
    }
}

/// Tells the time. Cheap to clone.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> SystemTime + Send + Sync>);

impl Clock {
    /// The system's clock.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "this is the one room that reads the system's clock")]
    pub fn system() -> Self {
        Self(Arc::new(SystemTime::now))
    }

    /// A clock that answers what `now` answers.
    pub fn from_fn(now: impl Fn() -> SystemTime + Send + Sync + 'static) -> Self {
        Self(Arc::new(now))
    }

    /// The present, in whole seconds as tokens state it.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        Timestamp(self.since_epoch().as_secs().min(Timestamp::MAX.0))
    }

    /// The present in microseconds since the epoch, as rows in a database state it.
    #[must_use]
    pub fn micros(&self) -> i64 {
        i64::try_from(self.since_epoch().as_micros()).unwrap_or(i64::MAX)
    }

    fn since_epoch(&self) -> Duration {
        (self.0)().duration_since(UNIX_EPOCH).unwrap_or_default()
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Clock").field(&self.now()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(moment: SystemTime) -> Clock {
        Clock::from_fn(move || moment)
    }

    #[test]
    fn a_clock_tells_whole_seconds_to_tokens_and_microseconds_to_databases() {
        let clock = at(UNIX_EPOCH + Duration::from_micros(1_767_225_600_999_999));
        assert_eq!(clock.now().seconds(), 1_767_225_600);
        assert_eq!(clock.micros(), 1_767_225_600_999_999);
        assert_eq!(format!("{clock:?}"), "Clock(Timestamp(1767225600))");
    }

    #[test]
    fn a_clock_before_1970_or_after_9999_stops_there() {
        let early = at(UNIX_EPOCH - Duration::from_secs(1));
        assert_eq!((early.now().seconds(), early.micros()), (0, 0));
        assert_eq!(at(UNIX_EPOCH + Duration::from_secs(300_000_000_000)).now(), Timestamp::MAX);
    }

    #[test]
    fn the_systems_clock_goes() {
        assert!(Clock::system().now() > Timestamp::from_seconds(1_767_225_600).unwrap());
    }
}
