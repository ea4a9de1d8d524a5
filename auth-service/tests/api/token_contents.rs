//! What is inside the tokens that are issued, read as anybody reads them who holds one: without a key.
//!
//! Every token of every test here is held against the list of claims in `support::tokens`; these tests issue one of each
//! kind, look for what is really secret in this house, and show that the list notices what it should.

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jsonwebtoken::Algorithm;
use reqwest::Method;
use serde_json::json;

use crate::support::{ADMIN, ISSUER, ORDERS, TestApp, assert_holds_nothing_private, claims, header};

const EMAIL: &str = "ann.reader@example.com";
const PASSWORD: &str = "correct horse battery";

/// A secret, and its digest as one may write it.
fn with_digests(secret: &str) -> Vec<String> {
    let digest = digest(&SHA256, secret.as_bytes());
    let bytes = digest.as_ref();
    let hex = bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    vec![secret.to_owned(), hex, STANDARD.encode(bytes), URL_SAFE_NO_PAD.encode(bytes)]
}

/// Checklist T13.
#[actix_web::test]
async fn no_token_holds_a_secret_a_hash_or_anything_about_a_person() {
    let app = TestApp::start().await;
    let partner = app.register_partner("orders:read fulfilment:request").await;
    let signing = app.register_signing_partner(Algorithm::ES256).await;
    app.create_user(EMAIL, PASSWORD, &["manager", "auditor"]).await;
    let by_secret = app.request_token(&partner, &[]).await.expect(200).access_token();
    let by_assertion = app.request_token_by(&signing.assertion().build()).await.expect(200).access_token();
    let login = app.log_in(EMAIL, PASSWORD).await.expect(200).access_token();
    let exchanged = [
        app.exchange("orders-service", &by_secret, ADMIN, &[]).await.expect(200).access_token(),
        app.exchange("admin-service", &login, ISSUER, &[]).await.expect(200).access_token(),
        app.exchange("admin-service", &login, ORDERS, &[]).await.expect(200).access_token(),
    ];
    let mut private = with_digests(&partner.secret);
    private.extend(with_digests(PASSWORD));
    private.extend(["ann.reader", "Somebody", "Partner", "example.com"].map(str::to_owned));
    for token in [by_secret, by_assertion, login].iter().chain(&exchanged) {
        assert_holds_nothing_private(token);
        let text = format!("{}{}", header(token), claims(token));
        for word in &private {
            assert!(!text.contains(word), "{word} in {text}");
        }
    }
}

/// The list itself: a claim that nobody thought about, and each kind of secret under a name that is allowed.
#[actix_web::test]
async fn a_token_that_told_something_private_would_be_noticed() {
    let app = TestApp::start().await;
    let draft = || app.mint.access_token(ORDERS, "cli_1", "orders:read");
    assert_holds_nothing_private(&draft().build());
    for (claim, value) in [
        ("email", json!("ann")),
        ("name", json!("Ann")),
        ("password_hash", json!("x")),
        ("admin", json!(true)),
        ("sub", json!("ann.reader@example.com")),
        ("sub", json!("$2b$12$abcdefghijklmnopqrstuv")),
        ("scope", json!("client_secret")),
        ("act", json!({"sub": "x", "password": "y"})),
    ] {
        let token = draft().claim(claim, value.clone()).build();
        let noticed = std::panic::catch_unwind(|| assert_holds_nothing_private(&token));
        assert!(noticed.is_err(), "{claim}: {value}");
    }
}

/// A digest of 256 random bits tells nothing, and a bcrypt hash little; they stay in the database all the same.
#[actix_web::test]
async fn no_answer_shows_what_is_kept_of_a_secret_or_a_password() {
    let app = TestApp::start().await;
    let partner = app.register_partner("orders:read").await;
    let user = app.create_user(EMAIL, PASSWORD, &["auditor"]).await;
    app.log_in(EMAIL, PASSWORD).await.expect(200);
    let mut private = with_digests(&partner.secret);
    private.extend(with_digests(PASSWORD));
    private.push("$2".to_owned());
    let private = private.iter().map(String::as_str).collect::<Vec<_>>();
    let (client, person) = (format!("/clients/{}", partner.client_id), format!("/users/{user}"));
    for path in ["/clients", &client, "/users", &person] {
        app.manage(Method::GET, path, None).await.expect(200).expect_no_echo(&private);
    }
    app.change_client(&partner.client_id, &json!({"client_name": "x"})).await.expect(200).expect_no_echo(&private);
    app.change_user(&user, &json!({"name": "x"})).await.expect(200).expect_no_echo(&private);
    app.read_trail("").await.expect(200).expect_no_echo(&private);
}
