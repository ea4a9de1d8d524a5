//! What browsers, and caches on the way, would do with an answer: no API sets a cookie, no script of another origin may
//! read anything, and nobody keeps what holds a credential. Every answer of every test is held against the first two where
//! it is read ([`Answer::of`]); here a browser is told where it asks.

use auth_service::routes::endpoints;
use reqwest::Method;
use serde_json::json;

use crate::support::{Answer, OPERATOR, TestApp};

const ORIGIN: &str = "https://app.example.com";

/// The Fetch standard asks first (`OPTIONS`) when a script wants to send `Authorization`. There is no origin that may.
#[actix_web::test]
async fn no_api_sets_a_cookie_and_no_endpoint_lets_another_origin_in() {
    let app = TestApp::start().await;
    for endpoint in endpoints() {
        let path = endpoint.path.replace(['{', '}'], "");
        let method: Method = endpoint.method.as_str().parse().unwrap();
        Answer::of(app.request(method.clone(), &path).header("origin", ORIGIN)).await;
        let preflight = app.request(Method::OPTIONS, &path).header("origin", ORIGIN);
        let preflight = preflight.header("access-control-request-method", method.as_str());
        Answer::of(preflight.header("access-control-request-headers", "authorization")).await.expect(405);
    }
    let sign_in = json!({"email": OPERATOR, "password": app.operator_password()});
    let sign_in = app.request(Method::POST, "/login").header("origin", ORIGIN).json(&sign_in);
    Answer::of(sign_in).await.expect(200);
}

/// RFC 6749 section 5.1, and the same for answers that the standard does not know.
#[actix_web::test]
async fn no_answer_with_a_credential_is_kept_by_a_cache() {
    let app = TestApp::start().await;
    let registration = json!({"client_name": "A", "scope": "orders:read"});
    let registered = app.register(&registration).await;
    let partner = app.register_partner("orders:read").await;
    let answers = [
        (200, app.request_token(&partner, &[]).await),
        (400, app.request_token(&partner, &[("scope", "orders:burn")]).await),
        (401, Answer::of(app.form(&[("grant_type", "client_credentials")])).await),
        (200, app.log_in(OPERATOR, &app.operator_password()).await),
        (401, app.log_in(OPERATOR, "wrong").await),
        (200, app.exchange_operator_token(crate::support::ISSUER, "audit:read").await),
        (201, registered),
        (201, app.add_secret(&partner.client_id, &json!({})).await),
    ];
    for (status, answer) in answers {
        assert_eq!(answer.expect(status).header("cache-control"), Some("no-store"), "{answer:?}");
    }
}
