//! Times are `i64` microseconds since 1970-01-01T00:00:00Z; in JSON they are RFC 3339.

use std::time::{SystemTime, UNIX_EPOCH};

use jiff::Timestamp;

/// The text was not an RFC 3339 time with an offset.
#[derive(Debug, thiserror::Error)]
#[error("not an RFC 3339 time such as 2026-11-22T02:30:00.123456Z")]
pub struct TimeError;

/// Microseconds since 1970 as `2026-11-22T02:30:00.123456Z`, always with six decimals, so that texts sort like times.
///
/// What lies outside the years -9999 to 9999 is shown as the nearest time that can be written.
#[must_use]
pub fn to_rfc3339(micros: i64) -> String {
    let nearest = if micros < 0 { Timestamp::MIN } else { Timestamp::MAX };
    let time = Timestamp::from_microsecond(micros).unwrap_or(nearest);
    format!("{time:.6}")
}

/// Reads an RFC 3339 time into microseconds since 1970; digits beyond microseconds are cut off.
///
/// # Errors
/// [`TimeError`] for every other text.
pub fn parse_rfc3339(text: &str) -> Result<i64, TimeError> {
    // jiff also reads ISO 8601 forms that RFC 3339 does not have (basic dates, weeks): only plain digits and these
    // signs pass.
    let plain = text.bytes().all(|byte| byte.is_ascii_digit() || b"-:.+TtZz ".contains(&byte));
    if !plain || text.len() > 40 {
        return Err(TimeError);
    }
    text.parse::<Timestamp>().map(Timestamp::as_microsecond).map_err(|_| TimeError)
}

/// The system's clock, microseconds since 1970. Only `main` and `startup` call this; all else is handed the time.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "the one place that asks the system")]
pub fn system_now_micros() -> i64 {
    // A clock before 1970 or after the year 294,000 is a broken machine: 0 makes every token expired or not yet valid.
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_micros()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{parse_rfc3339, to_rfc3339};

    #[test]
    fn a_time_survives_writing_and_reading() {
        for micros in [0, 1, -1, 1_795_314_600_123_456, 253_402_200_000_000_000] {
            assert_eq!(parse_rfc3339(&to_rfc3339(micros)).ok(), Some(micros));
        }
        assert_eq!(to_rfc3339(1_795_314_600_123_456), "2026-11-22T02:30:00.123456Z");
        assert_eq!(to_rfc3339(0), "1970-01-01T00:00:00.000000Z");
    }

    #[test]
    fn a_time_that_cannot_be_written_is_shown_as_the_nearest() {
        assert!(to_rfc3339(i64::MAX).starts_with("9999-12-30"));
        assert!(to_rfc3339(i64::MIN).starts_with("-009999-"));
    }

    #[test]
    fn offsets_are_read_and_other_texts_refused() {
        assert_eq!(parse_rfc3339("1970-01-01T01:00:00+01:00").ok(), Some(0));
        for text in
            ["", "now", "1970-01-01", "1970-01-01T00:00:00", "1970-01-01T00:00:00Z[UTC]", "0", "1970-13-01T00:00:00Z"]
        {
            assert!(parse_rfc3339(text).is_err(), "{text}");
        }
    }
}
