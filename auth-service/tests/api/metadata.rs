//! `/.well-known/…`: what is announced is served.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Answer, ISSUER, TestApp};

async fn metadata(app: &TestApp) -> Value {
    app.get("/.well-known/oauth-authorization-server").await.expect(200).json()
}

#[actix_web::test]
async fn the_metadata_is_what_the_standard_asks_for() {
    let app = TestApp::start().await;
    let metadata = metadata(&app).await;
    assert_eq!(metadata["issuer"], ISSUER, "exactly the iss of the tokens (RFC 8414 section 3.3)");
    assert_eq!(metadata["token_endpoint"], format!("{ISSUER}/oauth/token"));
    assert_eq!(metadata["jwks_uri"], format!("{ISSUER}/.well-known/jwks.json"));
    assert_eq!(metadata["authorization_endpoint"], format!("{ISSUER}/oauth/authorize"));
    assert_eq!(metadata["response_types_supported"][0], "code");
    assert_eq!(metadata["code_challenge_methods_supported"], json!(["S256"]), "never plain (RFC 7636)");
    assert_eq!(metadata["authorization_response_iss_parameter_supported"], true, "RFC 9207");
    assert_eq!(
        metadata["token_endpoint_auth_methods_supported"],
        json!(["client_secret_basic", "client_secret_post", "private_key_jwt", "none"])
    );
    assert_eq!(metadata["token_endpoint_auth_signing_alg_values_supported"], json!(["ES256", "RS256", "EdDSA"]));
    let scopes = metadata["scopes_supported"].as_array().unwrap();
    assert!(scopes.contains(&json!("orders:read")) && !scopes.contains(&json!("clients:manage")), "{scopes:?}");
}

/// OpenID Connect Discovery section 3 and RFC 8414 section 3.2: two documents, and no contradiction between them.
#[actix_web::test]
async fn openid_connect_is_announced_over_the_same_metadata() {
    let app = TestApp::start().await;
    let (oauth, openid) = (metadata(&app).await, app.get("/.well-known/openid-configuration").await.json());
    for (name, value) in oauth.as_object().unwrap() {
        assert_eq!(&openid[name], value, "{name}");
    }
    assert_eq!(openid["subject_types_supported"], json!(["public"]));
    assert_eq!(openid["id_token_signing_alg_values_supported"], json!(["ES256"]));
    for unsupported in ["claims_parameter", "request_parameter", "request_uri_parameter"] {
        assert_eq!(openid[format!("{unsupported}_supported")], false, "{unsupported}");
    }
}

#[actix_web::test]
async fn every_announced_endpoint_is_there() {
    let app = TestApp::start().await;
    let metadata = app.get("/.well-known/openid-configuration").await.expect(200).json();
    let mut looked_at = 0;
    for (name, value) in metadata.as_object().unwrap() {
        if name != "jwks_uri" && !name.ends_with("_endpoint") {
            continue;
        }
        let path = value.as_str().unwrap().strip_prefix(ISSUER).unwrap();
        let answer = app.get(path).await;
        assert_ne!(answer.status, 404, "{name}");
        looked_at += 1;
    }
    assert_eq!(looked_at, 6);
}

#[actix_web::test]
async fn every_announced_grant_is_known_and_no_other() {
    let app = TestApp::start().await;
    let announced = metadata(&app).await["grant_types_supported"].clone();
    let announced = announced.as_array().unwrap().iter().map(|grant| grant.as_str().unwrap()).collect::<Vec<_>>();
    let known = |answer: &Answer| answer.json()["error"] != "unsupported_grant_type";
    // That of the lab is not of the token endpoint.
    for grant in announced.iter().filter(|grant| **grant != "implicit") {
        assert!(known(&Answer::of(app.form(&[("grant_type", grant)])).await), "{grant}");
    }
    for grant in ["password", "implicit", "jwt-bearer", "urn:ietf:params:oauth:grant-type:device_code"] {
        assert!(!announced.contains(&grant) || (grant == "implicit" && cfg!(feature = "legacy-flows")));
        assert!(!known(&Answer::of(app.form(&[("grant_type", grant)])).await), "{grant}");
    }
}

#[actix_web::test]
async fn only_public_halves_are_published() {
    let app = TestApp::start().await;
    let answer = app.get("/.well-known/jwks.json").await;
    assert_eq!(answer.expect(200).header("content-type"), Some("application/jwk-set+json"));
    let keys = answer.json()["keys"].as_array().unwrap().clone();
    assert_eq!(keys.len(), 1);
    let mut members = keys[0].as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    members.sort();
    assert_eq!(members, ["alg", "crv", "kid", "kty", "use", "x", "y"]);
    assert_eq!((&keys[0]["alg"], &keys[0]["use"]), (&json!("ES256"), &json!("sig")));
}

#[actix_web::test]
async fn every_signing_algorithm_that_can_be_set_is_published_and_signed_with() {
    for (algorithm, kty) in [("RS256", "RSA"), ("EdDSA", "OKP")] {
        let app = TestApp::with(&[("--signing-algorithm", algorithm)]).await;
        let keys = app.get("/.well-known/jwks.json").await.json()["keys"].clone();
        assert_eq!((&keys[0]["alg"], &keys[0]["kty"]), (&json!(algorithm), &json!(kty)));
        let token = app.manager_token().await;
        assert_eq!(crate::support::header(&token)["alg"], algorithm);
        Answer::of(app.request(Method::GET, "/clients").bearer_auth(token)).await.expect(200);
    }
}

#[actix_web::test]
async fn headers_of_the_request_never_change_what_is_announced() {
    let app = TestApp::start().await;
    let before = metadata(&app).await;
    for header in ["host", "x-forwarded-host", "x-forwarded-proto", "forwarded", "x-original-url"] {
        let request = app.request(Method::GET, "/.well-known/oauth-authorization-server");
        let answer = Answer::of(request.header(header, "evil.example")).await;
        assert_eq!(answer.expect(200).json(), before, "{header}");
        answer.expect_no_echo(&["evil.example"]);
    }
}

#[actix_web::test]
async fn the_service_is_alive_and_ready() {
    let app = TestApp::start().await;
    assert_eq!(app.get("/healthz").await.expect(200).json(), json!({"status": "ok"}));
    app.get("/readyz").await.expect(200);
}
