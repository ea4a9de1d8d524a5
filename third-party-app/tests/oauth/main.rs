//! A client of the authorization code flow, and authorization servers that mean it ill.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a helper of tests may fail the test")]

mod id_token;
mod provider;
mod redirect;
#[path = "../support/mod.rs"]
mod support;

use third_party_app::oauth::Client;

use support::ISSUER;

fn client() -> Client {
    Client {
        issuer: ISSUER.to_owned(),
        client_id: "cli_1".to_owned(),
        client_secret: "a secret that nobody knows".into(),
        redirect_uri: "http://127.0.0.1:8083/callback".parse().unwrap(),
    }
}
