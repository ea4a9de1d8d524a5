//! What every service answers, seen on the wire.

#![expect(clippy::unwrap_used, reason = "a helper of tests may fail the test")]

mod support;

use std::io::Write as _;
use std::net::TcpStream;
use std::time::{Duration, Instant};

use actix_web::dev::ServerHandle;
use actix_web::{HttpResponse, web};
use serde::Deserialize;
use service_kit::body::JsonBody;
use service_kit::health::{HealthcheckArgs, Readiness};
use service_kit::page::PageQuery;
use service_kit::server::{ServerSettings, bind};
use service_kit::{Problem, RequestId, StoreError};
use support::http::{get, post_json, read, send};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Thing {
    name: String,
}

fn routes(config: &mut web::ServiceConfig) {
    config
        .service(web::resource("/things").get(list).post(create))
        .service(web::resource("/things/{number}").get(async |number: web::Path<u32>| number.to_string()))
        .service(web::resource("/plain").post(async |thing: web::Json<Thing>| thing.name.clone()))
        .service(web::resource("/form").post(async |thing: web::Form<Thing>| thing.name.clone()))
        .service(web::resource("/away").get(async || failing(StoreError::Unavailable("password=hunter2".into()))))
        .service(web::resource("/fault").get(async || failing(StoreError::Query(diesel::result::Error::NotFound))))
        .service(
            web::resource("/challenge")
                .get(async || HttpResponse::Unauthorized().insert_header(("WWW-Authenticate", "Bearer")).finish()),
        )
        .service(web::resource("/text").get(async || HttpResponse::BadRequest().body("an inner cause")))
        .service(
            web::resource("/oauth")
                .get(async || HttpResponse::BadRequest().json(serde_json::json!({"error": "invalid_grant"}))),
        )
        .service(web::resource("/slow").get(async || {
            tokio::time::sleep(Duration::from_millis(600)).await;
            "done"
        }));
}

async fn list(page: PageQuery, id: RequestId) -> HttpResponse {
    HttpResponse::Ok().json((page.limit(), id.as_str()))
}

async fn create(thing: JsonBody<Thing>) -> HttpResponse {
    HttpResponse::Created().body(thing.0.name)
}

fn failing(error: StoreError) -> Result<HttpResponse, Problem> {
    Err(error)?
}

struct Running {
    port: u16,
    management: u16,
    handle: ServerHandle,
}

/// Starts a server of its own on a thread of its own; it stops with the process.
fn start(readiness: Readiness) -> Running {
    let settings = ServerSettings {
        workers: 1,
        management_port: Some(0),
        handle_signals: false,
        ..ServerSettings::new("kit-service")
    };
    let bound = bind(settings).unwrap();
    let (port, management) = (bound.port(), bound.management_port().unwrap());
    let (tell, told) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        actix_web::rt::System::new().block_on(async move {
            let server = bound.run(routes, readiness).unwrap();
            tell.send(server.handle()).unwrap();
            server.await.unwrap();
        });
    });
    Running { port, management, handle: told.recv().unwrap() }
}

#[test]
fn every_answer_has_a_request_id_and_keeps_a_good_one_of_the_caller() {
    let port = start(Readiness::new()).port;
    let made = get(port, "/nowhere");
    assert_eq!(made.header("x-request-id").unwrap().len(), 36);
    let kept = send(port, "GET /things HTTP/1.1\r\nX-Request-Id: my_id-12345", b"");
    assert_eq!((kept.status, kept.header("x-request-id")), (200, Some("my_id-12345")));
    assert_eq!(kept.body, r#"[50,"my_id-12345"]"#);
    let replaced = send(port, "GET /away HTTP/1.1\r\nX-Request-Id: a b c d e f g h", b"");
    let id = replaced.header("x-request-id").unwrap().to_owned();
    assert_eq!(replaced.json()["request_id"], id);
}

#[test]
fn errors_are_problem_bodies_and_keep_their_headers() {
    let port = start(Readiness::new()).port;
    for (path, status) in [
        ("/nowhere", 404),
        ("/things/x", 404),
        ("/text", 400),
        ("/challenge", 401),
        ("/away", 503),
        ("/fault", 500),
        ("/things?limit=0", 422),
    ] {
        let answer = get(port, path);
        assert_eq!(answer.status, status, "{path}");
        assert_eq!(answer.header("content-type"), Some("application/problem+json"), "{path}");
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"), "{path}");
        assert_eq!(answer.header("cache-control"), Some("no-store"), "{path}");
        let body = answer.json();
        assert_eq!(
            (body["status"].as_u64(), body["type"].as_str()),
            (Some(u64::from(status)), Some("about:blank")),
            "{path}"
        );
        assert!(!answer.body.contains("hunter2") && !answer.body.contains("inner cause"), "{path}");
        assert_eq!(body["request_id"], *answer.header("x-request-id").unwrap());
    }
    assert_eq!(get(port, "/challenge").header("www-authenticate"), Some("Bearer"));
    assert_eq!(get(port, "/away").header("retry-after"), Some("1"));
    let method = send(port, "DELETE /things HTTP/1.1", b"");
    assert_eq!((method.status, method.header("content-type")), (405, Some("application/problem+json")));
    assert_eq!(method.header("allow"), Some("GET, POST"));
    // Bodies with a meaning of their own are left alone.
    assert_eq!(get(port, "/oauth").body, r#"{"error":"invalid_grant"}"#);
}

#[test]
fn bad_bodies_are_refused_by_kind() {
    let port = start(Readiness::new()).port;
    for path in ["/things", "/plain"] {
        assert!([200, 201].contains(&post_json(port, path, br#"{"name":"x"}"#).status));
        assert_eq!(post_json(port, path, b"{").status, 400, "{path}");
        let unknown = post_json(port, path, br#"{"name":"x","hunter":2}"#);
        assert_eq!((unknown.status, unknown.json()["errors"][0]["field"].as_str()), (422, Some("/hunter")), "{path}");
        assert_eq!(post_json(port, path, br#"{"name":7}"#).status, 422, "{path}");
        assert_eq!(
            send(port, &format!("POST {path} HTTP/1.1\r\nContent-Type: text/plain"), b"{}").status,
            415,
            "{path}"
        );
        assert_eq!(send(port, &format!("POST {path} HTTP/1.1"), b"{}").status, 415, "{path}");
        let large = format!(r#"{{"name":"{}"}}"#, "x".repeat(70_000));
        let refused = post_json(port, path, large.as_bytes());
        assert_eq!((refused.status, refused.header("content-type")), (413, Some("application/problem+json")), "{path}");
    }
    let form = "POST /form HTTP/1.1\r\nContent-Type: application/x-www-form-urlencoded";
    assert_eq!(send(port, form, b"name=x").status, 200);
    assert_eq!(send(port, form, b"other=x").status, 400);
    assert_eq!(post_json(port, "/form", b"{}").status, 415);
}

#[test]
fn health_tells_alive_from_ready() {
    let ready = start(Readiness::new().with("keys", async || true));
    assert_eq!(get(ready.port, "/healthz").body, r#"{"status":"ok"}"#);
    assert_eq!(get(ready.port, "/readyz").status, 200);
    for ready_too in [false, true] {
        HealthcheckArgs::<0> { port: ready.port, ready: ready_too }.run().unwrap();
    }

    let stuck = start(Readiness::new().with("keys", async || false).with("database", std::future::pending::<bool>));
    let begun = Instant::now();
    let answer = get(stuck.port, "/readyz");
    assert!(begun.elapsed() < Duration::from_secs(2));
    assert_eq!((answer.status, answer.header("retry-after")), (503, Some("1")));
    assert_eq!(answer.json()["detail"], "Not ready: keys, database.");
    assert_eq!(get(stuck.port, "/healthz").status, 200);

    HealthcheckArgs::<0> { port: stuck.port, ready: false }.run().unwrap();
    let refused = HealthcheckArgs::<0> { port: stuck.port, ready: true }.run().unwrap_err();
    assert!(refused.contains("/readyz: HTTP/1.1 503"), "{refused}");
    let nobody = HealthcheckArgs::<0> { port: 1, ready: true }.run().unwrap_err();
    assert!(nobody.contains("127.0.0.1:1"), "{nobody}");
}

#[test]
fn metrics_are_on_the_management_port_only() {
    let running = start(Readiness::new());
    get(running.port, "/things/1?secret=hunter2");
    send(running.port, "BREW /things/1 HTTP/1.1", b"");
    assert_eq!(get(running.port, "/metrics").status, 404);
    assert_eq!(get(running.management, "/things").status, 404);
    let metrics = get(running.management, "/metrics").body;
    assert!(
        metrics.contains(
            r#"http_requests_total{service="kit-service",method="GET",route="/things/{number}",status="200"}"#
        ),
        "{metrics}"
    );
    assert!(metrics.contains(r#"method="other""#) && !metrics.contains("BREW") && !metrics.contains("hunter2"));
}

#[test]
fn a_stopping_server_finishes_what_it_began() {
    let running = start(Readiness::new());
    // An idle connection must not hold the server up.
    let _idle = TcpStream::connect(("127.0.0.1", running.port)).unwrap();
    let port = running.port;
    let request = std::thread::spawn(move || get(port, "/slow"));
    std::thread::sleep(Duration::from_millis(200));
    let begun = Instant::now();
    actix_web::rt::System::new().block_on(running.handle.stop(true));
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
    let answer = request.join().unwrap();
    assert_eq!((answer.status, answer.body.as_str()), (200, "done"));
    assert!(TcpStream::connect(("127.0.0.1", port)).is_err());
}

#[test]
fn a_draining_service_is_not_ready_and_closes_connections_but_answers() {
    let readiness = Readiness::new();
    let running = start(readiness.clone());
    readiness.drain();
    let answer = get(running.port, "/readyz");
    assert_eq!((answer.status, answer.json()["detail"].as_str()), (503, Some("Not ready: shutting down.")));
    let mut kept_alive = TcpStream::connect(("127.0.0.1", running.port)).unwrap();
    kept_alive.write_all(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n").unwrap();
    let answer = read(&mut kept_alive);
    assert_eq!((answer.status, answer.header("connection")), (200, Some("close")));
}

#[test]
fn a_client_that_never_finishes_its_head_is_let_go() {
    let running = start(Readiness::new());
    let begun = Instant::now();
    let mut silent = TcpStream::connect(("127.0.0.1", running.port)).unwrap();
    silent.write_all(b"GET /healthz HTTP/1.1\r\nX-Slow: ").unwrap();
    assert_eq!(read(&mut silent).status, 408);
    assert!(begun.elapsed() < Duration::from_secs(8));
}
