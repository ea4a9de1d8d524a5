//! The style sheet.

/// Its text.
pub const TEXT: &str = include_str!("../../templates/style.css");

/// Changes with the text, so that browsers may keep it for good under its URL.
pub const VERSION: u64 = fingerprint(TEXT.as_bytes());

/// FNV-1a, which can be computed by the compiler.
const fn fingerprint(mut bytes: &[u8]) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325;
    while let [first, rest @ ..] = bytes {
        hash ^= u64::from_le_bytes([*first, 0, 0, 0, 0, 0, 0, 0]);
        hash = hash.wrapping_mul(0x0000_0100_0000_01b3);
        bytes = rest;
    }
    hash
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    #[test]
    fn the_version_is_that_of_the_text() {
        assert_eq!(fingerprint(b""), 0xcbf2_9ce4_8422_2325);
        assert_eq!(fingerprint(b"foobar"), 0x8594_4171_f739_67e8, "a test vector of FNV-1a, 64 bits");
    }

    /// Relative luminance (WCAG 2.2).
    fn luminance(colour: &str) -> f64 {
        let channel = |at: usize| {
            let value = f64::from(u8::from_str_radix(&colour[at..at + 2], 16).unwrap()) / 255.0;
            if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5)
    }

    /// The custom properties of a block.
    fn colours(block: &str) -> HashMap<&str, &str> {
        let lines = block.lines().filter_map(|line| line.trim().strip_suffix(';')?.split_once(": "));
        lines.filter(|(name, value)| name.starts_with("--") && value.starts_with('#')).collect()
    }

    /// WCAG 2.2, 1.4.3 (text, 4.5 to 1) and 1.4.11 (edges of fields and the mark of the focus, 3 to 1).
    #[test]
    fn all_contrasts_are_those_of_level_aa_by_day_and_by_night() {
        let (day, night) = TEXT.split_once("@media (prefers-color-scheme: dark)").unwrap();
        let (day, night) = (colours(day), colours(night.split_once("\n}").unwrap().0));
        assert_eq!(day.len(), night.len());
        for (scheme, colours) in [("day", &day), ("night", &night)] {
            let pairs = [
                ("--text", "--page", 4.5),
                ("--text", "--card", 4.5),
                ("--muted", "--page", 4.5),
                ("--muted", "--card", 4.5),
                ("--accent", "--card", 4.5),
                ("--accent", "--page", 4.5),
                ("--on-accent", "--accent", 4.5),
                ("--on-accent", "--accent-strong", 4.5),
                ("--text", "--hover", 4.5),
                ("--danger", "--danger-ground", 4.5),
                ("--text", "--danger-ground", 4.5),
                ("--edge", "--card", 3.0),
                ("--danger", "--card", 3.0),
            ];
            for (over, under, least) in pairs {
                let (a, b) = (luminance(colours[over]), luminance(colours[under]));
                let contrast = (a.max(b) + 0.05) / (a.min(b) + 0.05);
                assert!(contrast >= least, "{scheme}: {over} on {under} is {contrast:.2} to 1");
            }
        }
    }
}
