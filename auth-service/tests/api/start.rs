//! Starts that fail say why, and what to do.

use std::net::TcpListener;
use std::sync::Arc;

use crate::support::{House, TestApp};

#[actix_web::test]
async fn a_port_in_use_is_named() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let house = Arc::new(House::new().await);
    for option in ["--port", "--management-port"] {
        let error = house.try_start(&[(option, &port)]).await.err().unwrap();
        let setting = option.trim_start_matches("--").replace('-', "_").to_uppercase();
        assert!(error.contains(&port) && error.contains("in use") && error.contains(&setting), "{error}");
    }
    assert!(!house.operator_file().exists(), "nothing was made");
}

#[actix_web::test]
async fn another_key_encryption_key_is_told_apart_from_a_broken_database() {
    let app = TestApp::start().await;
    let house = app.stop();
    let key_file = house.settings(&[]).default_key_file();
    let old = std::fs::read_to_string(&key_file).unwrap();
    let other = Arc::new(House::new().await);
    other.start(&[]).await;
    std::fs::copy(other.settings(&[]).default_key_file(), &key_file).unwrap();
    let error = house.try_start(&[]).await.err().unwrap();
    assert!(error.to_lowercase().contains("key"), "{error}");
    assert!(!error.contains(old.trim()), "{error}");
    std::fs::write(&key_file, &old).unwrap();
    house.start(&[]).await;
}

#[actix_web::test]
async fn a_key_file_that_is_missing_or_no_key_is_named() {
    let house = Arc::new(House::new().await);
    let error = house.try_start(&[("--key-encryption-key-file", "/nowhere/key")]).await.err().unwrap();
    assert!(error.contains("/nowhere/key"), "{error}");
    let file = house.operator_file().with_file_name("no-key");
    std::fs::write(&file, "c2VjcmV0LXRleHQ=").unwrap();
    let error = house.try_start(&[("--key-encryption-key-file", file.to_str().unwrap())]).await.err().unwrap();
    assert!(error.contains("no-key") && !error.contains("c2VjcmV0"), "{error}");
}

/// A key that was made under another file would open nothing: so a lost one is an error and not a new key.
#[actix_web::test]
async fn a_lost_key_file_is_an_error_and_no_new_beginning() {
    let app = TestApp::start().await;
    let kid = app.get("/.well-known/jwks.json").await.json()["keys"][0]["kid"].clone();
    let house = app.stop();
    let key_file = house.settings(&[]).default_key_file();
    let key = std::fs::read(&key_file).unwrap();
    std::fs::remove_file(&key_file).unwrap();
    let error = house.try_start(&[]).await.err().unwrap();
    assert!(error.contains(key_file.to_str().unwrap()) && error.contains("KEY_ENCRYPTION_KEY_FILE"), "{error}");
    assert!(!key_file.exists(), "a new key would be taken for the one that is lost");
    std::fs::write(&key_file, key).unwrap();
    let again = house.start(&[]).await;
    assert_eq!(again.get("/.well-known/jwks.json").await.json()["keys"][0]["kid"], kid, "the same key after a restart");
}

#[actix_web::test]
async fn without_tls_nothing_leaves_the_machine_unless_it_is_allowed() {
    let house = Arc::new(House::new().await);
    for (option, value) in [
        ("--issuer", "http://auth.example.com"),
        ("--admin-jwks-url", "http://admin-service:8082/jwks.json"),
        ("--orders-jwks-url", "http://orders-service:8081/jwks.json"),
    ] {
        let error = house.try_start(&[(option, value)]).await.err().unwrap();
        assert!(error.contains("https") && error.contains(value), "{error}");
    }
    assert!(!house.operator_file().exists(), "nothing was made");
}

#[actix_web::test]
async fn replicas_share_the_signing_key() {
    let house = Arc::new(House::new().await);
    let (one, other) = futures_util::future::join(house.start(&[]), house.start(&[])).await;
    let kids = async |app: &TestApp| app.get("/.well-known/jwks.json").await.json()["keys"].clone();
    assert_eq!(kids(&one).await, kids(&other).await);
    assert_eq!(kids(&one).await.as_array().unwrap().len(), 1);
    let token = one.manager_token().await;
    let request = other.request(reqwest::Method::GET, "/clients").bearer_auth(token);
    crate::support::Answer::of(request).await.expect(200);
}

#[actix_web::test]
async fn a_restart_forgets_nothing() {
    let app = TestApp::start().await;
    let partner = app.register_partner("orders:read").await;
    let signing = app.register_signing_partner(jsonwebtoken::Algorithm::ES256).await;
    let assertion = signing.assertion().build();
    app.request_token_by(&assertion).await.expect(200);
    let (trail, token) = (app.trail().await.len(), app.manager_token().await);
    let again = app.stop().start(&[]).await;
    again.request_token_by(&assertion).await.expect_error(401, "invalid_client");
    again.request_token(&partner, &[]).await.expect(200);
    let request = again.request(reqwest::Method::GET, "/clients").bearer_auth(token);
    crate::support::Answer::of(request).await.expect(200);
    assert!(again.trail().await.len() > trail);
}
