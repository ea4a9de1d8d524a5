//! What the log is told: a process of its own, because a process has one logger.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing))]

#[path = "extractor/app.rs"]
mod app;
mod support;

use std::sync::Mutex;

use actix_web::test::TestRequest;
use log::{LevelFilter, Log, Metadata, Record};
use serde_json::json;

use app::Server;

/// Every line of every crate, as loud as it goes.
struct Lines(Mutex<Vec<String>>);

static LINES: Lines = Lines(Mutex::new(Vec::new()));

impl Log for Lines {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }
    fn log(&self, record: &Record<'_>) {
        self.0.lock().unwrap().push(format!("{} {}", record.target(), record.args()));
    }
    fn flush(&self) {}
}

/// Tokens are credentials (B20), and the reason of a refusal is for the log (B10).
#[actix_web::test]
async fn the_log_tells_the_reason_of_a_refusal_and_never_the_token() {
    log::set_logger(&LINES).unwrap();
    log::set_max_level(LevelFilter::Trace);
    let server = Server::new();
    let draft = || server.setting.draft();
    for (token, reason) in [
        (format!("{}.aaaaaaaaaa", draft().build()), "malformed: not three parts"),
        (draft().header("alg", json!("none")).build(), "signature: algorithm not agreed on"),
        (draft().signed_by_a_stranger().build(), "signature: does not match"),
        (draft().claim("aud", json!("https://else.example")).build(), "claims: aud is not the agreed one"),
        (draft().claim("exp", json!(1)).build(), "claims: exp is in the past"),
        (draft().claim("nbf", json!(server.setting.seconds() + 600)).build(), "claims: nbf is in the future"),
        (draft().claim("scope", json!("")).build(), "ReadOrders needs orders:read"),
        (draft().build(), ""),
    ] {
        LINES.0.lock().unwrap().clear();
        let id = "refused-1";
        let headers = [("authorization", format!("Bearer {token}")), ("x-request-id", id.to_owned())];
        let request = TestRequest::get().uri(&format!("/orders?access_token={token}"));
        server.answer(headers.into_iter().fold(request, TestRequest::insert_header)).await;
        let lines = LINES.0.lock().unwrap().clone();
        let refusals: Vec<&String> = lines.iter().filter(|line| line.starts_with("shared_claims")).collect();
        if reason.is_empty() {
            assert!(refusals.is_empty(), "{refusals:?}");
        } else {
            assert_eq!(refusals, [&format!("shared_claims::refused GET /orders: {reason} {id}")]);
        }
        for part in token.split('.') {
            assert!(!refusals.iter().any(|line| line.contains(part)), "{part} is in the log");
        }
    }
}
