//! Texts of other people's choice, and days, as they are shown.

use std::fmt::{self, Write as _};

use service_kit::time::to_rfc3339;

/// A name that somebody chose, or typed. The template escapes it as HTML; here goes what HTML has no escape for:
/// characters that turn the direction of the text, with which `moc.elpmaxe` reads `example.com`, and those that are not
/// seen at all.
#[derive(Debug, Clone, Copy)]
pub struct Shown<'a>(pub &'a str);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.chars().try_for_each(|c| f.write_char(if is_misleading(c) { '\u{FFFD}' } else { c }))
    }
}

/// Control characters, and those of Unicode that set direction (UAX #9) or have no width.
fn is_misleading(c: char) -> bool {
    let turns = matches!(c, '\u{061C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{206F}');
    // Without U+200C and U+200D, which scripts and emoji need.
    let hides = matches!(c, '\u{200B}' | '\u{2028}' | '\u{2029}' | '\u{2060}'..='\u{2065}' | '\u{FEFF}');
    c.is_control() || turns || hides
}

/// A day, from microseconds since the epoch.
#[derive(Debug, Clone, Copy)]
pub struct Day(pub i64);

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

impl Day {
    /// As programs read it: `2026-11-22`, in UTC.
    #[must_use]
    pub fn iso(self) -> String {
        let time = to_rfc3339(self.0);
        time.split_once('T').map_or_else(String::new, |(day, _)| day.to_owned())
    }
}

/// As people read it: `22 November 2026`.
impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let iso = self.iso();
        let mut parts = iso.rsplitn(3, '-');
        let (day, month, year) = (parts.next(), parts.next(), parts.next());
        let month = month.and_then(|month| MONTHS.get(month.parse::<usize>().ok()?.checked_sub(1)?));
        match (day, month, year) {
            (Some(day), Some(month), Some(year)) => write!(f, "{} {month} {year}", day.trim_start_matches('0')),
            _ => f.write_str(&iso),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_mislead_is_seen() {
        assert_eq!(Shown("Café 東京 שלום 👩\u{200D}💻 <b>").to_string(), "Café 東京 שלום 👩\u{200D}💻 <b>");
        assert_eq!(Shown("\u{202E}moc.elpmaxe\u{202C}").to_string(), "\u{FFFD}moc.elpmaxe\u{FFFD}");
        assert_eq!(Shown("a\u{200B}b\u{2067}c\u{0}d").to_string(), "a\u{FFFD}b\u{FFFD}c\u{FFFD}d");
    }

    #[test]
    fn a_day_is_written_out() {
        assert_eq!(Day(1_795_314_600_123_456).to_string(), "22 November 2026");
        assert_eq!(Day(1_795_314_600_123_456).iso(), "2026-11-22");
        assert_eq!(Day(0).to_string(), "1 January 1970");
        assert_eq!(Day(-1).to_string(), "31 December 1969");
    }
}
