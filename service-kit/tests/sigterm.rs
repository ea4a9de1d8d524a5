//! SIGTERM under load. The only test of its binary: the signal goes to the whole process.

#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a helper of tests may fail the test")]

mod support;

use std::io::{ErrorKind, Write as _};
use std::net::TcpStream;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use actix_web::{HttpResponse, web};
use service_kit::health::Readiness;
use service_kit::server::{ServerSettings, bind};
use support::http::{get, read};

static ANSWERED: AtomicUsize = AtomicUsize::new(0);
static GONE: AtomicBool = AtomicBool::new(false);

fn routes(config: &mut web::ServiceConfig) {
    config.service(web::resource("/work").get(async || {
        tokio::time::sleep(Duration::from_millis(5)).await;
        HttpResponse::Ok().body("done")
    }));
}

/// As a load balancer does without health checks: sends requests, each on a connection of its own, until one is
/// refused.
fn send_until_refused(port: u16) {
    loop {
        match TcpStream::connect(("127.0.0.1", port)) {
            Ok(mut stream) => {
                stream.write_all(b"GET /work HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").unwrap();
                assert_eq!(read(&mut stream).body, "done");
                ANSWERED.fetch_add(1, Ordering::Relaxed);
            }
            Err(error) => {
                assert_eq!(error.kind(), ErrorKind::ConnectionRefused);
                GONE.store(true, Ordering::Relaxed);
                return;
            }
        }
    }
}

#[test]
fn sigterm_under_load_fails_no_request_and_ends_within_ten_seconds() {
    let settings = ServerSettings { workers: 2, ..ServerSettings::new("kit-service") };
    let bound = bind(settings).unwrap();
    let port = bound.port();
    let server = std::thread::spawn(move || {
        let run = async move { bound.run(routes, Readiness::new()).unwrap().await.unwrap() };
        actix_web::rt::System::new().block_on(run);
    });
    while TcpStream::connect(("127.0.0.1", port)).is_err() {}
    let clients: Vec<_> = (0..16).map(|_| std::thread::spawn(move || send_until_refused(port))).collect();
    std::thread::sleep(Duration::from_millis(300));

    let begun = Instant::now();
    let pid = std::process::id().to_string();
    // The shell's own: a small machine has no program of that name.
    let mut kill = std::process::Command::new("/bin/sh");
    assert!(kill.args(["-c", "kill -TERM \"$0\"", &pid]).status().unwrap().success());
    std::thread::sleep(Duration::from_millis(300));
    assert_eq!(get(port, "/readyz").status, 503, "not ready, and still answering");
    for client in clients {
        client.join().unwrap();
    }
    server.join().unwrap();
    assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
    assert!(GONE.load(Ordering::Relaxed) && ANSWERED.load(Ordering::Relaxed) > 100);
}
