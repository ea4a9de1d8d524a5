//! `/clients`: admin-service registers, shows, changes, suspends and deletes partners, on behalf of a manager.

use jsonwebtoken::Algorithm;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Answer, ORDERS, TestApp, logged};

async fn show(app: &TestApp, client_id: &str) -> Answer {
    app.manage(Method::GET, &format!("/clients/{client_id}"), None).await
}

#[actix_web::test]
async fn a_registration_is_answered_with_the_client_and_its_secret_once() {
    let app = TestApp::start().await;
    let body = json!({"client_name": "  Partner Ltd ", "scope": "orders:write orders:read"});
    let answer = app.register(&body).await;
    let client = answer.expect(201).json();
    let (id, secret) = (answer.text_of("client_id"), answer.text_of("client_secret"));
    assert!(id.starts_with("cli_") && secret.len() == 43);
    let expected = json!({
        "client_id": id, "client_name": "Partner Ltd", "scope": "orders:read orders:write", "grant_types": ["client_credentials"],
        "token_endpoint_auth_method": "client_secret_basic", "resources": [ORDERS], "status": "active",
        "access_token_lifetime": 300, "client_id_issued_at": app.clock.now().seconds(),
        "secrets": [{"secret_id": client["secrets"][0]["secret_id"], "created_at": "2026-01-01T00:00:00.000000Z", "expires_at": null}],
        "client_secret": secret, "client_secret_expires_at": 0,
    });
    assert_eq!(client, expected);
    assert_eq!(answer.header("location"), Some(format!("/clients/{id}").as_str()));
    assert_eq!(answer.header("cache-control"), Some("no-store"));

    let mut shown = expected;
    shown.as_object_mut().unwrap().retain(|name, _| !name.starts_with("client_secret"));
    let again = show(&app, &id).await;
    assert_eq!(again.expect(200).json(), shown);
    assert!(!app.trail_text().await.contains(&secret) && !logged(&secret));
}

#[actix_web::test]
async fn every_field_of_a_registration_is_kept() {
    let app = TestApp::start().await;
    let body = json!({"client_name": "Ümläut & Söhne", "scope": "fulfilment:request", "access_token_lifetime": 5,
                      "token_endpoint_auth_method": "client_secret_post"});
    let client = app.register(&body).await.expect(201).json();
    for (name, value) in body.as_object().unwrap() {
        assert_eq!(client[name], *value, "{name}");
    }
}

#[actix_web::test]
async fn a_partner_with_keys_gets_no_secret() {
    let app = TestApp::start().await;
    let partner = app.register_signing_partner(Algorithm::EdDSA).await;
    let client = show(&app, &partner.client_id).await.json();
    assert_eq!(client["jwks"], serde_json::from_str::<Value>(&partner.mint().jwks_json()).unwrap());
    assert_eq!((&client["secrets"], &client["token_endpoint_auth_method"]), (&json!([]), &json!("private_key_jwt")));
    assert!(client.get("client_secret").is_none());
}

#[actix_web::test]
async fn a_change_changes_what_it_names_and_nothing_else() {
    let app = TestApp::start().await;
    let partner = app.register_partner("orders:read").await;
    let mut expected = show(&app, &partner.client_id).await.json();
    let changes = [
        json!({"client_name": "New name"}),
        json!({"scope": "orders:read accounts:read"}),
        json!({"access_token_lifetime": 3600}),
        json!({}),
        json!({"client_name": null, "scope": null, "jwks": null}),
        json!({"client_name": "Newer", "access_token_lifetime": 5}),
    ];
    for change in changes {
        for (name, value) in change.as_object().unwrap().iter().filter(|(_, value)| !value.is_null()) {
            expected[name] = value.clone();
        }
        assert_eq!(app.change_client(&partner.client_id, &change).await.expect(200).json(), expected, "{change}");
        assert_eq!(show(&app, &partner.client_id).await.json(), expected);
    }
    app.request_token(&partner, &[]).await.expect(200);
}

#[actix_web::test]
async fn suspending_and_resuming_can_be_repeated() {
    let app = TestApp::start().await;
    let partner = app.register_partner("orders:read").await;
    for (verb, status) in
        [("suspend", "suspended"), ("suspend", "suspended"), ("resume", "active"), ("resume", "active")]
    {
        let path = format!("/clients/{}/{verb}", partner.client_id);
        assert_eq!(app.manage(Method::POST, &path, None).await.expect(200).text_of("status"), status);
        assert_eq!(show(&app, &partner.client_id).await.text_of("status"), status);
    }
}

#[actix_web::test]
async fn a_deleted_client_is_gone_with_its_secrets() {
    let app = TestApp::start().await;
    let partner = app.register_partner("orders:read").await;
    app.delete_client(&partner.client_id).await;
    show(&app, &partner.client_id).await.expect_problem(404);
    let path = format!("/clients/{}", partner.client_id);
    app.manage(Method::DELETE, &path, None).await.expect_problem(404);
    app.change_client(&partner.client_id, &json!({"client_name": "x"})).await.expect_problem(404);
    app.add_secret(&partner.client_id, &json!({})).await.expect_problem(404);
    assert!(app.manage(Method::GET, "/clients", None).await.ids("client_id").is_empty());
}

#[actix_web::test]
async fn a_client_that_is_not_there_is_404_however_it_is_named() {
    let app = TestApp::start().await;
    for id in
        ["cli_none", "%00", "%ff", "a%0Ab", "operator-cli", "orders-service", &"x".repeat(2000), "%27%20OR%201=1", "*"]
    {
        show(&app, id).await.expect_problem(404);
        app.change_client(id, &json!({})).await.expect_problem(404);
        for verb in ["suspend", "resume"] {
            app.manage(Method::POST, &format!("/clients/{id}/{verb}"), None).await.expect_problem(404);
        }
        app.manage(Method::DELETE, &format!("/clients/{id}"), None).await.expect_problem(404);
        app.add_secret(id, &json!({})).await.expect_problem(404);
        app.manage(Method::DELETE, &format!("/clients/{id}/secrets/{id}"), None).await.expect_problem(404);
    }
    let partner = app.register_partner("orders:read").await;
    for id in ["%00", "sec_none", "%ff"] {
        let path = format!("/clients/{}/secrets/{id}", partner.client_id);
        app.manage(Method::DELETE, &path, None).await.expect_problem(404);
    }
}

#[actix_web::test]
async fn the_list_is_given_in_pages_oldest_first() {
    let app = TestApp::start().await;
    let mut registered = Vec::new();
    for _ in 0..5 {
        registered.push(app.register_partner("orders:read").await.client_id);
    }
    let list = async |query: &str| app.manage(Method::GET, &format!("/clients{query}"), None).await;
    assert_eq!(list("").await.ids("client_id"), registered);
    let (mut seen, mut cursor) = (Vec::new(), String::new());
    for size in [2, 2, 1] {
        let page = list(&format!("?limit=2{cursor}")).await;
        assert_eq!(page.ids("client_id").len(), size);
        seen.extend(page.ids("client_id"));
        let next = page.json()["next_cursor"].clone();
        assert_eq!(next.is_null(), size == 1);
        cursor = format!("&cursor={}", next.as_str().unwrap_or_default());
    }
    assert_eq!(seen, registered);
    assert!(list("").await.json()["items"][0].get("client_secret").is_none());
    for query in ["?limit=0", "?limit=101", "?limit=x"] {
        list(query).await.expect_fields(&["limit"]);
    }
    for query in ["?cursor=", "?cursor=%00", "?cursor=AA", "?cursor=x&cursor=y"] {
        list(query).await.expect_fields(&["cursor"]);
    }
}

#[actix_web::test]
async fn a_request_id_of_the_caller_is_kept_and_recorded_and_any_other_is_replaced() {
    let app = TestApp::start().await;
    let token = app.manager_token().await;
    let register = async |id: &str| {
        let request = app.request(Method::POST, "/clients").bearer_auth(&token).header("x-request-id", id);
        Answer::of(request.json(&json!({"client_name": "Partner", "scope": "orders:read"}))).await
    };
    let answer = register("walk_step-2").await;
    assert_eq!(answer.expect(201).header("x-request-id"), Some("walk_step-2"));
    assert_eq!(app.last_row("client.register").await.request_id, "walk_step-2");
    for other in ["short", "has space in it", &"x".repeat(65), "<script>alert"] {
        let answer = register(other).await;
        let given = answer.expect(201).header("x-request-id").unwrap().to_owned();
        assert!(given != other && given.len() == 36, "{given}");
        assert_eq!(app.last_row("client.register").await.request_id, given);
    }
    let problem = Answer::of(app.request(Method::GET, "/nowhere").header("x-request-id", "problem_1")).await;
    assert_eq!(problem.expect_problem(404).json()["request_id"], "problem_1");
}
