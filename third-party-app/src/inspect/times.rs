//! Times for people.

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;

/// Seconds since 1970 as `2026-11-22T02:30:00Z`.
#[must_use]
pub fn date(seconds: i64) -> String {
    OffsetDateTime::from_unix_timestamp(seconds)
        .ok()
        .and_then(|time| time.format(&Rfc3339).ok())
        .unwrap_or_else(|| "no date".to_owned())
}

/// The distance from `now`: `in 4 min 59 s`, `12 s ago`, `now`.
#[must_use]
pub fn in_words(seconds: i64, now: i64) -> String {
    let distance = duration(seconds.abs_diff(now));
    match seconds.cmp(&now) {
        std::cmp::Ordering::Less => format!("{distance} ago"),
        std::cmp::Ordering::Equal => "now".to_owned(),
        std::cmp::Ordering::Greater => format!("in {distance}"),
    }
}

/// The two largest units.
fn duration(seconds: u64) -> String {
    let units = [(DAY, "d"), (HOUR, "h"), (MINUTE, "min"), (1, "s")];
    let mut rest = seconds;
    let mut parts = Vec::new();
    for (size, name) in units {
        let count = rest / size;
        rest %= size;
        if count > 0 {
            parts.push(format!("{count} {name}"));
        }
    }
    parts.truncate(2);
    parts.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_a_date_and_a_distance() {
        assert_eq!(date(1_795_314_600), "2026-11-22T02:30:00Z");
        assert_eq!(in_words(1_300, 1_001), "in 4 min 59 s");
        assert_eq!(in_words(1_000, 1_012), "12 s ago");
        assert_eq!(in_words(1_000, 1_000), "now");
        assert_eq!(in_words(31_536_000 + 90, 0), "in 365 d 1 min");
    }

    #[test]
    fn a_time_beyond_all_calendars_is_no_panic() {
        assert_eq!(date(i64::MAX), "no date");
        assert!(in_words(i64::MAX, i64::MIN).starts_with("in "));
    }
}
