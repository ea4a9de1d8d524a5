//! `PATCH /clients/{client_id}` of redirect URIs, and registrations from before there were any.

use serde_json::json;

use crate::support::{Answer, TestApp};

const CALLBACK: &str = "https://partner.example/callback";

async fn register(app: &TestApp) -> Answer {
    let body = json!({"client_name": "Partner", "scope": "orders:read openid", "redirect_uris": [CALLBACK],
                      "post_logout_redirect_uris": ["https://partner.example/bye"]});
    app.register(&body).await
}

#[actix_web::test]
async fn redirect_uris_are_replaced_and_the_rest_stays() {
    let app = TestApp::start().await;
    let answer = register(&app).await;
    let id = answer.text_of("client_id");
    let mut expected = app.change_client(&id, &json!({})).await.expect(200).json();
    for change in [
        json!({"redirect_uris": ["http://127.0.0.1/callback", "https://partner.example/other"]}),
        json!({"post_logout_redirect_uris": ["https://partner.example/other"]}),
        json!({"redirect_uris": null, "post_logout_redirect_uris": null}),
    ] {
        for (name, value) in change.as_object().unwrap().iter().filter(|(_, value)| !value.is_null()) {
            expected[name] = value.clone();
        }
        assert_eq!(app.change_client(&id, &change).await.expect(200).json(), expected, "{change}");
    }
    let none = app.change_client(&id, &json!({"post_logout_redirect_uris": []})).await.expect(200).json();
    assert!(none.get("post_logout_redirect_uris").is_none(), "{none}");
    let row = app.last_row("client.change").await;
    assert_eq!((row.outcome.as_str(), row.object.as_deref()), ("allowed", Some(id.as_str())));
}

#[actix_web::test]
async fn a_change_is_held_against_the_registration() {
    let app = TestApp::start().await;
    let id = register(&app).await.text_of("client_id");
    let before = app.change_client(&id, &json!({})).await.json();
    for (change, field) in [
        (json!({"redirect_uris": []}), "/redirect_uris"),
        (json!({"redirect_uris": ["https://partner.example/callback#"]}), "/redirect_uris"),
        (json!({"post_logout_redirect_uris": ["x"]}), "/post_logout_redirect_uris"),
        (json!({"grant_types": ["client_credentials"]}), "/grant_types"),
        (json!({"token_endpoint_auth_method": "none"}), "/token_endpoint_auth_method"),
        (json!({"first_party": true}), "/first_party"),
    ] {
        app.change_client(&id, &change).await.expect_fields(&[field]);
    }
    assert_eq!(app.change_client(&id, &json!({})).await.json(), before);
    let partner = app.register_partner("orders:read").await;
    for field in ["redirect_uris", "post_logout_redirect_uris"] {
        let answer = app.change_client(&partner.client_id, &json!({field: [CALLBACK]})).await;
        answer.expect_fields(&[&format!("/{field}")]);
    }
    app.change_client("cli_none", &json!({"redirect_uris": [CALLBACK]})).await.expect_problem(404);
}

/// As a version wrote them that knew no grant types: the row says nothing, and the client is what it was.
#[actix_web::test]
async fn a_client_from_before_keeps_client_credentials_and_nothing_else() {
    let app = TestApp::start().await;
    let partner = app.register_partner("orders:read").await;
    let columns =
        "client_name, status, scope, resources, access_token_lifetime, token_endpoint_auth_method, created_at";
    app.sql(&format!("INSERT INTO clients (client_id, {columns}) SELECT 'cli_before', {columns} FROM clients"))
        .await
        .unwrap();
    app.sql("UPDATE client_secrets SET client_id = 'cli_before'").await.unwrap();
    let before = crate::support::Partner { client_id: "cli_before".to_owned(), ..partner };
    app.request_token(&before, &[]).await.expect(200);
    let shown = app.change_client("cli_before", &json!({})).await.expect(200).json();
    assert_eq!(shown["grant_types"], json!(["client_credentials"]));
    assert!(shown.get("redirect_uris").is_none() && shown.get("post_logout_redirect_uris").is_none(), "{shown}");
}

/// What no version of this code writes is a fault of ours, and no client with other rights.
#[actix_web::test]
async fn a_row_that_cannot_be_read_is_no_client() {
    let app = TestApp::start().await;
    let partner = app.register_partner("orders:read").await;
    for (column, text) in [
        ("grant_types", "client_credentials"),
        ("grant_types", r#"["everything"]"#),
        ("redirect_uris", r#"["https://*.example"]"#),
        ("post_logout_redirect_uris", "{}"),
        ("token_endpoint_auth_method", "nothing"),
    ] {
        app.sql(&format!("UPDATE clients SET {column} = '{text}'")).await.unwrap();
        app.clock.advance(std::time::Duration::from_secs(5));
        app.request_token(&partner, &[]).await.expect_error(503, "temporarily_unavailable");
        let good = if column == "grant_types" { r#"["client_credentials"]"# } else { "[]" };
        let good = if column == "token_endpoint_auth_method" { "client_secret_basic" } else { good };
        app.sql(&format!("UPDATE clients SET {column} = '{good}'")).await.unwrap();
        app.request_token(&partner, &[]).await.expect(200);
    }
}
