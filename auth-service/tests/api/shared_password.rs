//! What was wrong with the traditional way, in which a partner's program was given a user and its password (RFC 6749
//! section 1): five problems, and what takes their place. `docs/labs/traditional-way.md` plays both ways.

use jsonwebtoken::Algorithm;
use serde_json::json;

use crate::support::{ADMIN, Answer, ISSUER, OPERATOR, ORDERS, TestApp};

/// First: the partner had to keep the password of somebody of the house, in clear text.
#[actix_web::test]
async fn a_partner_has_credentials_of_its_own_and_nobodys_password_is_one() {
    let app = TestApp::start().await;
    let partner = app.register_partner("orders:read").await;
    let password = app.operator_password();
    app.request_token(&partner, &[]).await.expect(200);
    let names = [partner.client_id.as_str(), OPERATOR, "operator-cli"];
    for name in names {
        let request = app.form(&[("grant_type", "client_credentials")]).basic_auth(name, Some(&password));
        Answer::of(request).await.expect_error(401, "invalid_client");
    }
}

/// Second: the house had to support passwords, with all their weaknesses.
#[actix_web::test]
async fn a_partner_may_do_without_any_shared_secret() {
    let app = TestApp::start().await;
    let partner = app.register_signing_partner(Algorithm::ES256).await;
    app.request_token_by(&partner.assertion().build()).await.expect(200);
    let guesses = ["", "secret", partner.client_id.as_str()];
    for guess in guesses {
        let request = app.form(&[("grant_type", "client_credentials")]);
        Answer::of(request.basic_auth(&partner.client_id, Some(guess))).await.expect_error(401, "invalid_client");
    }
}

/// Third: the partner could do all that the user could, for as long as the password was good.
#[actix_web::test]
async fn a_partner_gets_its_agreement_for_one_audience_and_minutes() {
    let app = TestApp::start().await;
    let partner = app.register_partner("orders:read").await;
    for beyond in ["orders:write", "partners:manage", "audit:read", "clients:manage"] {
        app.request_token(&partner, &[("scope", beyond)]).await.expect_error(400, "invalid_scope");
    }
    for elsewhere in [ADMIN, ISSUER] {
        app.request_token(&partner, &[("resource", elsewhere)]).await.expect_error(400, "invalid_target");
    }
    let answer = app.request_token(&partner, &[]).await;
    let claims = crate::support::claims(&answer.expect(200).access_token());
    assert_eq!((&claims["aud"], &claims["scope"]), (&json!(ORDERS), &json!("orders:read")));
    assert_eq!(claims["exp"].as_u64().unwrap() - claims["iat"].as_u64().unwrap(), 300);
}

/// Fourth: to shut one partner out, the password was changed, and all were out.
#[actix_web::test]
async fn one_partner_is_shut_out_and_nobody_else_notices() {
    let app = TestApp::start().await;
    let (one, other) = (app.register_partner("orders:read").await, app.register_partner("orders:read").await);
    app.suspend(&one.client_id).await;
    app.request_token(&one, &[]).await.expect_error(401, "invalid_client");
    app.request_token(&other, &[]).await.expect(200);
    app.log_in(OPERATOR, &app.operator_password()).await.expect(200);
}

/// The other way round: a person's password is changed, or the person leaves, and no partner notices.
#[actix_web::test]
async fn a_person_comes_and_goes_and_no_partner_notices() {
    let app = TestApp::start().await;
    let partner = app.register_partner("orders:read").await;
    let id = app.create_user("second@example.com", "correct horse", &["manager"]).await;
    app.log_in("second@example.com", "correct horse").await.expect(200);
    app.change_user(&id, &json!({"password": "battery staple"})).await.expect(200);
    app.log_in("second@example.com", "correct horse").await.expect(401);
    app.request_token(&partner, &[]).await.expect(200);
    app.manage(reqwest::Method::DELETE, &format!("/users/{id}"), None).await.expect(204);
    app.request_token(&partner, &[]).await.expect(200);
}

/// Fifth: whoever broke into one partner had the password, and with it everything that it protected.
#[actix_web::test]
async fn a_partners_stolen_secret_is_nobody_elses() {
    let app = TestApp::start().await;
    let (robbed, other) = (app.register_partner("orders:read").await, app.register_partner("orders:read").await);
    for name in [other.client_id.as_str(), "orders-service", "admin-service", "operator-cli"] {
        let request = app.form(&[("grant_type", "client_credentials")]).basic_auth(name, Some(&robbed.secret));
        Answer::of(request).await.expect_error(401, "invalid_client");
    }
    for email in [OPERATOR, robbed.client_id.as_str()] {
        app.log_in(email, &robbed.secret).await.expect(401);
    }
    let token = app.request_token(&robbed, &[]).await.expect(200).access_token();
    for path in ["/clients", "/users", "/audit-events"] {
        Answer::of(app.request(reqwest::Method::GET, path).bearer_auth(&token)).await.expect(401);
    }
    let added = app.add_secret(&robbed.client_id, &json!({})).await.expect(201).text_of("client_secret");
    let slots = app.manage(reqwest::Method::GET, &format!("/clients/{}", robbed.client_id), None).await.json();
    let stolen = slots["secrets"][0]["secret_id"].as_str().unwrap().to_owned();
    let path = format!("/clients/{}/secrets/{stolen}", robbed.client_id);
    app.manage(reqwest::Method::DELETE, &path, None).await.expect(204);
    app.request_token(&robbed, &[]).await.expect_error(401, "invalid_client");
    let request = app.form(&[("grant_type", "client_credentials")]).basic_auth(&robbed.client_id, Some(&added));
    Answer::of(request).await.expect(200);
}
