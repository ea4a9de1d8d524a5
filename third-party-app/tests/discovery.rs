//! What a client checks before it believes metadata.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a helper of tests may fail the test")]

use serde_json::{Value, json};
use third_party_app::discovery::{
    AuthorizationServer, DiscoveryError, ProtectedResource, authorization_server_url, metadata_url,
};
use url::Url;

fn url(text: &str) -> Url {
    text.parse().unwrap()
}

fn resource(resource: &str, called: &str) -> Result<ProtectedResource, DiscoveryError> {
    let metadata = json!({"resource": resource, "authorization_servers": ["http://localhost:8080"]});
    ProtectedResource::read(metadata, &url(called))
}

fn server(changes: &[(&str, Value)]) -> Result<AuthorizationServer, DiscoveryError> {
    let mut metadata = json!({
        "issuer": "http://localhost:8080",
        "token_endpoint": "http://localhost:8080/oauth/token",
        "jwks_uri": "http://localhost:8080/.well-known/jwks.json",
        "grant_types_supported": ["client_credentials"],
    });
    for (name, value) in changes {
        metadata[*name] = value.clone();
    }
    AuthorizationServer::read(metadata, "http://localhost:8080")
}

#[test]
fn a_resource_covers_what_lies_below_it() {
    for name in ["http://localhost:8081", "http://localhost:8081/", "http://localhost:8081/orders"] {
        assert!(resource(name, "http://localhost:8081/orders").is_ok(), "{name}");
        assert!(resource(name, "http://localhost:8081/orders/ord_1?x=y").is_ok(), "{name}");
    }
}

#[test]
fn a_resource_of_another_origin_path_or_with_a_query_is_refused() {
    for name in [
        "http://localhost:8082",
        "https://localhost:8081",
        "http://127.0.0.1:8081",
        "http://localhost:8081/order",
        "http://localhost:8081/orders/x",
        "http://localhost:8081?x",
        "http://localhost:8081#x",
        "orders",
    ] {
        assert!(resource(name, "http://localhost:8081/orders").is_err(), "{name}");
    }
}

#[test]
fn metadata_on_another_origin_are_not_fetched() {
    let called = url("http://localhost:8081/orders");
    assert!(metadata_url("http://localhost:8081/.well-known/oauth-protected-resource", &called).is_ok());
    assert!(metadata_url("http://169.254.169.254/latest", &called).is_err());
    assert!(metadata_url("/.well-known/oauth-protected-resource", &called).is_err());
}

#[test]
fn a_resource_does_not_choose_the_issuer() {
    let resource = resource("http://localhost:8081", "http://localhost:8081/orders").unwrap();
    assert!(resource.accepts("http://localhost:8080").is_ok());
    for issuer in ["http://localhost:8080/", "http://LOCALHOST:8080", "https://auth.example"] {
        assert!(matches!(resource.accepts(issuer), Err(DiscoveryError::UnknownIssuer { .. })), "{issuer}");
    }
}

#[test]
fn the_well_known_path_goes_before_the_path_of_the_issuer() {
    let found = |issuer| authorization_server_url(issuer).unwrap().to_string();
    assert_eq!(found("http://localhost:8080"), "http://localhost:8080/.well-known/oauth-authorization-server");
    assert_eq!(found("https://a.example/one"), "https://a.example/.well-known/oauth-authorization-server/one");
}

#[test]
fn an_issuer_in_the_clear_is_refused_off_this_machine() {
    assert!(authorization_server_url("http://auth.example").is_err());
    assert!(authorization_server_url("http://127.0.0.2:8080").is_ok());
    assert!(authorization_server_url("http://[::1]:8080").is_ok());
    assert!(authorization_server_url("ftp://localhost").is_err());
}

#[test]
fn metadata_of_another_issuer_are_refused() {
    assert!(server(&[]).is_ok());
    for issuer in ["http://localhost:8080/", "http://LOCALHOST:8080", "http://localhost:8081"] {
        assert!(matches!(server(&[("issuer", json!(issuer))]), Err(DiscoveryError::ForeignIssuer { .. })), "{issuer}");
    }
}

#[test]
fn a_server_that_does_not_offer_what_is_needed_is_refused() {
    assert!(server(&[("grant_types_supported", json!(["authorization_code"]))]).is_err());
    assert!(server(&[("grant_types_supported", json!(null))]).is_err());
    assert!(server(&[("token_endpoint_auth_methods_supported", json!(["private_key_jwt"]))]).is_err());
    assert!(server(&[("token_endpoint", json!("http://auth.example/token"))]).is_err());
    assert!(server(&[("jwks_uri", json!(null))]).is_err());
}
