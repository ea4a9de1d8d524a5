//! What anyone may know of this service.

use reqwest::Method;
use serde_json::json;
use shared_claims::keys::KeySet;

use crate::support::TestApp;

#[tokio::test]
async fn the_metadata_say_who_issues_tokens_for_this_service() {
    let app = TestApp::start().await;
    let answer = app.send(app.request(Method::GET, "/.well-known/oauth-protected-resource")).await.expect(200);
    assert_eq!(answer.header("content-type"), "application/json");
    assert_eq!(
        answer.json(),
        json!({
            "resource": "http://localhost:8082",
            "authorization_servers": ["http://localhost:8080"],
            "jwks_uri": "http://localhost:8082/.well-known/jwks.json",
            "scopes_supported": ["partners:manage", "keys:manage", "fulfilment:accept", "fulfilment:complete", "audit:read"],
            "bearer_methods_supported": ["header"],
            "resource_name": "admin-service",
        })
    );
    // Nothing in a request changes them.
    let request = app.request(Method::GET, "/.well-known/oauth-protected-resource");
    let request = request.header("host", "evil.example").header("x-forwarded-host", "evil.example");
    assert_eq!(app.send(request).await.body, answer.body);
}

#[tokio::test]
async fn a_challenge_names_the_metadata() {
    let app = TestApp::start().await;
    let answer = app.send(app.request(Method::GET, "/partners")).await.expect(401);
    assert_eq!(
        answer.header("www-authenticate"),
        "Bearer realm=\"admin-service\", resource_metadata=\"http://localhost:8082/.well-known/oauth-protected-resource\""
    );
}

#[tokio::test]
async fn the_published_keys_are_public_and_usable() {
    let app = TestApp::start().await;
    let answer = app.send(app.request(Method::GET, "/.well-known/jwks.json")).await.expect(200);
    assert_eq!(KeySet::from_json(answer.body.as_bytes()).unwrap().kids().count(), 1);
    let key = &answer.json()["keys"][0];
    assert_eq!((&key["alg"], &key["use"], &key["kty"]), (&json!("ES256"), &json!("sig"), &json!("EC")));
    assert!(key.get("d").is_none(), "a private key is published");
}

#[tokio::test]
async fn it_is_alive_and_ready() {
    let app = TestApp::start().await;
    assert_eq!(app.send(app.request(Method::GET, "/healthz")).await.expect(200).json(), json!({"status": "ok"}));
    app.send(app.request(Method::GET, "/readyz")).await.expect(200);
}
