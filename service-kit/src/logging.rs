//! The log: one line per record on standard error.

use std::fmt::{self, Write as _};
use std::io::Write as _;

use env_logger::{Builder, Env};

/// Starts the logger. `crates` are the crates whose records are shown from `info` on (this one is always among
/// them); all others are shown from `warn` on. With no crate at all, only errors are shown: for a program whose own
/// output is what one reads. `RUST_LOG` replaces that choice.
///
/// Called once, from `main`; a second call changes nothing.
///
/// A line is: time (UTC, milliseconds), level, target, message. Control characters are escaped, so that no input
/// can forge a line or drive a terminal.
pub fn init(crates: &[&str]) {
    let quiet = crates.is_empty();
    let mut filter = String::from(if quiet { "error" } else { "warn,service_kit=info,access=info,audit=info" });
    for name in crates {
        filter.push_str(&format!(",{name}=info"));
    }
    let started = Builder::from_env(Env::default().default_filter_or(filter))
        .format(|line, record| {
            let (time, level, target) = (line.timestamp_millis(), record.level(), record.target());
            writeln!(line, "{time} {level:5} {target} {}", OneLine(record.args()))
        })
        .try_init();
    if started.is_err() {
        log::debug!("the logger was already started");
    }
}

/// Shows a value with its control characters escaped.
#[derive(Debug)]
pub struct OneLine<T>(pub T);

impl<T: fmt::Display> fmt::Display for OneLine<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(Escaping(f), "{}", self.0)
    }
}

struct Escaping<'a, 'b>(&'a mut fmt::Formatter<'b>);

impl fmt::Write for Escaping<'_, '_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        if !text.contains(is_unsafe_in_a_log) {
            return self.0.write_str(text);
        }
        for char in text.chars() {
            if is_unsafe_in_a_log(char) {
                write!(self.0, "{}", char.escape_default())?;
            } else {
                self.0.write_char(char)?;
            }
        }
        Ok(())
    }
}

/// Control characters, and those that end a line or turn the direction of writing without being "control".
fn is_unsafe_in_a_log(char: char) -> bool {
    char.is_control()
        || matches!(char, '\u{2028}' | '\u{2029}' | '\u{200e}' | '\u{200f}')
        || matches!(char, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::OneLine;

    #[test]
    fn control_characters_cannot_make_a_second_line() {
        let shown = OneLine("a\nINFO forged\u{1b}[31m \u{202e}x ü").to_string();
        assert_eq!(shown, "a\\nINFO forged\\u{1b}[31m \\u{202e}x ü");
    }
}
