//! What a page in a browser may do here, and read of the answers: CORS, as the Fetch standard has it. These tests send what
//! a browser sends, and look at the headers by which it decides. What it asks before it sends is in [`super::preflight`].

use reqwest::header::HeaderMap;
use reqwest::{Method, RequestBuilder};
use serde_json::json;

use super::support::{PAGE, TestApp, names, order_for, path, permissions, preflight, send, short, trail_of_length};

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
