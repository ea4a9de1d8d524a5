//! What a client demands of its authorization server.

use serde_json::{Value, json};
use third_party_app::discovery::DiscoveryError;
use third_party_app::oauth::{Ask, Pending, Provider, provider_url};

use crate::client;
use crate::support::{AUDIENCE, ISSUER};

fn metadata(changes: &[(&str, Value)]) -> Result<Provider, DiscoveryError> {
    let mut metadata = json!({
        "issuer": ISSUER,
        "authorization_endpoint": format!("{ISSUER}/oauth/authorize"),
        "token_endpoint": format!("{ISSUER}/oauth/token"),
        "userinfo_endpoint": format!("{ISSUER}/oauth/userinfo"),
        "jwks_uri": format!("{ISSUER}/.well-known/jwks.json"),
        "response_types_supported": ["code"],
        "code_challenge_methods_supported": ["S256"],
        "authorization_response_iss_parameter_supported": true,
    });
    for (name, value) in changes {
        metadata[*name] = value.clone();
    }
    Provider::read(metadata, ISSUER)
}

#[test]
fn the_well_known_path_comes_after_the_path_of_the_issuer() {
    let found = |issuer| provider_url(issuer).unwrap().to_string();
    assert_eq!(found(ISSUER), "http://localhost:8080/.well-known/openid-configuration");
    assert_eq!(found("https://a.example/one"), "https://a.example/one/.well-known/openid-configuration");
    assert!(provider_url("http://auth.example").is_err());
}

#[test]
fn metadata_of_another_issuer_are_refused() {
    assert!(metadata(&[]).is_ok());
    for issuer in ["https://evil.example", "http://localhost:8080/"] {
        let refused = metadata(&[("issuer", json!(issuer))]);
        assert!(matches!(refused, Err(DiscoveryError::ForeignIssuer { .. })), "{issuer}");
    }
}

#[test]
fn a_server_without_what_makes_the_flow_safe_is_refused() {
    for (name, value) in [
        ("response_types_supported", json!(["token"])),
        ("code_challenge_methods_supported", json!(["plain"])),
        ("code_challenge_methods_supported", Value::Null),
        ("authorization_response_iss_parameter_supported", Value::Null),
        ("authorization_response_iss_parameter_supported", json!(false)),
        ("token_endpoint_auth_methods_supported", json!(["private_key_jwt"])),
    ] {
        let refused = metadata(&[(name, value.clone())]);
        assert!(matches!(refused, Err(DiscoveryError::NotOffered(_))), "{name}: {value}");
    }
}

#[test]
fn nothing_of_it_lies_in_the_clear() {
    for name in ["authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri"] {
        let refused = metadata(&[(name, json!("http://auth.example/x"))]);
        assert!(matches!(refused, Err(DiscoveryError::InTheClear(_))), "{name}");
    }
}

#[test]
fn the_authorization_request_says_all_that_binds_it() {
    let (provider, client) = (metadata(&[]).unwrap(), client());
    let pending = Pending::begin(&client).unwrap();
    let ask = Ask { scope: "openid orders:read", resource: AUDIENCE, prompt: Some("none") };
    let url = pending.url(&provider, &client, ask);
    let query: std::collections::BTreeMap<_, _> = url.query_pairs().into_owned().collect();
    let expected = [
        ("client_id", "cli_1"),
        ("code_challenge_method", "S256"),
        ("prompt", "none"),
        ("redirect_uri", "http://127.0.0.1:8083/callback"),
        ("resource", AUDIENCE),
        ("response_type", "code"),
        ("scope", "openid orders:read"),
        ("state", pending.state.expose()),
        ("nonce", pending.nonce.expose()),
        ("code_challenge", &pending.verifier.challenge()),
    ];
    for (name, value) in expected {
        assert_eq!(query.get(name).map(String::as_str), Some(value), "{name}");
    }
    assert_eq!(query.len(), expected.len());
    assert!(!url.as_str().contains(pending.verifier.expose()), "the verifier stays here");
}
