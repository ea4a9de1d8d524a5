//! `/clients/{client_id}/secrets`: two slots, so that a secret can be replaced while the other is in use.

use std::time::Duration;

use futures_util::future::join_all;
use jsonwebtoken::Algorithm;
use reqwest::Method;
use serde_json::json;

use crate::support::{Answer, Partner, TestApp};

impl Partner {
    fn with_secret(&self, secret: String) -> Self {
        Self { secret, ..self.clone() }
    }
}

async fn remove(app: &TestApp, client_id: &str, secret_id: &str) -> Answer {
    app.manage(Method::DELETE, &format!("/clients/{client_id}/secrets/{secret_id}"), None).await
}

#[actix_web::test]
async fn while_a_secret_is_replaced_both_are_good() {
    let app = TestApp::start().await;
    let old = app.register_partner("orders:read").await;
    let added = app.add_secret(&old.client_id, &json!({})).await;
    let body = added.expect(201).json();
    assert_eq!(body["client_secret_expires_at"], 0);
    assert_eq!(body["client_secret"].as_str().unwrap().len(), 43, "256 random bits");
    assert_eq!(added.header("cache-control"), Some("no-store"));
    let location = format!("/clients/{}/secrets/{}", old.client_id, body["secret_id"].as_str().unwrap());
    assert_eq!(added.header("location"), Some(location.as_str()));

    let new = old.with_secret(added.text_of("client_secret"));
    app.request_token(&old, &[]).await.expect(200);
    app.request_token(&new, &[]).await.expect(200);
    let client = app.manage(Method::GET, &format!("/clients/{}", old.client_id), None).await.json();
    assert_eq!(client["secrets"].as_array().unwrap().len(), 2);
    assert!(client.get("client_secret").is_none() && client["secrets"][0].get("client_secret").is_none());

    let first = client["secrets"][0]["secret_id"].as_str().unwrap();
    remove(&app, &old.client_id, first).await.expect(204);
    app.request_token(&old, &[]).await.expect_error(401, "invalid_client");
    app.request_token(&new, &[]).await.expect(200);
}

#[actix_web::test]
async fn a_third_secret_is_a_conflict() {
    let app = TestApp::start().await;
    let partner = app.register_partner("orders:read").await;
    app.add_secret(&partner.client_id, &json!({})).await.expect(201);
    app.add_secret(&partner.client_id, &json!({})).await.expect_problem(409);
    let row = app.last_row("secret.add").await;
    assert_eq!((row.outcome.as_str(), row.partner.as_deref()), ("refused", Some(partner.client_id.as_str())));
}

#[actix_web::test]
async fn of_many_secrets_that_are_added_at_once_one_takes_the_slot() {
    let app = TestApp::start().await;
    let partner = app.register_partner("orders:read").await;
    let token = app.manager_token().await;
    let add = || {
        let request = app.request(Method::POST, &format!("/clients/{}/secrets", partner.client_id));
        Answer::of(request.bearer_auth(&token).json(&json!({})))
    };
    let mut statuses = join_all((0..6).map(|_| add())).await.iter().map(|answer| answer.status).collect::<Vec<_>>();
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 409, 409, 409, 409, 409]);
}

#[actix_web::test]
async fn a_secret_is_good_until_the_second_it_expires_and_then_leaves_its_slot() {
    let app = TestApp::start().await;
    let partner = app.register_partner("orders:read").await;
    let added = app.add_secret(&partner.client_id, &json!({"expires_in": 60})).await;
    let now = app.clock.now().seconds();
    assert_eq!(added.expect(201).json()["client_secret_expires_at"], now + 60);
    let short = partner.with_secret(added.text_of("client_secret"));
    app.clock.advance(Duration::from_millis(59_999));
    app.request_token(&short, &[]).await.expect(200);
    app.clock.advance(Duration::from_millis(1));
    app.request_token(&short, &[]).await.expect_error(401, "invalid_client");
    app.request_token(&partner, &[]).await.expect(200);

    let next = app.add_secret(&partner.client_id, &json!({})).await;
    let next = partner.with_secret(next.expect(201).text_of("client_secret"));
    app.request_token(&next, &[]).await.expect(200);
    app.add_secret(&partner.client_id, &json!({})).await.expect(409);
}

#[actix_web::test]
async fn a_client_without_secrets_is_refused_until_it_gets_one() {
    let app = TestApp::start().await;
    let partner = app.register_partner("orders:read").await;
    let path = format!("/clients/{}", partner.client_id);
    let secrets = app.manage(Method::GET, &path, None).await.json()["secrets"].clone();
    remove(&app, &partner.client_id, secrets[0]["secret_id"].as_str().unwrap()).await.expect(204);
    for secret in [partner.secret.as_str(), "", "x"] {
        app.request_token(&partner.with_secret(secret.to_owned()), &[]).await.expect_error(401, "invalid_client");
    }
    let added = app.add_secret(&partner.client_id, &json!({})).await;
    app.request_token(&partner.with_secret(added.expect(201).text_of("client_secret")), &[]).await.expect(200);
}

#[actix_web::test]
async fn a_secret_that_is_not_there_or_another_clients_is_404() {
    let app = TestApp::start().await;
    let (one, other) = (app.register_partner("orders:read").await, app.register_partner("orders:read").await);
    let client = app.manage(Method::GET, &format!("/clients/{}", other.client_id), None).await.json();
    let others = client["secrets"][0]["secret_id"].as_str().unwrap();
    remove(&app, &one.client_id, others).await.expect_problem(404);
    remove(&app, &one.client_id, "sec_none").await.expect_problem(404);
    remove(&app, "cli_none", others).await.expect_problem(404);
    app.add_secret("cli_none", &json!({})).await.expect_problem(404);
    app.request_token(&other, &[]).await.expect(200);
}

#[actix_web::test]
async fn the_life_of_a_secret_is_1_s_to_two_years() {
    let app = TestApp::start().await;
    let partner = app.register_partner("orders:read").await;
    for wrong in [json!(0), json!(-1), json!(63_072_001), json!(u64::MAX), json!("60"), json!(1.5), json!([])] {
        app.add_secret(&partner.client_id, &json!({"expires_in": wrong})).await.expect_fields(&["/expires_in"]);
    }
    app.add_secret(&partner.client_id, &json!({"expiry": 1})).await.expect_fields(&["/expiry"]);
    app.add_secret(&partner.client_id, &json!({"expires_in": 63_072_000})).await.expect(201);
}

/// It could not use it: `private_key_jwt` is the stronger way, and a secret beside it would undo that.
#[actix_web::test]
async fn a_client_that_signs_gets_no_secret() {
    let app = TestApp::start().await;
    let partner = app.register_signing_partner(Algorithm::ES256).await;
    app.add_secret(&partner.client_id, &json!({})).await.expect_problem(409);
}
