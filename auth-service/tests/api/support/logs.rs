//! Everything that the process logs, as it would in production.

use std::sync::{Mutex, Once};

use log::{LevelFilter, Log, Metadata, Record};

static LINES: Mutex<Vec<String>> = Mutex::new(Vec::new());

struct Capture;

impl Log for Capture {
    fn enabled(&self, record: &Metadata<'_>) -> bool {
        // As service_kit::logging chooses.
        let ours = ["auth_service", "shared_claims", "service_kit", "access", "audit"];
        record.level() <= log::Level::Warn
            || record.level() <= log::Level::Info && ours.iter().any(|name| record.target().starts_with(name))
    }
    fn log(&self, record: &Record<'_>) {
        if self.enabled(record.metadata()) {
            LINES.lock().unwrap().push(format!("{} {}", record.target(), record.args()));
        }
    }
    fn flush(&self) {}
}

pub fn capture() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        log::set_logger(&Capture).unwrap();
        log::set_max_level(LevelFilter::Info);
    });
}

/// Whether any test logged this. Secrets are random, so what others log does not disturb.
pub fn logged(text: &str) -> bool {
    LINES.lock().unwrap().iter().any(|line| line.contains(text))
}
