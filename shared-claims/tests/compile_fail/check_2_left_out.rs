//! A verifier that holds claims against the agreement before the signature was checked.

use shared_claims::agreement::Agreement;
use shared_claims::claims::AccessToken;
use shared_claims::clock::Timestamp;
use shared_claims::verify::{Raw, Verified};

fn verify(token: &[u8], agreement: &Agreement, now: Timestamp) -> Verified<AccessToken> {
    Raw::new(token).well_formed().unwrap().as_agreed(agreement, now).unwrap()
}

fn main() {
    let _ = verify;
}
