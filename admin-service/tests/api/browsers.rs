//! What a browser would do with an answer: no cookie is set, and no script of another origin may read it.

use admin_service::routes::endpoints;
use reqwest::Method;

use crate::support::{Answer, TestApp};

const ORIGIN: &str = "https://app.example.com";

#[track_caller]
fn expect_nothing_for_a_browser(answer: &Answer) {
    for name in answer.headers.keys().map(reqwest::header::HeaderName::as_str) {
        assert!(name != "set-cookie" && !name.starts_with("access-control-"), "{name}: {answer:?}");
    }
}

/// The Fetch standard asks first (`OPTIONS`) when a script wants to send `Authorization`. There is no origin that may.
#[tokio::test]
async fn no_endpoint_sets_a_cookie_or_lets_another_origin_in() {
    let app = TestApp::start().await;
    let token = app.fulfiller();
    for endpoint in endpoints() {
        let path = endpoint.path.replace(['{', '}'], "");
        let method: Method = endpoint.method.as_str().parse().unwrap();
        let request = app.request(method.clone(), &path).header("origin", ORIGIN).bearer_auth(&token);
        expect_nothing_for_a_browser(&app.send(request).await);
        let preflight = app.request(Method::OPTIONS, &path).header("origin", ORIGIN);
        let preflight = preflight.header("access-control-request-method", method.as_str());
        let preflight = preflight.header("access-control-request-headers", "authorization");
        expect_nothing_for_a_browser(&app.send(preflight).await.expect(405));
    }
}
