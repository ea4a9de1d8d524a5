//! The three checks one by one, as someone calls them who has several issuers or no [`Verifier`].
//!
//! [`Verifier`]: shared_claims::verify::Verifier
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing))]

mod support;

use jsonwebtoken::Algorithm::{self, ES256, EdDSA, RS256};
use serde_json::json;
use shared_claims::claims::{AccessToken, ClientAssertion, Receipt};
use shared_claims::keys::KeySource;
use shared_claims::verify::ClaimFault::Missing;
use shared_claims::verify::FormRefusal::NotThreeParts;
use shared_claims::verify::SignatureRefusal::{AlgorithmNotAllowed, KeyForOtherAlgorithm, Mismatch, UnknownKey};
use shared_claims::verify::{Raw, Refusal};
use support::table::{claim, form, sig};
use support::{ISSUER, Setting, US, agreement};

#[test]
fn a_well_formed_token_exposes_what_finds_the_key() {
    let setting = Setting::new();
    let token = setting.good();
    let read = Raw::new(token.as_bytes()).well_formed().unwrap();
    assert_eq!(read.unverified_kid(), Some(setting.mint.key().kid()));
    assert_eq!(read.unverified_alg(), "ES256");
    assert_eq!(read.unverified_issuer(), Some(ISSUER));

    let token =
        setting.draft().without_header("kid").header("alg", json!("none")).claim("iss", json!([ISSUER])).build();
    let read = Raw::new(token.as_bytes()).well_formed().unwrap();
    assert_eq!((read.unverified_kid(), read.unverified_alg(), read.unverified_issuer()), (None, "none", None));
}

#[test]
fn an_algorithm_is_one_of_those_that_are_asked_for() {
    let token = Setting::new().good();
    let algorithm = |allowed: &[Algorithm]| Raw::new(token.as_bytes()).well_formed().unwrap().algorithm(allowed);
    assert_eq!(algorithm(&[ES256]), Ok(ES256));
    assert_eq!(algorithm(&[RS256, ES256]), Ok(ES256));
    assert_eq!(algorithm(&[RS256]), Err(AlgorithmNotAllowed));
    assert_eq!(algorithm(&[]), Err(AlgorithmNotAllowed));
}

/// Whoever skips the question which algorithm it is gets the same answer from check 2 itself.
#[test]
fn a_signature_is_checked_under_an_agreed_algorithm_and_a_key_for_it() {
    let setting = Setting::new();
    let token = setting.good();
    let key = setting.mint.find(None, ES256).unwrap();
    let signed = |token: &str, allowed: &[Algorithm]| {
        Raw::new(token.as_bytes()).well_formed().unwrap().signed_by(&key, allowed).map(drop)
    };
    assert_eq!(signed(&token, &[ES256]), Ok(()));
    assert_eq!(signed(&token, &[EdDSA]), Err(AlgorithmNotAllowed));
    assert_eq!(signed(&token, &[]), Err(AlgorithmNotAllowed));
    assert_eq!(signed(&setting.with_header("alg", json!("EdDSA")), &[ES256, EdDSA]), Err(KeyForOtherAlgorithm));
    assert_eq!(signed(&setting.draft().signed_by_a_stranger().build(), &[ES256]), Err(Mismatch));
}

#[test]
fn each_kind_of_token_is_read_as_what_it_is() {
    let setting = Setting::new();
    let key = setting.mint.find(None, ES256).unwrap();
    let now = setting.clock.now();
    let signed = |token: &str| Raw::new(token.as_bytes()).well_formed().unwrap().signed_by(&key, &[ES256]).unwrap();

    let access = signed(&setting.good()).as_agreed::<AccessToken>(&agreement(ISSUER, US, "at+jwt", &[ES256]), now);
    assert_eq!(access.unwrap().client_id().as_str(), "cli_1");

    let agreed = agreement(ISSUER, "cli_1", "fulfilment-receipt+jwt", &[ES256]);
    let receipt = signed(&setting.mint.receipt("cli_1").build()).as_agreed::<Receipt>(&agreed, now).unwrap();
    assert_eq!(receipt.registered.subject.as_str(), "ord_1");
    assert_eq!((receipt.private.amount.minor_units, receipt.private.amount.currency.as_str()), (1250, "EUR"));
    assert_eq!(receipt.private.account_id, "acc_1");
    assert_eq!(receipt.public.fulfilment.fulfilment_id, "ful_1");
    assert_eq!(receipt.public.fulfilment.status, "accepted");

    let agreed = agreement("cli_1", ISSUER, "client-authentication+jwt", &[ES256]);
    let token = setting.mint.assertion(ISSUER, "cli_1").build();
    let assertion = signed(&token).as_agreed::<ClientAssertion>(&agreed, now).unwrap();
    assert_eq!(assertion.registered.subject.as_str(), "cli_1");
}

/// The log tells the reason, in words from a closed list and with nothing of the token in them.
#[test]
fn a_refusal_says_which_check_it_was_and_why() {
    for (refusal, class, text) in [
        (form(NotThreeParts), "malformed", "malformed: not three parts"),
        (sig(UnknownKey), "signature", "signature: unknown key"),
        (claim("aud", Missing), "claims", "claims: aud is missing"),
        (Refusal::KeysUnavailable, "keys_unavailable", "the issuer's keys could not be fetched"),
    ] {
        assert_eq!((refusal.class(), refusal.to_string().as_str()), (class, text));
    }
}

#[test]
fn a_verifier_shows_what_it_verifies_against() {
    let verifier = Setting::new().verifier();
    assert_eq!(verifier.agreement().issuer().as_str(), ISSUER);
    assert_eq!(verifier.agreement().audience().as_str(), US);
}
