//! Public clients (RFC 6749 section 2.1): they have a name and no proof, so a name opens nothing that takes one.

use jsonwebtoken::Algorithm;
use reqwest::Method;
use serde_json::json;

use crate::support::{Answer, JWT_BEARER, TestApp, by_assertion};

const APPLICATIONS: [&str; 2] = ["orders-app", "admin-app"];

async fn register_public(app: &TestApp) -> String {
    let body = json!({"client_name": "Public", "scope": "orders:read openid", "token_endpoint_auth_method": "none",
                      "redirect_uris": ["https://partner.example/callback"]});
    app.register(&body).await.expect(201).text_of("client_id")
}

#[actix_web::test]
async fn a_public_client_never_gets_client_credentials() {
    let app = TestApp::start().await;
    let public = register_public(&app).await;
    // Nor if its row says that it may.
    app.sql(r#"UPDATE clients SET grant_types = '["client_credentials"]'"#).await.unwrap();
    for client_id in [&public, "orders-app", "admin-app"] {
        let form = [("grant_type", "client_credentials"), ("client_id", client_id)];
        Answer::of(app.form(&form)).await.expect_error(400, "unauthorized_client");
        assert_eq!(app.last_row("token.issue").await.actor, client_id);
        let exchange = [("grant_type", shared_claims::exchange::TOKEN_EXCHANGE), ("client_id", client_id)];
        Answer::of(app.form(&exchange)).await.expect_error(400, "unauthorized_client");
    }
}

/// Who has a secret or a key shows it.
#[actix_web::test]
async fn a_name_alone_authenticates_no_other_client() {
    let app = TestApp::start().await;
    let secret = app.register_partner("orders:read").await;
    let signing = app.register_signing_partner(Algorithm::ES256).await;
    for id in
        [&secret.client_id, &signing.client_id, "orders-service", "admin-service", "operator-cli", "cli_none", "\0"]
    {
        for grant in ["client_credentials", shared_claims::exchange::TOKEN_EXCHANGE] {
            let answer = Answer::of(app.form(&[("grant_type", grant), ("client_id", id)])).await;
            answer.expect_error(401, "invalid_client");
            assert!(answer.header("www-authenticate").is_none());
        }
    }
}

#[actix_web::test]
async fn a_public_client_has_no_other_way_in() {
    let app = TestApp::start().await;
    let public = register_public(&app).await;
    let partner = app.register_partner("orders:read").await;
    let signing = app.register_granting_partner(Algorithm::ES256).await;
    let grant = ("grant_type", "client_credentials");
    for client_id in [&public, APPLICATIONS[0], APPLICATIONS[1]] {
        for secret in ["", "x", &partner.secret] {
            Answer::of(app.form(&[grant]).basic_auth(client_id, Some(secret)))
                .await
                .expect_error(401, "invalid_client");
        }
        let in_form = [grant, ("client_id", client_id), ("client_secret", &partner.secret)];
        Answer::of(app.form(&in_form)).await.expect_error(401, "invalid_client");
        let claims = |draft: shared_claims::testing::Draft| {
            draft.claim("iss", json!(client_id)).claim("sub", json!(client_id)).build()
        };
        app.request_token_by(&claims(signing.assertion())).await.expect_error(401, "invalid_client");
        app.request_token_for(&claims(signing.grant()), &[]).await.expect_error(400, "invalid_grant");
        // Another's proof beside its name is the other's, or nobody's.
        let assertion = signing.assertion().build();
        let beside = [&[grant, ("client_id", client_id)], by_assertion(&assertion).as_slice()].concat();
        Answer::of(app.form(&beside)).await.expect_error(401, "invalid_client");
        let grant = signing.grant().build();
        app.request_token_for(&grant, &[("client_id", client_id)]).await.expect_error(400, "invalid_grant");
        let form = [("grant_type", JWT_BEARER), ("client_id", client_id)];
        Answer::of(app.form(&form)).await.expect_error(400, "invalid_request");
    }
}

#[actix_web::test]
async fn a_suspended_public_client_is_refused_by_its_name() {
    let app = TestApp::start().await;
    let public = register_public(&app).await;
    app.suspend(&public).await;
    let form = [("grant_type", "client_credentials"), ("client_id", public.as_str())];
    Answer::of(app.form(&form)).await.expect_error(401, "invalid_client");
    assert_eq!(app.last_row("token.issue").await.reason.as_deref(), Some("suspended_client"));
}

/// They are compiled in: nobody registers one, changes one, or takes its name.
#[actix_web::test]
async fn first_party_applications_are_known_and_cannot_be_managed() {
    let app = TestApp::start().await;
    for id in APPLICATIONS {
        let found = app.manage(Method::GET, &format!("/clients/{id}"), None).await;
        found.expect_problem(404);
        app.change_client(id, &json!({"redirect_uris": ["https://evil.example/"]})).await.expect_problem(404);
        app.add_secret(id, &json!({})).await.expect_problem(404);
        app.manage(Method::POST, &format!("/clients/{id}/suspend"), None).await.expect_problem(404);
        app.manage(Method::DELETE, &format!("/clients/{id}"), None).await.expect_problem(404);
    }
    assert!(app.manage(Method::GET, "/clients", None).await.ids("client_id").is_empty());
}

/// `none` is announced where there is a grant for it, and only there.
#[actix_web::test]
async fn the_metadata_announce_public_clients_as_they_are_served() {
    let app = TestApp::start().await;
    let metadata = app.get("/.well-known/oauth-authorization-server").await.expect(200).json();
    let grants = metadata["grant_types_supported"].as_array().unwrap();
    let serves = grants.contains(&json!("authorization_code")) || grants.contains(&json!("refresh_token"));
    let methods = metadata["token_endpoint_auth_methods_supported"].as_array().unwrap();
    assert_eq!(methods.contains(&json!("none")), serves, "{metadata}");
}
