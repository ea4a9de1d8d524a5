//! What anyone may read.

use serde_json::json;

use super::support::{AUDIENCE, Answer, ISSUER, TestApp};

#[tokio::test]
async fn the_metadata_say_whose_tokens_are_accepted_and_where_our_keys_are() {
    let app = TestApp::start().await;
    let answer = app.get("/.well-known/oauth-protected-resource").await.expect(200);
    assert_eq!(answer.header("content-type"), "application/json");
    assert_eq!(
        answer.json(),
        json!({
            "resource": AUDIENCE,
            "authorization_servers": [ISSUER],
            "jwks_uri": format!("{AUDIENCE}/.well-known/jwks.json"),
            "scopes_supported":
                ["orders:read", "orders:write", "accounts:read", "accounts:write", "fulfilment:request", "audit:read"],
            "bearer_methods_supported": ["header"],
            "resource_signing_alg_values_supported": ["ES256"],
            "resource_name": "Orders",
        })
    );
}

#[tokio::test]
async fn the_keys_are_public_halves_and_nothing_else() {
    let app = TestApp::start().await;
    let answer = app.get("/.well-known/jwks.json").await.expect(200);
    assert_eq!(answer.header("content-type"), "application/jwk-set+json");
    assert_eq!(answer.header("cache-control"), "public, max-age=300");
    let keys = answer.json()["keys"].as_array().unwrap().clone();
    let members = ["alg", "crv", "kid", "kty", "use", "x", "y"];
    assert_eq!(keys.len(), 1);
    let mut found: Vec<_> = keys[0].as_object().unwrap().keys().map(String::as_str).collect();
    found.sort_unstable();
    assert_eq!(found, members);
}

/// A resource's own name must not depend on who asks for it, else a token could be had for another.
#[tokio::test]
async fn neither_host_nor_forwarding_headers_change_the_metadata() {
    let app = TestApp::start().await;
    let plain = app.get("/.well-known/oauth-protected-resource").await.text;
    let request = app.request(reqwest::Method::GET, "/.well-known/oauth-protected-resource");
    let request = request.header("host", "evil.example").header("x-forwarded-host", "evil.example");
    let request = request.header("x-forwarded-proto", "https").header("forwarded", "host=evil.example");
    assert_eq!(Answer::of(request.send().await.unwrap()).await.text, plain);
}

#[tokio::test]
async fn the_service_is_alive_and_ready() {
    let app = TestApp::start().await;
    assert_eq!(app.get("/healthz").await.expect(200).json(), json!({"status": "ok"}));
    app.get("/readyz").await.expect(200);
}
