//! The audit trail: a row for every decision, with who, on whose behalf, what, outcome and reason, and never a secret.

use jsonwebtoken::Algorithm;
use reqwest::Method;
use serde_json::json;
use service_kit::{AuditRow, Outcome};

use crate::support::{ADMIN, Answer, ISSUER, OPERATOR, TestApp, claims, logged};

/// Action, outcome, reason; actor, subject, partner, object.
fn told(row: &AuditRow) -> (&str, Outcome, Option<&str>, [Option<&str>; 4]) {
    let whom = [Some(row.actor.as_str()), row.subject.as_deref(), row.partner.as_deref(), row.object.as_deref()];
    (&row.action, row.outcome, row.reason.as_deref(), whom)
}

async fn operator_id(app: &TestApp) -> String {
    claims(&app.operator_token().await)["sub"].as_str().unwrap().to_owned()
}

#[actix_web::test]
async fn an_issued_token_is_recorded_by_its_name() {
    let app = TestApp::start().await;
    let partner = app.register_partner("fulfilment:request").await;
    let id = partner.client_id.as_str();
    let token = app.request_token(&partner, &[]).await.expect(200).access_token();
    let row = app.last_row("token.issue").await;
    let name = claims(&token)["jti"].as_str().unwrap().to_owned();
    assert_eq!(told(&row), ("token.issue", Outcome::Allowed, None, [Some(id), Some(id), Some(id), Some(&name)]));
    assert_eq!((row.occurred_at, row.service.as_str()), (app.clock.clock().micros(), "auth-service"));

    let exchanged = app.exchange("orders-service", &token, ADMIN, &[]).await.expect(200).access_token();
    let row = app.last_row("token.exchange").await;
    let name = claims(&exchanged)["jti"].as_str().unwrap().to_owned();
    let whom = [Some("orders-service"), Some(id), Some(id), Some(name.as_str())];
    assert_eq!(told(&row), ("token.exchange", Outcome::Allowed, None, whom));

    let operator = operator_id(&app).await;
    let login = app.last_row("login").await;
    assert_eq!((login.actor.as_str(), login.outcome), (operator.as_str(), Outcome::Allowed));
}

#[actix_web::test]
async fn a_refused_token_is_recorded_with_a_reason_that_the_client_does_not_learn() {
    let app = TestApp::start().await;
    let partner = app.register_partner("orders:read").await;
    let suspended = app.register_partner("orders:read").await;
    app.suspend(&suspended.client_id).await;
    let signing = app.register_signing_partner(Algorithm::ES256).await;
    let assertion = signing.assertion().build();
    app.request_token_by(&assertion).await.expect(200);
    let (id, grant) = (partner.client_id.as_str(), ("grant_type", "client_credentials"));
    let by = |id: &str, secret: &str, more: &[(&str, &str)]| {
        app.form(&[&[grant], more].concat()).basic_auth(id, Some(secret))
    };
    let signed = |assertion: &str| app.form(&[[grant].as_slice(), &crate::support::by_assertion(assertion)].concat());
    let good = partner.secret.as_str();
    let cases = [
        (by(id, "wrong", &[]), id, "wrong_secret"),
        (by("cli_unknown", "x", &[]), "cli_unknown", "unknown_client"),
        (by("no id at all!", "x", &[]), "unknown", "unknown_client"),
        (by(&suspended.client_id, &suspended.secret, &[]), &suspended.client_id, "suspended_client"),
        (app.form(&[grant]), "unknown", "no_client_authentication"),
        (by(id, good, &[("scope", "orders:burn")]), id, "unknown_scope"),
        (by(id, good, &[("scope", "accounts:read")]), id, "scope_beyond_client"),
        (by(id, good, &[("resource", ADMIN)]), id, "resource_not_of_client"),
        (by(id, good, &[("client_secret", good)]), "unknown", "two_client_authentications"),
        (app.form(&[("grant_type", "password")]), "unknown", "unsupported_grant_type"),
        (app.raw_form("a=%zz"), "unknown", "form_encoding"),
        (app.raw_form("a=1&a=2"), "unknown", "repeated_parameter"),
        (app.raw_form("x".repeat(70_000)), "unknown", "body_too_large"),
        (signed(&assertion), "unknown", "assertion_replayed"),
        (signed("no-token"), "unknown", "assertion_malformed"),
        (signed(&signing.assertion().signed_by_a_stranger().build()), "unknown", "assertion_signature"),
        (signed(&signing.assertion().claim("aud", json!(ADMIN)).build()), "unknown", "assertion_claims"),
    ];
    for (request, actor, reason) in cases {
        let before = app.trail().await.len();
        let answer = Answer::of(request).await;
        let trail = app.trail().await;
        let row = trail.last().unwrap();
        assert_eq!((trail.len(), row.reason.as_deref()), (before + 1, Some(reason)));
        assert_eq!((row.actor.as_str(), row.outcome), (actor, Outcome::Refused), "{reason}");
        assert_eq!(answer.header("x-request-id"), Some(row.request_id.as_str()), "{reason}");
        assert_eq!(row.partner.as_deref(), Some(actor).filter(|id| id.starts_with("cli_")), "{reason}");
        if reason != "unsupported_grant_type" {
            answer.expect_no_echo(&[reason]);
        }
    }
}

#[actix_web::test]
async fn every_change_is_recorded_with_the_operator_behind_it() {
    let app = TestApp::start().await;
    let operator = operator_id(&app).await;
    let partner = app.register_partner("orders:read").await;
    let id = partner.client_id.as_str();
    app.change_client(id, &json!({"client_name": "x"})).await.expect(200);
    app.suspend(id).await;
    app.resume(id).await;
    let secret = app.add_secret(id, &json!({})).await.expect(201).text_of("secret_id");
    app.manage(Method::DELETE, &format!("/clients/{id}/secrets/{secret}"), None).await.expect(204);
    app.delete_client(id).await;
    let all = [
        "client.register",
        "client.change",
        "client.suspend",
        "client.resume",
        "secret.add",
        "secret.remove",
        "client.delete",
    ];
    for action in all {
        let row = app.last_row(action).await;
        let object = if action.starts_with("secret") { secret.as_str() } else { id };
        let whom = [Some("admin-service"), Some(operator.as_str()), Some(id), Some(object)];
        assert_eq!(told(&row), (action, Outcome::Allowed, None, whom));
        assert!(!row.request_id.is_empty());
    }
    let user = app.create_user("second@example.com", "correct horse", &[]).await;
    app.change_user(&user, &json!({"name": "x"})).await.expect(200);
    app.manage(Method::DELETE, &format!("/users/{user}"), None).await.expect(204);
    for action in ["user.create", "user.change", "user.delete"] {
        let row = app.last_row(action).await;
        let whom = [Some("admin-service"), Some(operator.as_str()), None, Some(user.as_str())];
        assert_eq!(told(&row), (action, Outcome::Allowed, None, whom));
    }
}

#[actix_web::test]
async fn a_change_that_a_rule_refuses_is_recorded_too() {
    let app = TestApp::start().await;
    let operator = operator_id(&app).await;
    let partner = app.register_partner("orders:read").await;
    let id = partner.client_id.as_str();
    app.add_secret(id, &json!({})).await.expect(201);
    app.add_secret(id, &json!({})).await.expect(409);
    let refused = async |action: &str, object: &str, reason: &str| {
        let row = app.last_row(action).await;
        assert_eq!((row.outcome, row.reason.as_deref()), (Outcome::Refused, Some(reason)), "{action}");
        assert_eq!(
            (row.actor.as_str(), row.subject.as_deref()),
            ("admin-service", Some(operator.as_str())),
            "{action}"
        );
        assert!(object.is_empty() || row.object.as_deref() == Some(object), "{action}");
    };
    refused("secret.add", "", "conflict").await;
    app.change_client("cli_none", &json!({"client_name": "x"})).await.expect(404);
    refused("client.change", "cli_none", "not_found").await;
    app.manage(Method::POST, "/clients/cli_none/suspend", None).await.expect(404);
    refused("client.suspend", "cli_none", "not_found").await;
    app.manage(Method::DELETE, "/clients/cli_none", None).await.expect(404);
    refused("client.delete", "cli_none", "not_found").await;
    let body = json!({"email": OPERATOR, "password": "correct horse", "roles": []});
    app.manage(Method::POST, "/users", Some(&body)).await.expect(409);
    refused("user.create", "", "conflict").await;
    app.change_user("usr_none", &json!({})).await.expect(404);
    refused("user.change", "usr_none", "not_found").await;
}

#[actix_web::test]
async fn a_caller_with_too_little_right_is_recorded_and_a_stranger_is_not() {
    let app = TestApp::start().await;
    let auditor = app.auditor_token().await;
    let operator = operator_id(&app).await;
    let request = app.request(Method::POST, "/clients/cli_x/suspend").bearer_auth(&auditor);
    let answer = Answer::of(request.header("x-request-id", "the-403-request")).await;
    answer.expect(403);
    let row = app.row_that_comes(|row| row.action == "access.refuse").await;
    let whom = [Some("admin-service"), Some(operator.as_str()), None, Some("/clients/{client_id}/suspend")];
    assert_eq!(told(&row), ("access.refuse", Outcome::Refused, Some("ManageClients"), whom));
    assert_eq!(row.request_id, "the-403-request");

    let before = app.trail().await.len();
    app.get("/clients").await.expect(401);
    Answer::of(app.request(Method::GET, "/clients").bearer_auth("forged")).await.expect(401);
    assert_eq!(app.trail().await.len(), before, "nobody fills the trail without a token");
}

#[actix_web::test]
async fn the_trail_and_the_log_hold_no_token_no_secret_and_no_password() {
    let app = TestApp::start().await;
    let partner = app.register_partner("fulfilment:request").await;
    let token = app.request_token(&partner, &[]).await.access_token();
    let exchanged = app.exchange("orders-service", &token, ADMIN, &[]).await.access_token();
    let added = app.add_secret(&partner.client_id, &json!({})).await.text_of("client_secret");
    let signing = app.register_signing_partner(Algorithm::ES256).await;
    let assertion = signing.assertion().build();
    app.request_token_by(&assertion).await.expect(200);
    app.request_token_by(&assertion).await.expect(401);
    app.exchange("admin-service", &exchanged, ISSUER, &[]).await.expect(400);
    let (manager, password) = (app.manager_token().await, app.operator_password());
    // Each in every place where another thing is expected.
    let secrets = [&partner.secret, &added, &token, &exchanged, &manager, &assertion, &password];
    for secret in secrets {
        app.log_in(secret, secret).await.expect(401);
        let form = [("grant_type", "client_credentials"), ("client_id", secret), ("client_secret", secret)];
        Answer::of(app.form(&form)).await.expect(401);
        Answer::of(app.form(&[("grant_type", secret), ("scope", secret)])).await.expect(400);
        app.request_token(&partner, &[("scope", secret), ("resource", secret)]).await.expect(400);
        Answer::of(app.request(Method::GET, &format!("/clients?access_token={secret}"))).await.expect(401);
        Answer::of(app.request(Method::GET, &format!("/{secret}")).bearer_auth(secret)).await.expect(404);
    }
    let text = app.trail_text().await;
    for secret in secrets {
        let signature = secret.rsplit('.').next().unwrap();
        assert!(!text.contains(signature), "in the trail: {secret}");
        assert!(!logged(signature), "in the log: {secret}");
    }
}

#[actix_web::test]
async fn rows_are_only_ever_added() {
    let app = TestApp::start().await;
    let before = app.trail().await;
    assert!(!before.is_empty());
    for statement in
        ["UPDATE audit_events SET actor = 'nobody'", "DELETE FROM audit_events", "DELETE FROM audit_events WHERE 1 = 0"]
    {
        let done = app.sql(statement).await;
        assert!(done.is_err() || statement.contains("1 = 0") && !app.is_postgres(), "{statement}");
    }
    assert_eq!(app.trail().await, before);
}
