//! `POST /login`: operators sign in from a terminal.

use serde_json::{Value, json};

use crate::support::{ADMIN, Answer, ISSUER, OPERATOR, ORDERS, TestApp, claims, header, logged};

#[track_caller]
fn expect_wrong(answer: &Answer) {
    answer.expect_problem(401);
    assert_eq!(answer.header("www-authenticate"), Some("Bearer realm=\"auth-service\""));
}

#[actix_web::test]
async fn the_right_password_gives_a_token_for_admin_service() {
    let app = TestApp::start().await;
    let answer = app.log_in(OPERATOR, &app.operator_password()).await;
    let body = answer.expect(200).json();
    let scope = "fulfilment:complete partners:manage keys:manage audit:read";
    assert_eq!(
        (&body["token_type"], &body["expires_in"], &body["scope"]),
        (&json!("Bearer"), &json!(300), &json!(scope))
    );
    assert_eq!(body.as_object().unwrap().len(), 4, "and no refresh token: {body}");
    assert_eq!(answer.header("cache-control"), Some("no-store"));

    let token = answer.access_token();
    assert_eq!(header(&token)["typ"], "at+jwt");
    let (claims, now) = (claims(&token), app.clock.now().seconds());
    assert!(claims["sub"].as_str().unwrap().starts_with("usr_"));
    let expected = json!({
        "iss": ISSUER, "sub": claims["sub"], "aud": ADMIN, "client_id": "operator-cli", "scope": scope,
        "roles": ["manager", "fulfiller", "auditor"], "auth_time": now, "iat": now, "nbf": now, "exp": now + 300,
        "jti": claims["jti"],
    });
    assert_eq!(claims, expected);
}

#[actix_web::test]
async fn the_scope_is_that_of_the_roles() {
    let app = TestApp::start().await;
    let roles: [(&[&str], &str); 5] = [
        (&["manager"], "partners:manage keys:manage"),
        (&["fulfiller"], "fulfilment:complete"),
        (&["auditor"], "audit:read"),
        (&["customer"], ""),
        (&["auditor", "fulfiller"], "fulfilment:complete audit:read"),
    ];
    for (index, (roles, scope)) in roles.into_iter().enumerate() {
        let email = format!("person{index}@example.com");
        app.create_user(&email, "correct horse", roles).await;
        let answer = app.log_in(&email, "correct horse").await;
        assert_eq!(answer.expect(200).text_of("scope"), scope);
    }
}

#[actix_web::test]
async fn an_address_is_compared_without_case() {
    let app = TestApp::start().await;
    let password = app.operator_password();
    for email in ["OPERATOR@EXAMPLE.COM", "Operator@example.com"] {
        app.log_in(email, &password).await.expect(200);
    }
    for email in ["operator@example.com ", " operator@example.com", "operator", "operator@example.con", "", "@"] {
        expect_wrong(&app.log_in(email, &password).await);
    }
}

#[actix_web::test]
async fn wrong_unknown_and_suspended_get_the_same_answer() {
    let app = TestApp::start().await;
    let id = app.create_user("second@example.com", "correct horse", &["manager"]).await;
    app.change_user(&id, &json!({"status": "suspended"})).await.expect(200);
    let tries = [
        (OPERATOR, "wrong"),
        (OPERATOR, ""),
        ("nobody@example.com", "correct horse"),
        ("second@example.com", "correct horse"),
        ("second@example.com", "wrong"),
        ("no address", "correct horse"),
        ("a\u{0}b@example.com", "correct horse"),
    ];
    let mut answers = std::collections::BTreeSet::new();
    for (email, password) in tries {
        let answer = app.log_in(email, password).await;
        expect_wrong(&answer);
        answer.expect_no_echo(&[email]);
        let mut body = answer.json();
        body.as_object_mut().unwrap().remove("request_id");
        answers.insert(body.to_string());
    }
    assert_eq!(answers.len(), 1, "{answers:?}");
    app.change_user(&id, &json!({"status": "active"})).await.expect(200);
    app.log_in("second@example.com", "correct horse").await.expect(200);
}

#[actix_web::test]
async fn every_refused_try_is_recorded_with_its_reason_and_without_what_was_typed() {
    let app = TestApp::start().await;
    let id = app.create_user("second@example.com", "correct horse", &["manager"]).await;
    app.change_user(&id, &json!({"status": "suspended"})).await.expect(200);
    let tries = [
        ("second@example.com", "my-typed-passw0rd", id.as_str(), "wrong_password"),
        ("second@example.com", "correct horse", id.as_str(), "suspended_user"),
        ("typed-address@example.com", "my-typed-passw0rd", "unknown", "unknown_user"),
        ("typed-address", "my-typed-passw0rd", "unknown", "unknown_user"),
    ];
    for (email, password, actor, reason) in tries {
        let before = app.trail().await.len();
        expect_wrong(&app.log_in(email, password).await);
        let trail = app.trail().await;
        let row = trail.last().unwrap();
        assert_eq!(trail.len(), before + 1, "{reason}");
        assert_eq!((row.action.as_str(), row.outcome.as_str()), ("login", "refused"), "{reason}");
        assert_eq!((row.actor.as_str(), row.reason.as_deref()), (actor, Some(reason)));
    }
    let text = app.trail_text().await;
    for typed in ["my-typed-passw0rd", "typed-address", "correct horse"] {
        assert!(!text.contains(typed) && !logged(typed), "{typed}");
    }
}

#[actix_web::test]
async fn a_password_is_neither_logged_nor_recorded_nor_echoed() {
    let app = TestApp::start().await;
    let password = app.operator_password();
    let answer = app.log_in(OPERATOR, &password).await;
    answer.expect(200).expect_no_echo(&[&password]);
    app.log_in("nobody@example.com", &password).await.expect(401).expect_no_echo(&[&password]);
    app.post_login(&json!({"email": OPERATOR, "password": [&password]})).await.expect(422).expect_no_echo(&[&password]);
    app.post_login(&json!({"email": OPERATOR, "passwort": &password})).await.expect(422).expect_no_echo(&[&password]);
    app.post_login(&json!({"email": OPERATOR, &password: 1})).await.expect(422);
    assert!(!app.trail_text().await.contains(&password));
    assert!(!logged(&password) && !logged(&answer.access_token()));
}

#[actix_web::test]
async fn a_token_is_given_for_admin_service_only() {
    let app = TestApp::start().await;
    let password = app.operator_password();
    let for_resource = |resource: Value| json!({"email": OPERATOR, "password": password, "resource": resource});
    app.post_login(&for_resource(json!(ADMIN))).await.expect(200);
    app.post_login(&for_resource(Value::Null)).await.expect(200);
    for other in [ORDERS, ISSUER, "http://elsewhere.test", "", "admin", "http://localhost:8082/"] {
        app.post_login(&for_resource(json!(other))).await.expect_fields(&["/resource"]);
    }
}

#[actix_web::test]
async fn the_request_is_read_strictly() {
    let app = TestApp::start().await;
    let fields: [(Value, &str); 6] = [
        (json!({"email": OPERATOR, "password": "x", "remember": true}), "/remember"),
        (json!({"email": OPERATOR}), "/password"),
        (json!({"password": "x"}), "/email"),
        (json!({"email": 1, "password": "x"}), "/email"),
        (json!({"email": OPERATOR, "password": null}), "/password"),
        (json!({"email": OPERATOR, "password": "x", "resource": 1}), "/resource"),
    ];
    for (body, field) in fields {
        app.post_login(&body).await.expect_fields(&[field]);
    }
    let post = |content_type: &'static str, body: String| {
        let request = app.request(reqwest::Method::POST, "/login").header("content-type", content_type);
        Answer::of(request.body(body))
    };
    post("application/json", "{".to_owned()).await.expect_problem(400);
    post("text/plain", "{}".to_owned()).await.expect_problem(415);
    post("application/x-www-form-urlencoded", "email=a&password=b".to_owned()).await.expect_problem(415);
    post("application/json", format!("{{\"x\":\"{}\"}}", "y".repeat(70_000))).await.expect_problem(413);
    app.get(&format!("/login?email={OPERATOR}&password=x")).await.expect_problem(405);
}
