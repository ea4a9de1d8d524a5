//! What holds while something is away.

use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::json;

use crate::support::{Answer, House, Line, OPERATOR, TestApp};

/// Two seconds are promised; the rest is for a machine that runs many of these tests at once. A second wait for the
/// database would not fit.
const LIMIT: Duration = Duration::from_millis(2500);

async fn in_time(what: &str, answer: impl Future<Output = Answer>) -> Answer {
    let start = Instant::now();
    let answer = answer.await;
    assert!(start.elapsed() < LIMIT, "{what} took {:?}: {answer:?}", start.elapsed());
    answer
}

/// The database behind a line that is then taken away. There is none on SQLite.
async fn with_line(line: Line) {
    let house = std::sync::Arc::new(House::new().await);
    let Some((proxy, url)) = house.behind_proxy() else { return };
    let app = house.start(&[("--database-url", &url)]).await;
    let (partner, fresh) = (app.register_partner("orders:read").await, app.register_partner("orders:read").await);
    let signing = app.register_signing_partner(jsonwebtoken::Algorithm::ES256).await;
    let (operator, manager) = (app.operator_token().await, app.manager_token().await);
    app.request_token(&partner, &[]).await.expect(200);
    let recorded = app.trail().await.len();
    proxy.set(line);

    let remembered = in_time("a client that is remembered", app.request_token(&partner, &[])).await;
    remembered.expect_error(503, "temporarily_unavailable");
    let unknown = in_time("a client that is not", app.request_token(&fresh, &[])).await;
    unknown.expect_error(503, "temporarily_unavailable");
    let assertion = signing.assertion().build();
    let signed = in_time("an assertion", app.request_token_by(&assertion)).await;
    signed.expect_error(503, "temporarily_unavailable");
    let exchange = in_time("an exchange", app.exchange("admin-service", &operator, crate::support::ISSUER, &[])).await;
    exchange.expect_error(503, "temporarily_unavailable");
    let form = app.form(&[("grant_type", "password")]);
    in_time("a refusal", Answer::of(form)).await.expect_error(400, "unsupported_grant_type");
    let password = app.operator_password();
    let log_in = in_time("a sign-in", app.log_in(OPERATOR, &password)).await;
    assert!(log_in.expect_problem(503).header("retry-after").is_some());
    for (method, path) in [(Method::GET, "/clients"), (Method::GET, "/users/usr_x"), (Method::DELETE, "/clients/cli_x")]
    {
        let answer = in_time(path, Answer::of(app.request(method, path).bearer_auth(&manager))).await;
        assert!(answer.expect_problem(503).header("retry-after").is_some());
    }
    in_time("the keys", app.get("/.well-known/jwks.json")).await.expect(200);
    in_time("the metadata", app.get("/.well-known/oauth-authorization-server")).await.expect(200);
    in_time("alive", app.get("/healthz")).await.expect(200);
    in_time("ready", app.get("/readyz")).await.expect(503);

    proxy.set(Line::Up);
    let start = Instant::now();
    while app.request_token(&partner, &[]).await.status != 200 {
        assert!(start.elapsed() < Duration::from_secs(5), "not back within 5 s");
    }
    app.get("/readyz").await.expect(200);
    let issued = app.trail().await.into_iter().skip(recorded).filter(|row| row.action == "token.issue");
    assert!(issued.clone().any(|row| row.outcome.as_str() == "allowed"));
}

#[actix_web::test]
async fn while_the_database_refuses_connections_the_answer_is_503_in_time_and_the_keys_are_served() {
    with_line(Line::Cut).await;
}

#[actix_web::test]
async fn while_the_database_is_silent_the_answer_is_503_in_time_and_the_keys_are_served() {
    with_line(Line::Silent).await;
}

#[actix_web::test]
async fn a_start_waits_for_a_database_that_is_away() {
    let house = std::sync::Arc::new(House::new().await);
    let Some((proxy, url)) = house.behind_proxy() else { return };
    proxy.set(Line::Cut);
    let start = Instant::now();
    let options = [("--database-url", url.as_str())];
    let starting = house.start(&options);
    let returns = async {
        tokio::time::timeout(Duration::from_millis(300), std::future::pending::<()>()).await.unwrap_err();
        proxy.set(Line::Up);
    };
    let (app, ()) = futures_util::future::join(starting, returns).await;
    assert!(start.elapsed() < Duration::from_secs(10), "{:?}", start.elapsed());
    app.log_in(OPERATOR, &app.operator_password()).await.expect(200);
}

/// SQLite has no line to cut; but another process can hold the file.
#[actix_web::test]
async fn while_the_file_is_held_no_token_is_issued_and_nothing_takes_longer_than_two_seconds() {
    let app = TestApp::start().await;
    let partner = app.register_partner("orders:read").await;
    let signing = app.register_signing_partner(jsonwebtoken::Algorithm::ES256).await;
    let manager = app.manager_token().await;
    let Some(held) = app.hold_file() else { return };
    let token = in_time("a token", app.request_token(&partner, &[])).await;
    token.expect_error(503, "temporarily_unavailable");
    let assertion = signing.assertion().build();
    in_time("an assertion", app.request_token_by(&assertion)).await.expect_error(503, "temporarily_unavailable");
    let wrong = app.form(&[("grant_type", "client_credentials")]).basic_auth(&partner.client_id, Some("wrong"));
    in_time("a refusal", Answer::of(wrong)).await.expect_error(401, "invalid_client");
    let password = app.operator_password();
    in_time("a sign-in", app.log_in(OPERATOR, &password)).await.expect_problem(503);
    let suspend = app.request(Method::POST, &format!("/clients/{}/suspend", partner.client_id)).bearer_auth(&manager);
    in_time("a change", Answer::of(suspend)).await.expect_problem(503);
    in_time("the keys", app.get("/.well-known/jwks.json")).await.expect(200);
    drop(held);
    app.request_token(&partner, &[]).await.expect(200);
    app.request_token_by(&assertion).await.expect(200);
}

#[actix_web::test]
async fn no_token_leaves_without_its_audit_row() {
    let app = TestApp::start().await;
    let partner = app.register_partner("orders:read").await;
    let (operator, password) = (app.operator_token().await, app.operator_password());
    app.refuse_audit_rows().await;
    let token = app.request_token(&partner, &[]).await;
    token.expect_error(503, "temporarily_unavailable");
    let exchange = app.exchange("admin-service", &operator, crate::support::ISSUER, &[]).await;
    exchange.expect_error(503, "temporarily_unavailable");
    assert!(app.log_in(OPERATOR, &password).await.expect_problem(503).json().get("access_token").is_none());
    // A refusal stands whether or not it could be recorded.
    let wrong = app.form(&[("grant_type", "client_credentials")]).basic_auth(&partner.client_id, Some("wrong"));
    Answer::of(wrong).await.expect_error(401, "invalid_client");
}

#[actix_web::test]
async fn no_change_is_made_without_its_audit_row() {
    let app = TestApp::start().await;
    let partner = app.register_partner("orders:read").await;
    let user = app.create_user("second@example.com", "correct horse", &["auditor"]).await;
    let manager = app.manager_token().await;
    let (client, secrets) =
        (format!("/clients/{}", partner.client_id), format!("/clients/{}/secrets", partner.client_id));
    let person = format!("/users/{user}");
    let state = async || {
        let of = async |path: &str| {
            Answer::of(app.request(Method::GET, path).bearer_auth(&manager)).await.expect(200).json()
        };
        (of("/clients").await, of("/users").await)
    };
    let before = state().await;
    app.refuse_audit_rows().await;
    let registration = json!({"client_name": "Another", "scope": "orders:read"});
    let creation = json!({"email": "third@example.com", "password": "correct horse", "roles": []});
    let changes = [
        (Method::POST, "/clients", registration),
        (Method::PATCH, &client, json!({"client_name": "x"})),
        (Method::POST, &format!("{client}/suspend"), json!({})),
        (Method::POST, &secrets, json!({})),
        (Method::DELETE, &client, json!({})),
        (Method::POST, "/users", creation),
        (Method::PATCH, &person, json!({"status": "suspended"})),
        (Method::DELETE, &person, json!({})),
    ];
    for (method, path, body) in changes {
        let request = app.request(method.clone(), path).bearer_auth(&manager).json(&body);
        let answer = Answer::of(request).await;
        assert_eq!(answer.status, 503, "{method} {path}: {answer:?}");
        assert!(answer.expect_problem(503).header("retry-after").is_some());
    }
    assert_eq!(state().await, before);
}
