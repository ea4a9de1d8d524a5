//! Token exchange (RFC 8693): what the new token keeps of the old one, and what the request may say.

use std::time::Duration;

use reqwest::Method;
use serde_json::json;
use shared_claims::exchange::ACCESS_TOKEN_TYPE;

use crate::support::{ADMIN, Answer, ISSUER, OPERATOR, ORDERS, Partner, TestApp, claims, header};

async fn partner_with_token(app: &TestApp) -> (Partner, String) {
    let partner = app.register_partner("orders:read fulfilment:request").await;
    let token = app.request_token(&partner, &[]).await.expect(200).access_token();
    (partner, token)
}

#[actix_web::test]
async fn the_subject_stays_and_the_service_becomes_the_actor() {
    let app = TestApp::start().await;
    let (partner, token) = partner_with_token(&app).await;
    let answer = app.exchange("orders-service", &token, ADMIN, &[]).await;
    let (before, after) = (claims(&token), claims(&answer.expect(200).access_token()));
    let expected = json!({
        "iss": ISSUER, "sub": partner.client_id, "aud": ADMIN, "client_id": "orders-service", "scope": "fulfilment:accept",
        "act": {"sub": "orders-service"}, "origin_jti": before["jti"], "jti": after["jti"],
        "iat": before["iat"], "nbf": before["nbf"], "exp": before["exp"],
    });
    assert_eq!(after, expected);
    assert_ne!(after["jti"], before["jti"]);
    assert_eq!(header(&answer.access_token()), header(&token));
}

#[actix_web::test]
async fn the_answer_names_the_kind_of_token_and_holds_no_refresh_token() {
    let app = TestApp::start().await;
    let (_, token) = partner_with_token(&app).await;
    let body = app.exchange("orders-service", &token, ADMIN, &[]).await.expect(200).json();
    let mut names = body.as_object().unwrap().keys().map(String::as_str).collect::<Vec<_>>();
    names.sort_unstable();
    assert_eq!(names, ["access_token", "expires_in", "issued_token_type", "scope", "token_type"]);
    assert_eq!((&body["issued_token_type"], &body["token_type"]), (&json!(ACCESS_TOKEN_TYPE), &json!("Bearer")));
}

#[actix_web::test]
async fn a_person_keeps_roles_and_the_time_of_the_sign_in() {
    let app = TestApp::start().await;
    let token = app.operator_token().await;
    app.clock.advance(Duration::from_secs(10));
    let answer = app.exchange("admin-service", &token, ISSUER, &[]).await;
    let (before, after) = (claims(&token), claims(&answer.expect(200).access_token()));
    for kept in ["sub", "roles", "auth_time", "exp"] {
        assert_eq!(after[kept], before[kept], "{kept}");
    }
    assert_eq!(after["roles"], json!(["manager", "fulfiller", "auditor"]));
    assert_eq!((&after["client_id"], &after["act"]), (&json!("admin-service"), &json!({"sub": "admin-service"})));
    assert_eq!(after["iat"].as_u64().unwrap(), before["iat"].as_u64().unwrap() + 10);
}

#[actix_web::test]
async fn a_role_that_the_person_has_lost_is_not_given_on() {
    let app = TestApp::start().await;
    let token = app.operator_token().await;
    let path = format!("/users/{}", claims(&token)["sub"].as_str().unwrap());
    app.manage(Method::PATCH, &path, Some(&json!({"roles": ["manager"]}))).await.expect(200);
    let answer = app.exchange("admin-service", &token, ISSUER, &[]).await;
    assert_eq!(claims(&answer.expect(200).access_token())["roles"], json!(["manager"]));
}

#[actix_web::test]
async fn the_new_token_ends_no_later_than_the_old_one() {
    let app = TestApp::start().await;
    let partner = app.register_partner("fulfilment:request").await;
    for (lifetime, left) in [(5, 4), (60, 59), (3600, 300)] {
        app.change_client(&partner.client_id, &json!({"access_token_lifetime": lifetime})).await.expect(200);
        let token = app.request_token(&partner, &[]).await.access_token();
        app.clock.advance(Duration::from_secs(1));
        let answer = app.exchange("orders-service", &token, ADMIN, &[]).await;
        assert_eq!(answer.expect(200).json()["expires_in"], left);
        let exp = claims(&answer.access_token())["exp"].as_u64().unwrap();
        assert_eq!(exp, app.clock.now().seconds() + left);
        assert!(exp <= claims(&token)["exp"].as_u64().unwrap());
    }
}

/// Within the leeway it still verifies; but nothing is left of its time that the new one could have.
#[actix_web::test]
async fn a_token_that_has_just_expired_is_not_exchanged() {
    let app = TestApp::start().await;
    let (_, token) = partner_with_token(&app).await;
    app.clock.advance(Duration::from_secs(299));
    app.exchange("orders-service", &token, ADMIN, &[]).await.expect(200);
    for _ in 0..8 {
        app.clock.advance(Duration::from_secs(1));
        app.exchange("orders-service", &token, ADMIN, &[]).await.expect_error(400, "invalid_request");
    }
}

#[actix_web::test]
async fn a_chain_of_actors_is_kept_and_so_is_the_first_tokens_name() {
    let app = TestApp::start().await;
    let (partner, first) = partner_with_token(&app).await;
    let again = app.mint.access_token(ORDERS, "admin-service", "fulfilment:request");
    let again = again.claim("sub", json!(partner.client_id)).claim("origin_jti", claims(&first)["jti"].clone());
    let again = again.claim("act", json!({"sub": "admin-service", "act": {"sub": "orders-service"}})).build();
    let answer = app.exchange("orders-service", &again, ADMIN, &[]).await;
    let claims_after = claims(&answer.expect(200).access_token());
    let chain = json!({"sub": "orders-service", "act": {"sub": "admin-service", "act": {"sub": "orders-service"}}});
    assert_eq!(claims_after["act"], chain);
    assert_eq!(claims_after["origin_jti"], claims(&first)["jti"]);
    assert_eq!(claims_after["sub"], partner.client_id);
}

#[actix_web::test]
async fn the_parameters_of_the_exchange_are_read_strictly() {
    let app = TestApp::start().await;
    let (_, token) = partner_with_token(&app).await;
    let jwt = "urn:ietf:params:oauth:token-type:jwt";
    let invalid: [&[(&str, &str)]; 9] = [
        &[("subject_token", "")],
        &[("subject_token_type", "")],
        &[("subject_token_type", jwt)],
        &[("subject_token_type", "urn:ietf:params:oauth:token-type:id_token")],
        &[("requested_token_type", jwt)],
        &[("requested_token_type", "urn:ietf:params:oauth:token-type:refresh_token")],
        &[("actor_token", &token)],
        &[("actor_token", "x"), ("actor_token_type", ACCESS_TOKEN_TYPE)],
        &[("actor_token_type", ACCESS_TOKEN_TYPE)],
    ];
    for more in invalid {
        let answer = app.exchange("orders-service", &token, ADMIN, more).await;
        answer.expect_error(400, "invalid_request").expect_no_echo(&[&token]);
    }
    app.exchange("orders-service", &token, ADMIN, &[("requested_token_type", ACCESS_TOKEN_TYPE)]).await.expect(200);
}

#[actix_web::test]
async fn a_suspended_or_deleted_partners_token_is_not_exchanged() {
    let app = TestApp::start().await;
    let (partner, token) = partner_with_token(&app).await;
    let refused = async || {
        app.exchange("orders-service", &token, ADMIN, &[]).await.expect_error(400, "invalid_request");
        assert_eq!(app.last_row("token.exchange").await.reason.as_deref(), Some("subject_suspended"));
    };
    app.exchange("orders-service", &token, ADMIN, &[]).await.expect(200);
    app.suspend(&partner.client_id).await;
    refused().await;
    app.resume(&partner.client_id).await;
    app.exchange("orders-service", &token, ADMIN, &[]).await.expect(200);
    app.delete_client(&partner.client_id).await;
    refused().await;
}

#[actix_web::test]
async fn a_suspended_or_deleted_operators_token_is_not_exchanged() {
    let app = TestApp::start().await;
    let id = app.create_user("second@example.com", "correct horse", &["auditor"]).await;
    let token = app.log_in("second@example.com", "correct horse").await.expect(200).access_token();
    let exchange = async || app.exchange("admin-service", &token, ISSUER, &[]).await;
    exchange().await.expect(200);
    app.change_user(&id, &json!({"status": "suspended"})).await.expect(200);
    exchange().await.expect_error(400, "invalid_request");
    app.change_user(&id, &json!({"status": "active"})).await.expect(200);
    exchange().await.expect(200);
    app.manage(Method::DELETE, &format!("/users/{id}"), None).await.expect(204);
    exchange().await.expect_error(400, "invalid_request");
}

#[actix_web::test]
async fn a_role_that_was_lost_is_not_given_on() {
    let app = TestApp::start().await;
    let id = app.create_user("second@example.com", "correct horse", &["manager", "auditor"]).await;
    let token = app.log_in("second@example.com", "correct horse").await.expect(200).access_token();
    let exchange = async || app.exchange("admin-service", &token, ISSUER, &[]).await.expect(200).access_token();
    let list = async |token: &str| Answer::of(app.request(Method::GET, "/clients").bearer_auth(token)).await;
    let before = exchange().await;
    assert_eq!(claims(&before)["roles"], json!(["manager", "auditor"]));
    list(&before).await.expect(200);
    app.change_user(&id, &json!({"roles": ["auditor", "fulfiller"]})).await.expect(200);
    let after = exchange().await;
    assert_eq!(claims(&after)["roles"], json!(["auditor"]), "and none that the token did not have");
    list(&after).await.expect(403);
}

/// The token was exchanged before the suspension: what it says about its client is the service in between.
#[actix_web::test]
async fn a_suspension_reaches_a_token_that_was_exchanged_before() {
    let app = TestApp::start().await;
    let (partner, _) = partner_with_token(&app).await;
    let of = |subject: &str, audience: &str, scope: &str| {
        let token = app.mint.access_token(audience, "admin-service", scope).claim("sub", json!(subject));
        token.claim("act", json!({"sub": "admin-service"})).build()
    };
    let exchanged = of(&partner.client_id, ORDERS, "fulfilment:request");
    app.exchange("orders-service", &exchanged, ADMIN, &[]).await.expect(200);
    app.suspend(&partner.client_id).await;
    app.exchange("orders-service", &exchanged, ADMIN, &[]).await.expect_error(400, "invalid_request");

    let operator = claims(&app.log_in(OPERATOR, &app.operator_password()).await.access_token())["sub"].clone();
    let id = app.create_user("second@example.com", "correct horse", &["auditor"]).await;
    let exchanged = of(&id, ADMIN, "audit:read");
    app.exchange("admin-service", &exchanged, ISSUER, &[]).await.expect(200);
    app.change_user(&id, &json!({"status": "suspended"})).await.expect(200);
    app.exchange("admin-service", &exchanged, ISSUER, &[]).await.expect_error(400, "invalid_request");
    let exchanged = of(operator.as_str().unwrap(), ADMIN, "audit:read");
    app.exchange("admin-service", &exchanged, ISSUER, &[]).await.expect(200);
}
