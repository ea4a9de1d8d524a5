//! Keys from an issuer that may be hostile: real HTTP on a real socket.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing))]

mod cooldown;
mod faults;
mod rotation;

#[path = "../support/mod.rs"]
mod support;

use std::sync::Arc;
use std::time::Duration;

use shared_claims::claims::AccessToken;
use shared_claims::keys::{RemoteKeys, RemotePolicy};
use shared_claims::testing::{Mint, TestClock};
use shared_claims::verify::Verifier;
use support::{ISSUER, US, agreement};

const HOUR: Duration = Duration::from_secs(3600);

/// Fetches once, and again only when a test causes it.
fn quiet() -> RemotePolicy {
    RemotePolicy {
        lifetime: HOUR,
        cooldown: HOUR,
        retry: Duration::from_millis(10),
        timeout: Duration::from_secs(5),
        ..RemotePolicy::default()
    }
}

/// Fetches all the time.
fn busy() -> RemotePolicy {
    RemotePolicy {
        lifetime: Duration::from_millis(10),
        cooldown: Duration::from_millis(10),
        timeout: Duration::from_millis(200),
        ..quiet()
    }
}

fn mint() -> Mint {
    Mint::new(ISSUER, TestClock::new())
}

fn token_of(mint: &Mint) -> String {
    mint.access_token(US, "cli_1", "orders:read").build()
}

fn verifier(keys: &RemoteKeys) -> Verifier<AccessToken> {
    let allowed = [jsonwebtoken::Algorithm::ES256];
    Verifier::new(agreement(ISSUER, US, "at+jwt", &allowed), Arc::new(keys.clone()), TestClock::new().clock())
}
