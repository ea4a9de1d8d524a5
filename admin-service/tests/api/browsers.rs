//! What a browser would do with an answer: no cookie is set, and no script of another origin may read it. Every answer
//! of every test is held against that where it is read ([`TestApp::send`]); here a browser is told where it asks.

use admin_service::routes::endpoints;
use reqwest::Method;

use crate::support::TestApp;

const ORIGIN: &str = "https://app.example.com";

/// The Fetch standard asks first (`OPTIONS`) when a script wants to send `Authorization`. There is no origin that may.
#[tokio::test]
async fn no_endpoint_sets_a_cookie_or_lets_another_origin_in() {
    let app = TestApp::start().await;
    let token = app.fulfiller();
    for endpoint in endpoints() {
        let path = endpoint.path.replace(['{', '}'], "");
        let method: Method = endpoint.method.as_str().parse().unwrap();
        let request = app.request(method.clone(), &path).header("origin", ORIGIN).bearer_auth(&token);
        app.send(request).await;
        let preflight = app.request(Method::OPTIONS, &path).header("origin", ORIGIN);
        let preflight = preflight.header("access-control-request-method", method.as_str());
        let preflight = preflight.header("access-control-request-headers", "authorization");
        app.send(preflight).await.expect(405);
    }
    let list = app.request(Method::GET, "/fulfilments").header("origin", ORIGIN).bearer_auth(&token);
    app.send(list).await.expect(200);
}
