//! What a browser asks by itself before it lets a page send a token: the preflight of the Fetch standard.

use orders_service::routes::endpoints;
use reqwest::Method;
use shared_claims::extract::Access;

use super::support::{PAGE, TestApp, names, path, permissions, preflight, send};

/// For who writes the page: the browser says no more than that it was not allowed.
const WHAT_THERE_IS: &str =
    "A page may use the methods GET, POST, and set the headers authorization, content-type, idempotency-key.";

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
        assert_eq!(answer.text_of("detail"), WHAT_THERE_IS);
    }
    let request = app.request(Method::OPTIONS, "/orders").header("origin", PAGE);
    let request = request.header("access-control-request-method", "GET");
    let answer = send(request.header("access-control-request-headers", "authorization,x-forwarded-for")).await;
    let answer = answer.expect(400);
    assert_eq!(answer.header("access-control-allow-origin"), "");
    assert_eq!(answer.text_of("detail"), WHAT_THERE_IS);
}
