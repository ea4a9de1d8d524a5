//! `/users`: people, managed by admin-service on behalf of a manager.

use futures_util::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Answer, OPERATOR, TestApp, logged};

fn somebody() -> Value {
    json!({"email": "Second@Example.com", "password": "correct horse", "roles": ["auditor"], "name": "Second"})
}

async fn create(app: &TestApp, body: &Value) -> Answer {
    app.manage(Method::POST, "/users", Some(body)).await
}

#[actix_web::test]
async fn a_new_person_is_shown_without_the_password_and_can_sign_in() {
    let app = TestApp::start().await;
    let answer = create(&app, &somebody()).await;
    let id = answer.expect(201).text_of("user_id");
    let expected = json!({"user_id": id, "email": "second@example.com", "name": "Second", "roles": ["auditor"],
                          "status": "active", "created_at": "2026-01-01T00:00:00.000000Z"});
    assert!(id.starts_with("usr_"));
    assert_eq!(answer.json(), expected);
    assert_eq!(answer.header("location"), Some(format!("/users/{id}").as_str()));
    let shown = app.manage(Method::GET, &format!("/users/{id}"), None).await;
    assert_eq!(shown.expect(200).json(), expected);
    app.log_in("second@example.com", "correct horse").await.expect(200);
    assert!(!logged("correct horse") && !logged("second@example.com") && !app.trail_text().await.contains("second@"));
}

#[actix_web::test]
async fn one_address_belongs_to_one_person() {
    let app = TestApp::start().await;
    create(&app, &somebody()).await.expect(201);
    create(&app, &somebody()).await.expect_problem(409);
    let row = app.last_row("user.create").await;
    assert_eq!(row.outcome.as_str(), "refused");
    let mut body = somebody();
    body["email"] = json!("SECOND@EXAMPLE.COM");
    create(&app, &body).await.expect_problem(409);
    body["email"] = json!(OPERATOR);
    create(&app, &body).await.expect_problem(409);
}

#[actix_web::test]
async fn of_many_with_one_address_at_once_one_is_made() {
    let app = TestApp::start().await;
    let token = app.manager_token().await;
    let tries = (0..5).map(|_| Answer::of(app.request(Method::POST, "/users").bearer_auth(&token).json(&somebody())));
    let mut statuses = join_all(tries).await.iter().map(|answer| answer.status).collect::<Vec<_>>();
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 409, 409, 409, 409]);
}

#[actix_web::test]
async fn a_field_that_is_wrong_is_named() {
    let app = TestApp::start().await;
    let cases: Vec<(&str, &str, Vec<Value>)> = vec![
        (
            "email",
            "/email",
            vec![
                json!("nobody"),
                json!(""),
                json!("a@"),
                json!("a b@c"),
                json!("a\u{0}@b"),
                json!(1),
                json!("a".repeat(255) + "@b"),
            ],
        ),
        (
            "password",
            "/password",
            vec![
                json!(""),
                json!("1234567"),
                json!("ü".repeat(7)),
                json!("x".repeat(1025)),
                json!(12_345_678),
                json!(null),
            ],
        ),
        ("roles", "/roles/0", vec![json!(["king"]), json!(["Manager"])]),
        ("roles", "/roles", vec![json!("manager"), json!(null), json!({})]),
        ("name", "/name", vec![json!("x".repeat(101)), json!("a\nb"), json!(1)]),
        ("user_id", "/user_id", vec![json!("usr_mine")]),
        ("status", "/status", vec![json!("active")]),
        ("password_hash", "/password_hash", vec![json!("$2b$12$")]),
    ];
    for (name, field, values) in cases {
        for value in values {
            let mut body = somebody();
            body[name] = value.clone();
            let answer = create(&app, &body).await;
            assert_eq!(answer.status, 422, "{name} {value}: {answer:?}");
            answer.expect_fields(&[field]).expect_no_echo(&["1234567", "king", "a b@c"]);
        }
    }
    let mut body = somebody();
    body["password"] = json!("12345678");
    create(&app, &body).await.expect(201);
}

#[actix_web::test]
async fn a_change_changes_what_it_names_and_takes_effect_at_once() {
    let app = TestApp::start().await;
    let id = create(&app, &somebody()).await.expect(201).text_of("user_id");
    let log_in = async |password: &str| app.log_in("second@example.com", password).await;
    assert_eq!(log_in("correct horse").await.expect(200).text_of("scope"), "audit:read");

    let changed = app.change_user(&id, &json!({"roles": ["fulfiller", "manager"], "name": "Other"})).await;
    assert_eq!(changed.expect(200).json()["roles"], json!(["manager", "fulfiller"]));
    assert_eq!(changed.text_of("name"), "Other");
    assert_eq!(log_in("correct horse").await.text_of("scope"), "fulfilment:complete partners:manage keys:manage");

    app.change_user(&id, &json!({"password": "battery staple"})).await.expect(200);
    log_in("correct horse").await.expect(401);
    log_in("battery staple").await.expect(200);
    assert_eq!(app.change_user(&id, &json!({"status": "suspended"})).await.expect(200).text_of("status"), "suspended");
    log_in("battery staple").await.expect(401);
    app.change_user(&id, &json!({"status": "active"})).await.expect(200);
    log_in("battery staple").await.expect(200);
    app.change_user(&id, &json!({})).await.expect(200);
    app.change_user(&id, &json!({"roles": []})).await.expect(200);
    assert_eq!(log_in("battery staple").await.expect(200).text_of("scope"), "");
}

#[actix_web::test]
async fn a_change_is_read_strictly() {
    let app = TestApp::start().await;
    let id = create(&app, &somebody()).await.expect(201).text_of("user_id");
    for (body, field) in [
        (json!({"password": "short"}), "/password"),
        (json!({"roles": ["king"]}), "/roles/0"),
        (json!({"status": "gone"}), "/status"),
        (json!({"name": "a\u{0}b"}), "/name"),
        (json!({"email": "third@example.com"}), "/email"),
    ] {
        app.change_user(&id, &body).await.expect_fields(&[field]);
    }
    app.log_in("second@example.com", "correct horse").await.expect(200);
}

#[actix_web::test]
async fn a_deleted_person_is_gone() {
    let app = TestApp::start().await;
    let id = create(&app, &somebody()).await.expect(201).text_of("user_id");
    app.manage(Method::DELETE, &format!("/users/{id}"), None).await.expect(204);
    app.manage(Method::DELETE, &format!("/users/{id}"), None).await.expect_problem(404);
    app.log_in("second@example.com", "correct horse").await.expect(401);
    create(&app, &somebody()).await.expect(201);
}

#[actix_web::test]
async fn a_person_who_is_not_there_is_404_however_named() {
    let app = TestApp::start().await;
    for id in ["usr_none", "%00", "%ff", "a%0Ab", &"x".repeat(2000), "%27%20OR%201=1"] {
        let path = format!("/users/{id}");
        app.manage(Method::GET, &path, None).await.expect_problem(404);
        app.manage(Method::PATCH, &path, Some(&json!({"name": "x"}))).await.expect_problem(404);
        app.manage(Method::DELETE, &path, None).await.expect_problem(404);
    }
}

#[actix_web::test]
async fn the_list_is_given_in_pages_oldest_first() {
    let app = TestApp::start().await;
    for n in 0..4 {
        app.create_user(&format!("person{n}@example.com"), "correct horse", &[]).await;
    }
    let list = async |query: &str| app.manage(Method::GET, &format!("/users{query}"), None).await;
    let all = list("").await.ids("email");
    assert_eq!((all.len(), all[0].as_str(), all[4].as_str()), (5, OPERATOR, "person3@example.com"));
    let first = list("?limit=3").await;
    let cursor = first.json()["next_cursor"].as_str().unwrap().to_owned();
    let rest = list(&format!("?limit=3&cursor={cursor}")).await;
    assert_eq!([first.ids("email"), rest.ids("email")].concat(), all);
    assert!(rest.json()["next_cursor"].is_null());
    let text = list("").await.text;
    assert!(!text.contains("$2") && !text.contains("password"), "{text}");
}
