//! A partner's secret goes to the operator, once, and nowhere else.

use std::io::Write;
use std::sync::{Arc, Mutex, OnceLock};

use serde_json::json;

use crate::support::{Reply, TestApp};

/// All that is logged by this test binary.
fn log() -> Arc<Mutex<Vec<u8>>> {
    static LOG: OnceLock<Arc<Mutex<Vec<u8>>>> = OnceLock::new();
    struct Logger(Arc<Mutex<Vec<u8>>>);
    impl log::Log for Logger {
        fn enabled(&self, _: &log::Metadata<'_>) -> bool {
            true
        }
        fn log(&self, record: &log::Record<'_>) {
            let _ = writeln!(self.0.lock().unwrap(), "{} {}", record.target(), record.args());
        }
        fn flush(&self) {}
    }
    let start = || {
        let lines = Arc::<Mutex<Vec<u8>>>::default();
        log::set_boxed_logger(Box::new(Logger(Arc::clone(&lines)))).expect("the only logger");
        log::set_max_level(log::LevelFilter::Trace);
        lines
    };
    Arc::clone(LOG.get_or_init(start))
}

#[tokio::test]
async fn neither_log_nor_trail_nor_an_error_holds_a_secret_or_a_token() {
    const SECRET: &str = "Zq7-this-is-the-secret";
    let lines = log();
    let app = TestApp::start().await;
    let token = app.manager();
    let registration = json!({"client_name": "A", "scope": "orders:read"});
    let good = json!({"client_id": "cli_1", "client_secret": SECRET});
    app.auth.always(Reply::Json(201, good.clone()));
    assert!(app.post(&token, "/partners", registration.clone()).await.expect(201).body.contains(SECRET));

    // The same secret in answers that make no sense: what is told of them must not quote them.
    for reply in [
        Reply::Json(201, json!({"client_id": SECRET.repeat(9), "client_secret": SECRET})),
        Reply::Json(201, json!({"client_id": 1, "client_secret": SECRET})),
        Reply::Json(201, json!([SECRET])),
        Reply::Body(201, "application/json", format!("{{\"client_secret\":\"{SECRET}")),
        Reply::Json(500, good.clone()),
        Reply::Json(418, good.clone()),
        Reply::Json(204, good),
    ] {
        app.auth.always(reply);
        let answer = app.post(&token, "/partners", registration.clone()).await;
        assert!([502, 503].contains(&answer.status) && !answer.body.contains(SECRET), "{answer:?}");
    }
    let recorded = serde_json::to_string(&app.recorded().await).unwrap();
    let logged = String::from_utf8_lossy(&lines.lock().unwrap()).into_owned();
    assert!(logged.contains("admin-service POST /partners 201"), "the log was watched");
    let assertion = app.tokens.seen()[0].form()["client_assertion"].clone();
    for secret in [SECRET, &token, &assertion, "localhost:8080|clients:manage"] {
        assert!(!recorded.contains(secret), "in the trail");
        assert!(!logged.contains(secret), "in the log");
    }
}
