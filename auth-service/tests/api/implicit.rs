//! The implicit and the hybrid flow: tokens that come back through the browser's address bar. They are not there.

use reqwest::Method;
use serde_json::json;

use crate::support::{Answer, TestApp};

/// Every response type with which a token leaves the authorization endpoint, and the one with which a code does.
const RESPONSE_TYPES: [&str; 7] =
    ["token", "id_token", "id_token token", "code token", "code id_token", "code id_token token", "code"];

/// What OpenID Connect Discovery and RFC 8414 would have an issuer announce for such a flow.
const ANNOUNCEMENTS: [&str; 3] =
    ["authorization_endpoint", "response_modes_supported", "id_token_signing_alg_values_supported"];

#[actix_web::test]
async fn the_implicit_and_hybrid_flows_are_not_announced() {
    let app = TestApp::start().await;
    let metadata = app.get("/.well-known/oauth-authorization-server").await.expect(200).json();
    assert_eq!(metadata["response_types_supported"], json!([]));
    for name in ANNOUNCEMENTS {
        assert!(metadata.get(name).is_none(), "{name}: {metadata}");
    }
    for grant in ["implicit", "authorization_code"] {
        assert!(!metadata["grant_types_supported"].as_array().unwrap().contains(&json!(grant)), "{metadata}");
    }
    app.get("/.well-known/openid-configuration").await.expect_problem(404);
}

#[actix_web::test]
async fn no_response_type_brings_a_token_out_of_the_authorization_endpoint() {
    let app = TestApp::start().await;
    let partner = app.register_partner("orders:read").await;
    for response_type in RESPONSE_TYPES {
        let parameters = [
            ("response_type", response_type),
            ("client_id", &partner.client_id),
            ("redirect_uri", "https://partner.example/callback"),
            ("scope", "openid orders:read"),
            ("state", "af0ifjsldkj"),
            ("nonce", "n-0S6_WzA2Mj"),
        ];
        let get = app.request(Method::GET, "/oauth/authorize").query(&parameters);
        let post = app.request(Method::POST, "/oauth/authorize").form(&parameters);
        for request in [get, post] {
            let answer = Answer::of(request).await;
            answer.expect_problem(404).expect_no_echo(&["partner.example", "af0ifjsldkj"]);
            assert_eq!(answer.header("location"), None, "{response_type}");
        }
    }
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
