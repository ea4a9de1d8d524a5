//! What a page in a browser may do here: CORS, as the Fetch standard has it. These tests send what a browser sends, and
//! look at the headers by which it decides.

use std::process::Command;

use orders_service::routes::endpoints;
use reqwest::header::HeaderMap;
use reqwest::{Method, RequestBuilder};
use serde_json::json;
use shared_claims::extract::Access;

use super::audit_events::{short, trail_of_length};
use super::support::{Answer, TestApp, order_for};

const PAGE: &str = "https://app.example.com";
/// What a browser asks for before a page may send a token and a JSON body.
const HEADERS: &str = "authorization,content-type,idempotency-key";

async fn send(request: RequestBuilder) -> Answer {
    Answer::of(request.send().await.unwrap()).await
}

/// The request that a browser sends by itself before it lets a page of `origin` do the other one (no token, no body).
async fn preflight(app: &TestApp, origin: &str, method: &str, path: &str) -> Answer {
    let request = app.request(Method::OPTIONS, path).header("origin", origin);
    send(request.header("access-control-request-method", method).header("access-control-request-headers", HEADERS))
        .await
}

/// The headers that are there for browsers alone.
fn permissions(answer: &Answer) -> Vec<String> {
    let names = answer.headers.keys().map(|name| name.as_str().to_owned());
    names.filter(|name| name.starts_with("access-control-") || name == "vary").collect()
}

/// The names of a list in a header.
fn names(answer: &Answer, header: &str) -> Vec<String> {
    let mut names: Vec<_> = answer.header(header).split(", ").map(str::to_owned).collect();
    names.sort();
    names
}

fn path(pattern: &str) -> String {
    let id = "0191b2c4-0000-7000-8000-000000000000";
    pattern.replace("{account_id}", &format!("acc_{id}")).replace("{order_id}", &format!("ord_{id}"))
}

#[tokio::test]
async fn authorization_triggers_a_preflight_that_allows_a_listed_origin() {
    let app = TestApp::start_for_pages_of(&format!("{PAGE},http://localhost:5173")).await;
    for origin in [PAGE, "http://localhost:5173"] {
        let answer = preflight(&app, origin, "POST", "/orders").await.expect(200);
        assert_eq!(answer.header("access-control-allow-origin"), origin);
        assert_eq!(names(&answer, "access-control-allow-methods"), ["GET", "POST"]);
        assert_eq!(
            names(&answer, "access-control-allow-headers"),
            ["authorization", "content-type", "idempotency-key"]
        );
        assert_eq!(answer.header("access-control-max-age"), "3600");
        assert!(names(&answer, "vary").contains(&"Origin".to_owned()), "{:?}", answer.headers);
        assert_eq!(answer.text, "");
    }
}

#[tokio::test]
async fn after_the_preflight_the_page_reads_the_answer() {
    let app = TestApp::start_for_pages_of(PAGE).await;
    let partner = app.partner("cli_1");
    let account = partner.open_account("reader").await;
    let order = app.request(Method::POST, "/orders").bearer_auth(&partner.token).header("origin", PAGE);
    let answer = send(order.header("idempotency-key", "key-1").json(&order_for(&account))).await.expect(201);
    assert_eq!(answer.header("access-control-allow-origin"), PAGE);
    assert_eq!(names(&answer, "access-control-expose-headers"), ["retry-after", "www-authenticate", "x-request-id"]);
    assert!(names(&answer, "vary").contains(&"Origin".to_owned()));
    let path = format!("/orders/{}", answer.text_of("order_id"));
    let read = send(app.request(Method::GET, &path).bearer_auth(&partner.token).header("origin", PAGE)).await;
    assert_eq!(read.expect(200).header("access-control-allow-origin"), PAGE);
}

/// A page may do what a partner may do, and nothing besides.
#[tokio::test]
async fn the_rows_that_partners_use_are_open_to_the_page_and_no_others() {
    let app = TestApp::start_for_pages_of(PAGE).await;
    for row in endpoints() {
        let what = format!("{} {}", row.method, row.path);
        let is_for_partners = row.path.starts_with("/accounts") || row.path.starts_with("/orders");
        assert!(!is_for_partners || matches!(row.access, Access::Permission(_)), "{what}");
        let answer = preflight(&app, PAGE, row.method.as_str(), &path(row.path)).await;
        assert_eq!(answer.status, if is_for_partners { 200 } else { 405 }, "{what}");
        assert_eq!(!permissions(&answer).is_empty(), is_for_partners, "{what}: {:?}", answer.headers);
    }
    for path in ["/.well-known/jwks.json", "/.well-known/oauth-protected-resource", "/healthz", "/readyz"] {
        let answer = send(app.request(Method::GET, path).header("origin", PAGE)).await.expect(200);
        assert_eq!(permissions(&answer), [""; 0], "{path}");
    }
    let auditor = app.auditor();
    let trail = app.request(Method::GET, "/audit-events").bearer_auth(&auditor.token).header("origin", PAGE);
    assert_eq!(permissions(&send(trail).await.expect(200)), [""; 0]);
    let metrics = app.http.get(format!("http://127.0.0.1:{}/metrics", app.management_port)).header("origin", PAGE);
    assert_eq!(permissions(&send(metrics).await), [""; 0]);
}

#[tokio::test]
async fn a_preflight_asks_for_what_there_is() {
    let app = TestApp::start_for_pages_of(PAGE).await;
    for method in ["DELETE", "PUT", "PATCH"] {
        let answer = preflight(&app, PAGE, method, "/orders").await.expect(400);
        assert_eq!(answer.header("access-control-allow-origin"), "", "{method}");
    }
    let request = app.request(Method::OPTIONS, "/orders").header("origin", PAGE);
    let request = request.header("access-control-request-method", "GET");
    let answer = send(request.header("access-control-request-headers", "authorization,x-forwarded-for")).await;
    assert_eq!(answer.expect(400).header("access-control-allow-origin"), "");
}

#[tokio::test]
async fn an_unlisted_origin_gets_no_permission() {
    let app = TestApp::start_for_pages_of(PAGE).await;
    let token = app.partner("cli_1").token;
    for origin in ["https://evil.example", "http://localhost:5173"] {
        let answer = preflight(&app, origin, "GET", "/orders").await.expect(405);
        assert_eq!(permissions(&answer), [""; 0], "{origin}");
        // CORS keeps nobody out: the request is judged by its token. A browser keeps the answer from the page.
        let request = app.request(Method::GET, "/orders").header("origin", origin);
        assert_eq!(permissions(&send(request.bearer_auth(&token)).await.expect(200)), [""; 0], "{origin}");
        let request = app.request(Method::GET, "/orders").header("origin", origin);
        assert_eq!(permissions(&send(request).await.expect(401)), [""; 0], "{origin}");
    }
}

#[tokio::test]
async fn an_origin_that_looks_like_a_listed_one_is_another() {
    let app = TestApp::start_for_pages_of(PAGE).await;
    for origin in [
        "https://app.example.com.evil.example",
        "https://app.example.comevil.example",
        "https://evil-app.example.com",
        "https://sub.app.example.com",
        "https://example.com",
        "https://app-example.com",
        "https://app.example.com:443",
        "https://app.example.com:8443",
        "http://app.example.com",
        "https://APP.example.com",
        "HTTPS://app.example.com",
        "https://app.example.com.",
        "https://app.example.com/",
        "https://app.example.com,https://evil.example",
        "https://app.example.com https://evil.example",
        "https://user@app.example.com",
        "//app.example.com",
        "app.example.com",
        "null",
        "*",
        "",
    ] {
        let answer = preflight(&app, origin, "GET", "/orders").await.expect(405);
        assert_eq!(permissions(&answer), [""; 0], "{origin:?}");
        let request = app.request(Method::GET, "/orders").header("origin", origin);
        assert_eq!(permissions(&send(request).await.expect(401)), [""; 0], "{origin:?}");
    }
    for two in [[PAGE, "https://evil.example"], ["https://evil.example", PAGE], [PAGE, PAGE]] {
        let request =
            two.into_iter().fold(app.request(Method::GET, "/orders"), |it, origin| it.header("origin", origin));
        assert_eq!(permissions(&send(request).await.expect(401)), [""; 0], "{two:?}");
    }
}

/// Requests of a partner's server: without an origin, with everything that can go well or wrong.
fn requests_of_a_server(app: &TestApp) -> Vec<RequestBuilder> {
    let token = app.partner("cli_1").token;
    let get = |path| app.request(Method::GET, path);
    let mut requests = vec![
        get("/orders").bearer_auth(&token),
        get("/orders"),
        get("/orders").bearer_auth("not-a-token"),
        get("/orders").bearer_auth(app.partner_with("cli_1", "accounts:read").token),
        get("/orders/ord_0191b2c4-0000-7000-8000-000000000000").bearer_auth(&token),
        app.request(Method::POST, "/accounts").bearer_auth(&token).json(&json!({"external_id": 1})),
        app.request(Method::DELETE, "/orders"),
        app.request(Method::OPTIONS, "/orders"),
        app.request(Method::OPTIONS, "/orders").header("access-control-request-method", "GET"),
        get("/nowhere"),
        get("/.well-known/oauth-protected-resource"),
    ];
    for request in &mut requests {
        *request = request.try_clone().unwrap().header("x-request-id", "one-and-the-same");
    }
    requests
}

fn all_but_the_date(headers: &HeaderMap) -> HeaderMap {
    let mut headers = headers.clone();
    headers.remove("date");
    headers
}

#[tokio::test]
async fn a_request_without_an_origin_is_answered_as_if_there_were_no_cors() {
    let (with, without) = (TestApp::start_for_pages_of(PAGE).await, TestApp::start().await);
    for (one, other) in requests_of_a_server(&with).into_iter().zip(requests_of_a_server(&without)) {
        let (one, other) = (send(one).await, send(other).await);
        assert_eq!((one.status, &one.text), (other.status, &other.text));
        assert_eq!(all_but_the_date(&one.headers), all_but_the_date(&other.headers), "{}", one.text);
        assert_eq!(permissions(&one), [""; 0]);
    }
}

#[tokio::test]
async fn without_the_setting_there_is_no_cors_at_all() {
    let app = TestApp::start().await;
    let token = app.partner("cli_1").token;
    for origin in [PAGE, "http://localhost:8081", "null"] {
        assert_eq!(permissions(&preflight(&app, origin, "GET", "/orders").await.expect(405)), [""; 0]);
        let request = app.request(Method::GET, "/orders").bearer_auth(&token).header("origin", origin);
        assert_eq!(permissions(&send(request).await.expect(200)), [""; 0]);
    }
}

/// Cookies and what else a browser adds by itself are no credentials here, and no page is told that they were.
#[tokio::test]
async fn credentials_are_never_allowed() {
    let app = TestApp::start_for_pages_of(PAGE).await;
    let token = app.partner("cli_1").token;
    let read = || app.request(Method::GET, "/orders").header("origin", PAGE);
    let cookie = format!("access_token={token}; token={token}");
    for answer in [
        preflight(&app, PAGE, "GET", "/orders").await,
        send(read().bearer_auth(&token)).await.expect(200),
        send(read()).await.expect(401),
        send(read().header("cookie", cookie)).await.expect(401),
    ] {
        assert_eq!(answer.header("access-control-allow-origin"), PAGE);
        assert!(!answer.headers.contains_key("access-control-allow-credentials"), "{:?}", answer.headers);
        assert!(!answer.headers.contains_key("set-cookie"), "{:?}", answer.headers);
    }
}

/// Without these headers the page would only learn that "the network failed", and not that it needs a new token.
#[tokio::test]
async fn a_refusal_can_be_read_by_a_listed_origin() {
    let app = TestApp::start_for_pages_of(PAGE).await;
    let token = app.partner("cli_1").token;
    let from_page = |method, path: &str| app.request(method, path).header("origin", PAGE);
    let too_little = app.partner_with("cli_1", "accounts:read").token;
    let too_much = "x".repeat(1_000_000);
    for (request, status) in [
        (from_page(Method::GET, "/orders"), 401),
        (from_page(Method::GET, "/orders").bearer_auth("not-a-token"), 401),
        (from_page(Method::GET, "/orders").bearer_auth(too_little), 403),
        (from_page(Method::GET, &path("/orders/{order_id}")).bearer_auth(&token), 404),
        (from_page(Method::GET, "/nowhere").bearer_auth(&token), 404),
        (from_page(Method::DELETE, "/orders").bearer_auth(&token), 405),
        (from_page(Method::POST, "/orders").bearer_auth(&token).json(&json!(too_much)), 413),
        (from_page(Method::POST, "/orders").bearer_auth(&token).json(&json!({"account_id": 1})), 422),
    ] {
        let answer = send(request).await.expect(status);
        assert_eq!(answer.header("access-control-allow-origin"), PAGE, "{status}");
        assert!(names(&answer, "access-control-expose-headers").contains(&"www-authenticate".to_owned()), "{status}");
        assert_eq!(answer.headers.contains_key("www-authenticate"), [401, 403].contains(&status), "{status}");
        // Nothing of this is kept and then shown to another page: that is what `Vary` is for, and `no-store` besides.
        assert_eq!(answer.header("cache-control"), "no-store", "{status}");
    }
}

#[tokio::test]
async fn what_a_page_is_refused_is_recorded_like_anything_else() {
    let app = TestApp::start_for_pages_of(PAGE).await;
    let weak = app.partner_with("cli_1", "accounts:read").token;
    let order = path("/orders/{order_id}");
    send(app.request(Method::GET, &order).bearer_auth(weak).header("origin", PAGE)).await.expect(403);
    let event = trail_of_length(&app, 1).await.remove(0);
    assert_eq!(short(&event), "order.read refused insufficient_scope cli_1 cli_1");
    assert_eq!(Some(event["object"].as_str().unwrap()), order.strip_prefix("/orders/"));
}

#[test]
fn an_origin_that_cannot_be_meant_is_an_error_at_the_start_that_names_the_setting() {
    for (bad, reason) in [
        ("https://app.example.com/", "is no origin"),
        ("https://*.example.com", "is no origin"),
        ("*", "is no origin"),
        ("null", "is no origin"),
        ("http://app.example.com", "must be https"),
        ("https://app.example.com,http://app.example.com", "must be https"),
    ] {
        let option = vec!["serve".to_owned(), format!("--allowed-origins={bad}")];
        for (arguments, variable) in [(option, ""), (vec!["serve".to_owned()], bad)] {
            let mut program = Command::new(env!("CARGO_BIN_EXE_orders-service"));
            let output = program.args(arguments).env("ALLOWED_ORIGINS", variable).output().unwrap();
            let said = String::from_utf8_lossy(&output.stderr);
            assert!(
                !output.status.success() && said.contains("--allowed-origins") && said.contains(reason),
                "{bad}: {said}"
            );
        }
    }
}
