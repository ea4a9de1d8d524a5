//! The implicit and the hybrid flow: tokens that come back through the browser's address bar. They are not there.

use reqwest::Method;
use serde_json::json;

use crate::support::{Answer, TestApp};

/// Every response type with which a token leaves the authorization endpoint.
const RESPONSE_TYPES: [&str; 6] =
    ["token", "id_token", "id_token token", "code token", "code id_token", "code id_token token"];

#[actix_web::test]
async fn the_implicit_and_hybrid_flows_are_not_announced() {
    let app = TestApp::start().await;
    for document in ["oauth-authorization-server", "openid-configuration"] {
        let metadata = app.get(&format!("/.well-known/{document}")).await.expect(200).json();
        assert_eq!(metadata["response_types_supported"], json!(["code"]), "{document}");
        assert_eq!(metadata["response_modes_supported"], json!(["query"]), "{document}: nothing in a fragment");
        assert!(!metadata["grant_types_supported"].as_array().unwrap().contains(&json!("implicit")), "{metadata}");
    }
}

#[actix_web::test]
async fn no_response_type_brings_a_token_out_of_the_authorization_endpoint() {
    let app = TestApp::start().await;
    let callback = "https://partner.example/callback";
    let body = json!({"client_name": "Partner", "scope": "openid orders:read", "redirect_uris": [callback]});
    let client_id = app.register(&body).await.expect(201).text_of("client_id");
    for response_type in RESPONSE_TYPES {
        let parameters = [
            ("response_type", response_type),
            ("client_id", &client_id),
            ("redirect_uri", callback),
            ("scope", "openid orders:read"),
            ("state", "af0ifjsldkj"),
            ("nonce", "n-0S6_WzA2Mj"),
        ];
        let get = app.request(Method::GET, "/oauth/authorize").query(&parameters);
        let post = app.request(Method::POST, "/oauth/authorize").form(&parameters);
        for request in [get, post] {
            let answer = Answer::of(request).await;
            let location = answer.expect(303).header("location").unwrap();
            let told = format!("{callback}?error=unsupported_response_type&");
            assert!(location.starts_with(&told) && !location.contains('#'), "{response_type}: {location}");
        }
    }
}

/// A build with the feature `legacy-flows` may have registered a client for it, in a database that this one opens.
#[actix_web::test]
async fn a_client_of_the_lab_keeps_what_else_it_may() {
    let app = TestApp::start().await;
    let partner = app.register_partner("orders:read").await;
    app.sql(r#"UPDATE clients SET grant_types = '["client_credentials","implicit"]'"#).await.unwrap();
    app.request_token(&partner, &[]).await.expect(200);
    let shown = app.manage(Method::GET, &format!("/clients/{}", partner.client_id), None).await.expect(200).json();
    assert_eq!(shown["grant_types"], json!(["client_credentials"]), "{shown}");
}

/// Neither by the response type nor as a grant.
#[actix_web::test]
async fn no_client_can_be_registered_for_them() {
    let app = TestApp::start().await;
    for (field, value) in [("response_types", json!(["token"])), ("grant_types", json!(["implicit"]))] {
        let body = json!({"client_name": "Partner", "scope": "orders:read", field: value});
        app.register(&body).await.expect_fields(&[&format!("/{field}")]);
    }
}
