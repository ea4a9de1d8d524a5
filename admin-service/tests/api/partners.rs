//! Partners, at the operators' desk.

use reqwest::Method;
use serde_json::{Value, json};
use service_kit::Outcome;

use crate::support::{Reply, Request, TestApp};

fn partner(more: &Value) -> Value {
    let mut partner = json!({"client_id": "cli_1", "client_name": "Bright Books", "scope": "orders:read",
        "status": "active", "secrets": [{"secret_id": "sec_1", "created_at": "2026-01-01T00:00:00.000000Z", "expires_at": null}]});
    partner.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap_or_default());
    partner
}

fn registration() -> Value {
    json!({"client_name": "Bright Books", "scope": "orders:read"})
}

/// What auth-service does with a registration: the secret once, and under the same key the same client without it.
fn registering(request: &Request) -> Reply {
    match request.headers.get("idempotency-key").map(String::as_str) {
        Some("again") => Reply::Json(200, partner(&json!({}))),
        _ => Reply::Json(201, partner(&json!({"client_secret": "s3cret-value", "client_secret_expires_at": 0}))),
    }
}

#[tokio::test]
async fn a_partner_is_registered_at_auth_service_and_its_secret_shown_once() {
    let app = TestApp::start().await;
    app.auth.answers(registering);
    let answer = app.post(&app.manager(), "/partners", registration()).await.expect(201);
    assert_eq!(answer.json(), partner(&json!({"client_secret": "s3cret-value", "client_secret_expires_at": 0})));
    assert_eq!(answer.header("location"), "/partners/cli_1");
    assert_eq!(answer.header("cache-control"), "no-store");

    let call = app.auth.only_request();
    assert_eq!((call.line().as_str(), call.json()), ("POST /clients", registration()));
    assert!(!call.headers.contains_key("idempotency-key"), "none was given, so none is made up");
}

#[tokio::test]
async fn a_repeated_registration_answers_the_same_partner_without_the_secret() {
    let app = TestApp::start().await;
    app.auth.answers(registering);
    let request = |key: &str| {
        let request = app.request(Method::POST, "/partners").bearer_auth(app.manager());
        request.header("idempotency-key", key).json(&registration())
    };
    let first = app.send(request("\"first\"")).await.expect(201);
    let again = app.send(request("again")).await.expect(200);
    assert_eq!(first.json()["client_id"], again.json()["client_id"]);
    assert!(again.json().get("client_secret").is_none());
    assert_eq!(again.header("location"), "/partners/cli_1");
    let keys: Vec<String> = app.auth.seen().iter().map(|call| call.headers["idempotency-key"].clone()).collect();
    assert_eq!(keys, ["\"first\"", "again"], "the key is handed on as it came");
    assert_eq!(app.recorded_lines().await, ["partner.register allowed - cli_1"], "it happened once");
}

#[tokio::test]
async fn every_field_of_a_registration_is_handed_on() {
    let app = TestApp::start().await;
    app.auth.answers(registering);
    let full = json!({"client_name": "B", "scope": "orders:read orders:write", "access_token_lifetime": 60,
        "token_endpoint_auth_method": "private_key_jwt", "jwks": {"keys": [{"kty": "EC"}]}});
    app.post(&app.manager(), "/partners", full.clone()).await.expect(201);
    assert_eq!(app.auth.only_request().json(), full);
}

/// What people need who sign in through a partner. Whether the values are good, auth-service decides.
#[tokio::test]
async fn a_partner_with_pages_to_return_to_is_handed_on_and_shown() {
    let app = TestApp::start().await;
    app.auth.answers(|request| {
        let mut told = partner(&request.json());
        told["client_id"] = json!("cli_1");
        Reply::Json(if request.method == "POST" { 201 } else { 200 }, told)
    });
    let pages = json!({
        "redirect_uris": ["https://app.example/callback", "http://127.0.0.1/callback"],
        "post_logout_redirect_uris": ["https://app.example/"],
    });
    let mut full = json!({"client_name": "B", "scope": "orders:read openid", "token_endpoint_auth_method": "none",
        "grant_types": ["authorization_code", "refresh_token", "urn:ietf:params:oauth:grant-type:jwt-bearer"],
        "jwks": {"keys": []}});
    full.as_object_mut().unwrap().extend(pages.as_object().cloned().unwrap());
    let shown = app.post(&app.manager(), "/partners", full.clone()).await.expect(201).json();
    for (name, value) in full.as_object().unwrap() {
        assert_eq!(&shown[name], value, "{name}");
    }
    let changed = app.call(&app.manager(), Method::PATCH, "/partners/cli_1", Some(pages.clone())).await.expect(200);
    assert_eq!(changed.json()["redirect_uris"], pages["redirect_uris"]);
    let sent: Vec<Value> = app.auth.seen().iter().map(Request::json).collect();
    assert_eq!(sent, [full, pages], "as they came, and nothing besides");
}

#[tokio::test]
async fn each_verb_at_the_desk_is_the_same_verb_at_auth_service() {
    let app = TestApp::start().await;
    app.auth.answers(|request| match (request.method.as_str(), request.path.as_str()) {
        ("POST", "/clients/cli_1/secrets") => {
            Reply::Json(201, json!({"secret_id": "sec_2", "client_secret": "s3cret"}))
        }
        ("DELETE", _) => Reply::Bytes(b"HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n".to_vec()),
        _ => Reply::Json(200, partner(&json!({"status": "x"}))),
    });
    let token = app.manager();
    let change = json!({"access_token_lifetime": 5});
    let found = app.get(&token, "/partners/cli_1").await.expect(200);
    assert_eq!((found.json(), found.header("cache-control")), (partner(&json!({"status": "x"})), "no-store"));
    app.call(&token, Method::PATCH, "/partners/cli_1", Some(change.clone())).await.expect(200);
    app.call(&token, Method::POST, "/partners/cli_1/suspend", None).await.expect(200);
    app.call(&token, Method::POST, "/partners/cli_1/resume", None).await.expect(200);
    let added = app.call(&token, Method::POST, "/partners/cli_1/secrets", None).await.expect(201);
    assert_eq!((added.json()["client_secret"].as_str(), added.header("cache-control")), (Some("s3cret"), "no-store"));
    app.post(&token, "/partners/cli_1/secrets", json!({"expires_in": 60})).await.expect(201);
    let removed = app.call(&token, Method::DELETE, "/partners/cli_1/secrets/sec_1", None).await.expect(204);
    assert!(removed.body.is_empty());

    let calls = app.auth.seen();
    let lines: Vec<String> = calls.iter().map(Request::line).collect();
    assert_eq!(
        lines,
        [
            "GET /clients/cli_1",
            "PATCH /clients/cli_1",
            "POST /clients/cli_1/suspend",
            "POST /clients/cli_1/resume",
            "POST /clients/cli_1/secrets",
            "POST /clients/cli_1/secrets",
            "DELETE /clients/cli_1/secrets/sec_1",
        ]
    );
    assert_eq!(calls[1].json(), change);
    assert_eq!((calls[4].json(), calls[5].json()), (json!({}), json!({"expires_in": 60})));
    assert_eq!(
        app.recorded_lines().await,
        [
            "partner.change allowed - cli_1",
            "partner.suspend allowed - cli_1",
            "partner.resume allowed - cli_1",
            "secret.add allowed - sec_2",
            "secret.add allowed - sec_2",
            "secret.remove allowed - sec_1",
        ]
    );
}

#[tokio::test]
async fn partners_are_listed_in_auth_services_pages() {
    let app = TestApp::start().await;
    let page = json!({"items": [partner(&json!({}))], "next_cursor": "Y2xpXzE"});
    app.auth.always(Reply::Json(200, page.clone()));
    assert_eq!(app.get(&app.manager(), "/partners").await.expect(200).json(), page);
    app.get(&app.manager(), "/partners?limit=2&cursor=Y2xpXzE").await.expect(200);
    let queries: Vec<_> = app.auth.seen().into_iter().map(|call| call.query).collect();
    assert_eq!((queries[0].len(), queries[0]["limit"].as_str()), (1, "50"));
    assert_eq!((queries[1]["limit"].as_str(), queries[1]["cursor"].as_str()), ("2", "Y2xpXzE"));
    assert!(app.recorded().await.is_empty(), "reading changes nothing");
}

#[tokio::test]
async fn what_auth_service_has_against_the_input_is_passed_on() {
    let app = TestApp::start().await;
    let problem = |status: u16, more: Value| {
        let mut body = json!({"type": "about:blank", "title": "x", "status": status, "detail": "Both are in use.", "request_id": "inner-id"});
        body.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap_or_default());
        Reply::Body(status, "application/problem+json", body.to_string())
    };
    app.auth.always(problem(409, json!({})));
    let answer = app.call(&app.manager(), Method::POST, "/partners/cli_1/secrets", None).await.expect(409);
    assert_eq!(answer.json()["detail"], "Both are in use.");
    assert_eq!(answer.json()["request_id"], answer.header("x-request-id"), "ours, not the inner one");

    app.auth.always(problem(422, json!({"errors": [{"field": "/scope", "detail": "is not for partners"}]})));
    let answer = app.post(&app.manager(), "/partners", registration()).await.expect(422);
    assert_eq!(answer.json()["errors"], json!([{"field": "/scope", "detail": "is not for partners"}]));

    app.auth.always(problem(404, json!({})));
    app.get(&app.manager(), "/partners/cli_9").await.expect(404);
    app.call(&app.manager(), Method::POST, "/partners/cli_9/suspend", None).await.expect(404);
    // Here nothing was named that could be missing: it is another program that answers.
    app.post(&app.manager(), "/partners", registration()).await.expect(502);

    assert_eq!(
        app.recorded_lines().await,
        [
            "secret.add refused conflict cli_1",
            "partner.register refused invalid -",
            "partner.suspend refused not_found cli_9",
            "partner.register failed peer_answer -",
        ]
    );
}

#[tokio::test]
async fn the_trail_tells_who_did_it_and_to_whom() {
    let app = TestApp::start().await;
    app.auth.answers(registering);
    app.post(&app.manager(), "/partners", registration()).await.expect(201);
    let row = app.recorded().await.pop().unwrap();
    assert_eq!((row.action.as_str(), row.outcome, row.reason), ("partner.register", Outcome::Allowed, None));
    assert_eq!((row.actor.as_str(), row.subject.as_deref()), ("usr_operator", Some("usr_operator")));
    assert_eq!((row.partner.as_deref(), row.object.as_deref()), (Some("cli_1"), Some("cli_1")));
    assert_eq!((row.service.as_str(), row.occurred_at), ("admin-service", app.clock.clock().micros()));
}

/// It passed our three checks, and not the issuer's: what the operator is told is what any refused token gets.
#[tokio::test]
async fn an_operator_whose_token_is_not_exchanged_is_told_why() {
    let app = TestApp::start().await;
    for (refusal, status, error) in [
        ("invalid_scope", 403, "insufficient_scope"),
        ("invalid_request", 401, "invalid_token"),
        ("invalid_grant", 401, "invalid_token"),
    ] {
        app.tokens.always(Reply::Json(400, json!({"error": refusal, "error_description": "no"})));
        let answer = app.post(&app.manager(), "/partners", registration()).await.expect(status);
        let challenge = "Bearer realm=\"admin-service\", \
                         resource_metadata=\"http://localhost:8082/.well-known/oauth-protected-resource\"";
        assert_eq!(answer.header("www-authenticate"), format!("{challenge}, error=\"{error}\""));
        assert_eq!(app.recorded_lines().await.pop().unwrap(), format!("partner.register refused {error} -"));
    }
    assert!(app.auth.seen().is_empty());
}
