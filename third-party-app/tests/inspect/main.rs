//! The three checks, with keys made here.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a helper of tests may fail the test"
)]

mod claims;
mod signature;
#[path = "../support/mod.rs"]
mod support;
mod well_formed;

use serde_json::Value;
use support::{AUDIENCE, ISSUER, jwks, now};
use third_party_app::inspect::{Agreement, Inspection, KeySet, inspect};

fn agreement() -> Agreement {
    Agreement { issuer: Some(ISSUER.into()), audience: Some(AUDIENCE.into()), typ: Some("at+jwt".into()) }
}

fn checked(token: &str, keys: &[Value]) -> Inspection {
    let keys = KeySet::read(jwks(keys)).unwrap();
    inspect(token, Some(&keys), &agreement(), now())
}

fn refusal(token: &str, keys: &[Value]) -> String {
    let inspection = checked(token, keys);
    assert!(!inspection.accepted());
    inspection.refusal().expect("a reason")
}
