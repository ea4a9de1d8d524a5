//! The log: one line per record on standard error.

use std::fmt::{self, Write as _};
use std::io::Write as _;

use env_logger::{Builder, Env};
use log::{Level, Log, Metadata, Record};

/// Where actix reports requests that it cannot read; they never become one of ours, and have no access line.
const UNREADABLE: &str = "actix_http::h1::dispatcher";

/// Starts the logger. `crates` are the crates whose records are shown from `info` on (this one is always among
/// them); all others are shown from `warn` on. With no crate at all, only errors are shown: for a program whose own
/// output is what one reads. `RUST_LOG` replaces that choice.
///
/// Called once, from `main`; a second call changes nothing.
///
/// A line is: time (UTC, milliseconds), level, target, message. Control characters are escaped, so that no input
/// can forge a line or drive a terminal. A request that cannot be read is shown at `info`: actix reports it as an error,
/// and anybody could then raise an alarm.
pub fn init(crates: &[&str]) {
    let quiet = crates.is_empty();
    let mut filter = String::from(if quiet { "error" } else { "warn" });
    let always = ["service_kit", "access", "audit", UNREADABLE];
    for name in always.iter().chain(crates).filter(|_| !quiet) {
        filter.push_str(&format!(",{name}=info"));
    }
    let logger = Builder::from_env(Env::default().default_filter_or(filter))
        .format(|line, record| {
            let (time, level, target) = (line.timestamp_millis(), record.level(), record.target());
            writeln!(line, "{time} {level:5} {target} {}", OneLine(record.args()))
        })
        .build();
    let most = logger.filter();
    match log::set_boxed_logger(Box::new(WithoutAlarms(logger))) {
        Ok(()) => log::set_max_level(most),
        Err(_) => log::debug!("the logger was already started"),
    }
}

/// A log in which nobody outside can write an error.
struct WithoutAlarms<L>(L);

impl<L: Log> Log for WithoutAlarms<L> {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        self.0.enabled(metadata)
    }

    fn log(&self, record: &Record<'_>) {
        if is_of_a_sender(record) {
            let (level, target, args) = (Level::Info, record.target(), *record.args());
            self.0.log(&Record::builder().level(level).target(target).args(args).build());
        } else {
            self.0.log(record);
        }
    }

    fn flush(&self) {
        self.0.flush();
    }
}

/// Whether it tells of bytes that are no request, or of a connection that broke off.
fn is_of_a_sender(record: &Record<'_>) -> bool {
    let faults = ["stream error: request parse error", "stream error: I/O error"];
    record.target() == UNREADABLE && {
        let text = record.args().to_string();
        faults.iter().any(|fault| text.starts_with(fault))
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
    use std::sync::Mutex;

    use log::{Level, Log, Metadata, Record};

    use super::{OneLine, WithoutAlarms};

    #[derive(Default)]
    struct Levels(Mutex<Vec<Level>>);

    impl Log for Levels {
        fn enabled(&self, _: &Metadata<'_>) -> bool {
            true
        }
        fn log(&self, record: &Record<'_>) {
            self.0.lock().unwrap().push(record.level());
        }
        fn flush(&self) {}
    }

    #[test]
    fn a_request_that_cannot_be_read_is_no_error_and_everything_else_stays_one() {
        let log = WithoutAlarms(Levels::default());
        for (target, text) in [
            ("actix_http::h1::dispatcher", "stream error: request parse error: message head is too large"),
            ("actix_http::h1::dispatcher", "stream error: I/O error: Connection reset by peer (os error 104)"),
            ("actix_http::h1::dispatcher", "Internal server error: unexpected eof"),
            ("orders_service", "stream error: request parse error"),
        ] {
            let message = format_args!("{text}");
            log.log(&Record::builder().level(Level::Error).target(target).args(message).build());
        }
        assert_eq!(*log.0.0.lock().unwrap(), [Level::Info, Level::Info, Level::Error, Level::Error]);
    }

    #[test]
    fn control_characters_cannot_make_a_second_line() {
        let shown = OneLine("a\nINFO forged\u{1b}[31m \u{202e}x ü").to_string();
        assert_eq!(shown, "a\\nINFO forged\\u{1b}[31m \\u{202e}x ü");
    }
}
