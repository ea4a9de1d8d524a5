//! Requests that cannot be meant: refused with what is wrong, never with a 500, never with what was sent.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::TestApp;

const SENT: &str = "hunter2";

fn fulfilment() -> Value {
    json!({"fulfilment_id": "ful_1", "order_id": "ord_1", "account_id": "acc_1", "amount": {"minor_units": 1250, "currency": "EUR"}})
}

/// Every endpoint with a body, a token that may call it, and a body that would be good.
fn bodies(app: &TestApp) -> Vec<(Method, &'static str, String, Value)> {
    let registration = json!({"client_name": "A", "scope": "orders:read"});
    vec![
        (Method::POST, "/partners", app.manager(), registration),
        (Method::PATCH, "/partners/cli_1", app.manager(), json!({"scope": "orders:read"})),
        (Method::POST, "/partners/cli_1/secrets", app.manager(), json!({"expires_in": 60})),
        (
            Method::POST,
            "/users",
            app.manager(),
            json!({"email": "a@b.example", "password": "correct horse", "roles": []}),
        ),
        (Method::PATCH, "/users/usr_1", app.manager(), json!({"name": "A"})),
        (Method::POST, "/fulfilments", app.orders_service_for("cli_1"), fulfilment()),
    ]
}

#[tokio::test]
async fn what_is_no_json_or_too_much_of_it_is_refused_everywhere() {
    let app = TestApp::start().await;
    for (method, path, token, good) in bodies(&app) {
        let send = |content_type: &'static str, body: Vec<u8>| {
            let request = app.request(method.clone(), path).bearer_auth(&token);
            app.send(request.header("content-type", content_type).body(body))
        };
        for body in ["{", "", SENT, "{\"a\":", "\u{feff}{}", "{\"a\":\"\\ud800\"}", "{} x"] {
            let answer = send("application/json", body.into()).await;
            assert!([400, 422].contains(&answer.status) && !answer.body.contains(SENT), "{path} {body}: {answer:?}");
        }
        send("application/json", vec![0xff, 0xfe, 0x00]).await.expect(400);
        send("application/json", "[".repeat(60_000).into()).await;
        for content_type in
            ["text/plain", "application/x-www-form-urlencoded", "application/jsonp", "application/json, text/html"]
        {
            send(content_type, good.to_string().into()).await.expect(415);
        }
        send("application/json", vec![b' '; 64 * 1024 + 1]).await.expect(413);
        for body in ["null", "[]", "1", "\"x\""] {
            send("application/json", body.into()).await.expect(422);
        }
        let mut unknown = good.clone();
        unknown[SENT] = json!(SENT);
        assert_eq!(send("application/json", unknown.to_string().into()).await.expect(422).fields(), ["/hunter2"]);
    }
    assert!(app.tokens.seen().is_empty() && app.recorded().await.is_empty(), "nothing was done");
}

#[tokio::test]
async fn a_wrong_field_is_named_and_its_value_is_not_shown() {
    let app = TestApp::start().await;
    let wrong = [
        ("/partners", "/client_name", json!(7)),
        ("/partners", "/client_name", Value::Null),
        ("/partners", "/scope", json!(["hunter2"])),
        ("/partners", "/access_token_lifetime", json!("hunter2")),
        ("/partners", "/access_token_lifetime", json!(-1)),
        ("/partners", "/token_endpoint_auth_method", json!("hunter2")),
        ("/partners", "/jwks", json!("hunter2")),
        ("/partners", "/redirect_uris", json!("hunter2")),
        ("/partners", "/redirect_uris", Value::Null),
        ("/partners", "/post_logout_redirect_uris", json!({"a": "hunter2"})),
        ("/partners", "/grant_types", json!("hunter2")),
        ("/partners/cli_1", "/redirect_uris", Value::Null),
        ("/partners/cli_1", "/post_logout_redirect_uris", json!("hunter2")),
        ("/partners/cli_1", "/grant_types", json!([])),
        ("/users", "/email", json!(["hunter2"])),
        ("/users", "/password", json!(12_345_678)),
        ("/users", "/password", Value::Null),
        ("/users", "/roles", json!("hunter2")),
        ("/users", "/name", Value::Null),
        ("/users", "/status", json!("active")),
        ("/users/usr_1", "/password", json!({"a": "hunter2"})),
        ("/users/usr_1", "/roles", Value::Null),
        ("/users/usr_1", "/status", json!(1)),
        ("/users/usr_1", "/email", json!("hunter2")),
        ("/partners/cli_1", "/scope", Value::Null),
        ("/partners/cli_1", "/client_name", json!({"a": "hunter2"})),
        ("/partners/cli_1/secrets", "/expires_in", json!("hunter2")),
        ("/fulfilments", "/fulfilment_id", json!("../hunter2")),
        ("/fulfilments", "/order_id", json!("")),
        ("/fulfilments", "/account_id", json!("hunter2".repeat(20))),
        ("/fulfilments", "/amount", json!("hunter2")),
        ("/fulfilments", "/amount/minor_units", json!(-1)),
        ("/fulfilments", "/amount/minor_units", json!(12.5)),
        ("/fulfilments", "/amount/minor_units", json!(9_007_199_254_740_992_i64)),
        ("/fulfilments", "/amount/minor_units", json!("hunter2")),
        ("/fulfilments", "/amount/currency", json!("hunter2")),
        ("/fulfilments", "/amount/currency", json!("eur")),
    ];
    for (at, field, value) in wrong {
        let (method, path, token, mut body) = bodies(&app).into_iter().find(|row| row.1 == at).unwrap();
        match body.pointer_mut(field) {
            Some(place) => *place = value.clone(),
            None => body[field.trim_start_matches('/')] = value.clone(),
        }
        let answer = app.call(&token, method, path, Some(body)).await.expect(422);
        assert_eq!(answer.fields(), [field], "{at} {value}");
        assert!(!answer.body.contains(SENT), "{}", answer.body);
    }
    assert!(app.tokens.seen().is_empty());
}

#[tokio::test]
async fn a_missing_field_is_named() {
    let app = TestApp::start().await;
    for (at, field) in [
        ("/partners", "client_name"),
        ("/partners", "scope"),
        ("/users", "email"),
        ("/users", "password"),
        ("/users", "roles"),
        ("/fulfilments", "order_id"),
        ("/fulfilments", "amount"),
    ] {
        let (method, path, token, mut body) = bodies(&app).into_iter().find(|row| row.1 == at).unwrap();
        body.as_object_mut().unwrap().remove(field);
        assert_eq!(app.call(&token, method, path, Some(body)).await.expect(422).fields(), [format!("/{field}")]);
    }
}

#[tokio::test]
async fn an_idempotency_key_that_is_none_is_400() {
    let app = TestApp::start().await;
    let register = || {
        let request = app.request(Method::POST, "/partners").bearer_auth(app.manager());
        request.json(&json!({"client_name": "A", "scope": "orders:read"}))
    };
    for key in [String::new(), "a b".to_owned(), "k".repeat(256), "schlüssel".to_owned()] {
        app.send(register().header("idempotency-key", key.as_bytes())).await.expect(400);
    }
    app.send(register().header("idempotency-key", "a").header("idempotency-key", "a")).await.expect(400);
    assert!(app.tokens.seen().is_empty());
}

/// An id goes into another service's URL, so it never holds anything that means something there.
#[tokio::test]
async fn an_id_that_cannot_be_one_is_404_and_never_sent_on() {
    let app = TestApp::start().await;
    let long = "x".repeat(65);
    for id in [
        "..",
        "%2e%2e",
        "cli%2F1",
        "cli%2f..%2fusers",
        "a%00b",
        "a%0d%0ab",
        "a.b",
        "a%20b",
        "a;b",
        "%C3%A4",
        "%ff",
        "*",
        &long,
    ] {
        for path in [format!("/partners/{id}/suspend"), format!("/partners/{id}/secrets")] {
            app.call(&app.manager(), Method::POST, &path, None).await.expect(404);
        }
        app.get(&app.manager(), &format!("/partners/{id}")).await.expect(404);
        app.call(&app.manager(), Method::DELETE, &format!("/partners/cli_1/secrets/{id}"), None).await.expect(404);
        app.get(&app.manager(), &format!("/users/{id}")).await.expect(404);
        app.call(&app.manager(), Method::PATCH, &format!("/users/{id}"), Some(json!({}))).await.expect(404);
        app.get(&app.fulfiller(), &format!("/fulfilments/{id}")).await.expect(404);
        app.call(&app.fulfiller(), Method::POST, &format!("/fulfilments/{id}/complete"), None).await.expect(404);
    }
    assert!(app.tokens.seen().is_empty() && app.auth.seen().is_empty());
}

#[tokio::test]
async fn a_query_that_cannot_be_meant_is_422_and_names_the_parameter() {
    let app = TestApp::start().await;
    let page = [
        "limit=0",
        "limit=101",
        "limit=x",
        "limit=-1",
        "limit=",
        "cursor=",
        "cursor=%21",
        "cursor=AA",
        "limit=1&limit=1",
    ];
    let lists = [
        ("/partners", app.manager()),
        ("/users", app.manager()),
        ("/fulfilments", app.fulfiller()),
        ("/audit-events", app.auditor()),
    ];
    for (path, token) in &lists {
        for query in page {
            let answer = app.get(token, &format!("{path}?{query}")).await.expect(422);
            assert_eq!(answer.fields(), [query.split('=').next().unwrap()], "{path} {query}");
        }
    }
    let trail = [
        "from=hunter2",
        "to=2026-01-01",
        "from=2026-13-01T00:00:00Z",
        "partner=",
        "actor=a%00b",
        "hunter=2",
        "partner=a&partner=b",
        "cursor=Y2xpXzE",
    ];
    for query in trail {
        let answer = app.get(&app.auditor(), &format!("/audit-events?{query}")).await.expect(422);
        assert_eq!(answer.fields(), [query.split('=').next().unwrap()], "{query}");
        assert!(!answer.body.contains(SENT));
    }
    assert!(app.tokens.seen().is_empty());
}
