//! The one room that asks the system for the time. Everything else is told what time it is.

use std::time::{SystemTime, UNIX_EPOCH};

/// Now, in seconds since 1970-01-01T00:00:00Z. A clock that stands before that is at that.
#[expect(
    clippy::disallowed_methods,
    reason = "the one room that reads the system's clock; a partner has no crate of ours"
)]
pub(crate) fn unix_now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}
