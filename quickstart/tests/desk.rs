//! What operators do at admin-service, held against the auth-service that keeps it.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Answer, House, Operator, Service, send};

/// A call to admin-service with a body.
async fn call(operator: &Operator<'_>, method: Method, path: &str, body: &Value) -> Answer {
    let request = operator.house.request(method, Service::Admin, path).bearer_auth(&operator.token);
    send(request.json(body)).await.unwrap()
}

/// The fields that a problem names.
fn fields(problem: &Answer) -> Vec<String> {
    let errors = problem.json()["errors"].as_array().unwrap().clone();
    errors.iter().map(|error| error["field"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_partner_with_pages_to_return_to_is_registered_shown_and_changed() {
    let house = House::open().await;
    let operator = house.sign_in().await;
    let body = json!({
        "client_name": "Bright Books", "scope": "orders:read openid offline_access", "token_endpoint_auth_method": "none",
        "grant_types": ["authorization_code", "refresh_token"],
        "redirect_uris": ["https://books.example/callback", "http://127.0.0.1/callback"],
        "post_logout_redirect_uris": ["https://books.example/"],
    });
    let registered = call(&operator, Method::POST, "/partners", &body).await.expect(201);
    let shown = registered.json();
    for (name, value) in body.as_object().unwrap().iter().filter(|(name, _)| *name != "scope") {
        assert_eq!(&shown[name], value, "{name}");
    }
    assert_eq!(shown.get("client_secret"), None, "a public client has none (RFC 6749 section 2.1)");

    let path = format!("/partners/{}", registered.text("client_id"));
    let elsewhere = json!({"redirect_uris": ["https://books.example/elsewhere"]});
    call(&operator, Method::PATCH, &path, &elsewhere).await.expect(200);
    let found = operator.call(Method::GET, &path).await.unwrap().expect(200).json();
    assert_eq!(found["redirect_uris"], elsewhere["redirect_uris"]);
    assert_eq!(found["post_logout_redirect_uris"], body["post_logout_redirect_uris"]);

    // Which values are good, auth-service says.
    for (name, wrong) in [
        ("redirect_uris", json!(["http://books.example/callback"])),
        ("grant_types", json!(["password"])),
        ("scope", json!("partners:manage")),
    ] {
        let mut other = body.clone();
        other[name] = wrong;
        let refused = call(&operator, Method::POST, "/partners", &other).await.expect(422);
        assert!(fields(&refused).iter().all(|field| field.starts_with(&format!("/{name}"))), "{refused}");
    }
    let refused = call(&operator, Method::PATCH, &path, &json!({"redirect_uris": ["nowhere"]})).await.expect(422);
    assert!(fields(&refused)[0].starts_with("/redirect_uris"), "{refused}");
}

#[tokio::test]
async fn an_operator_creates_people_who_can_sign_in_and_no_longer_once_suspended() {
    let house = House::open().await;
    let operator = house.sign_in().await;
    let body = json!({"email": "ann@example.com", "password": "correct horse", "roles": ["auditor"], "name": "Ann"});
    let created = call(&operator, Method::POST, "/users", &body).await.expect(201);
    let path = format!("/users/{}", created.text("user_id"));
    assert_eq!(created.header("location"), Some(path.as_str()));
    assert_eq!(operator.call(Method::GET, &path).await.unwrap().expect(200).json(), created.json());
    let listed = operator.call(Method::GET, "/users").await.unwrap().expect(200).json();
    assert!(listed["items"].as_array().unwrap().contains(&created.json()), "{listed}");

    let sign_in = async || {
        let body = json!({"email": "ann@example.com", "password": "correct horse"});
        send(house.post(Service::Auth, "/login").json(&body)).await.unwrap()
    };
    let token = sign_in().await.expect(200).text("access_token");
    send(house.get(Service::Admin, "/users").bearer_auth(&token)).await.unwrap().expect(403);

    call(&operator, Method::POST, "/users", &body).await.expect(409);
    let wrong = json!({"email": "bob@example.com", "password": "short", "roles": ["king"]});
    assert_eq!(fields(&call(&operator, Method::POST, "/users", &wrong).await.expect(422)), ["/roles/0"]);
    let changed = call(&operator, Method::PATCH, &path, &json!({"status": "suspended"})).await.expect(200);
    assert_eq!(changed.text("status"), "suspended");
    sign_in().await.expect(401);
    operator.call(Method::GET, "/users/usr_none").await.unwrap().expect(404);

    // Both services tell of it: the one that was asked, and the one that did it.
    let trail = operator_trail(&operator).await;
    for row in [
        "admin-service user.create allowed usr",
        "auth-service user.create allowed admin-service",
        "admin-service user.create refused usr",
        "auth-service user.create refused admin-service",
        "admin-service user.change allowed usr",
        "auth-service user.change allowed admin-service",
    ] {
        assert!(trail.iter().any(|found| found.starts_with(row)), "{row} is missing in {trail:#?}");
    }
}

/// Rows about people, as "service action outcome actor".
async fn operator_trail(operator: &Operator<'_>) -> Vec<String> {
    let rows = operator.call(Method::GET, "/audit-events?limit=100").await.unwrap().expect(200).json();
    let text = |row: &Value| {
        ["service", "action", "outcome", "actor"].map(|name| row[name].as_str().unwrap_or("-").to_owned()).join(" ")
    };
    rows["items"].as_array().unwrap().iter().map(text).filter(|row| row.contains(" user.")).collect()
}
