//! A cache of verified tokens changes how long a check takes, and nothing else.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing))]

mod support;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures_util::future::BoxFuture;
use jsonwebtoken::Algorithm::ES256;
use serde_json::json;
use shared_claims::cache::Cached;
use shared_claims::claims::AccessToken;
use shared_claims::testing::Mint;
use shared_claims::verify::ClaimFault::{Expired, InFuture};
use shared_claims::verify::FormRefusal::NotBase64Url;
use shared_claims::verify::SignatureRefusal::{Mismatch, UnknownKey};
use shared_claims::verify::{Refusal, Verified, Verifier, Verify};
use support::counting::CountingVerifier;
use support::parts::{b64, parts, unb64, with_part};
use support::table::{claim, form, sig};
use support::{Setting, now};

/// A cache, and how often the verifier inside was called.
struct Watched {
    setting: Setting,
    cached: Cached<CountingVerifier<Verifier<AccessToken>>>,
    calls: Arc<AtomicUsize>,
}

impl Watched {
    fn new(max_bytes: u64) -> Self {
        let setting = Setting::new();
        let (inner, calls) = CountingVerifier::new(setting.verifier());
        let cached = Cached::new(inner, setting.keys.clone(), setting.clock.clock(), max_bytes);
        Self { setting, cached, calls }
    }

    fn verify(&self, token: &str) -> Result<Arc<Verified<AccessToken>>, Refusal> {
        now(self.cached.verify(token.as_bytes()))
    }

    fn calls(&self) -> usize {
        self.calls.load(Ordering::SeqCst)
    }
}

const ROOMY: u64 = 1 << 20;

#[test]
fn a_token_is_verified_once_and_remembered() {
    let watched = Watched::new(ROOMY);
    let token = watched.setting.good();
    let first = watched.verify(&token).unwrap();
    for _ in 0..100 {
        assert_eq!(watched.verify(&token).unwrap().registered, first.registered);
    }
    assert_eq!((watched.calls(), watched.cached.tokens()), (1, 1));
    assert_eq!(watched.setting.keys.finds(), 1, "nor is the key looked for again");
}

#[test]
fn a_remembered_token_still_ends_to_the_second() {
    let watched = Watched::new(ROOMY);
    let token = watched.setting.good();
    watched.verify(&token).unwrap();
    watched.setting.clock.advance(Duration::from_secs(304));
    assert!(watched.verify(&token).is_ok(), "exp + 4");
    assert_eq!(watched.calls(), 1);
    watched.setting.clock.advance(Duration::from_secs(1));
    assert_eq!(watched.verify(&token).err(), Some(claim("exp", Expired)), "exp + 5");
    assert_eq!((watched.calls(), watched.cached.tokens()), (2, 0), "and is forgotten");
    assert_eq!(watched.verify(&token).err(), Some(claim("exp", Expired)));
}

#[test]
fn a_clock_that_is_turned_back_is_believed() {
    let watched = Watched::new(ROOMY);
    let token = watched.setting.good();
    watched.verify(&token).unwrap();
    watched.setting.clock.turn_back(Duration::from_secs(5));
    assert!(watched.verify(&token).is_ok(), "nbf - 5");
    watched.setting.clock.turn_back(Duration::from_secs(1));
    assert_eq!(watched.verify(&token).err(), Some(claim("nbf", InFuture)), "nbf - 6");
    watched.setting.clock.advance(Duration::from_secs(1));
    assert!(watched.verify(&token).is_ok());
}

#[test]
fn a_token_that_failed_is_never_remembered() {
    let watched = Watched::new(ROOMY);
    let draft = || watched.setting.draft();
    let failing = [
        ("no token", "x".to_owned()),
        ("forged", draft().signed_by_a_stranger().build()),
        ("unknown key", draft().header("kid", json!("unknown")).build()),
        ("expired", draft().claim("exp", json!(1)).build()),
        ("another audience", draft().claim("aud", json!("https://else.example")).build()),
    ];
    for (calls, (name, token)) in failing.iter().enumerate() {
        let refusal = watched.verify(token).err();
        assert!(refusal.is_some(), "{name}");
        assert_eq!(watched.verify(token).err(), refusal, "{name}");
        assert_eq!((watched.calls(), watched.cached.tokens()), (2 * calls + 2, 0), "{name}");
    }
}

#[test]
fn a_token_that_failed_is_accepted_as_soon_as_it_is_good() {
    let watched = Watched::new(ROOMY);
    let later = watched.setting.draft().claim("nbf", json!(watched.setting.seconds() + 60)).build();
    assert_eq!(watched.verify(&later).err(), Some(claim("nbf", InFuture)));
    watched.setting.clock.advance(Duration::from_secs(60));
    assert!(watched.verify(&later).is_ok());
}

#[test]
fn a_token_is_forgotten_with_the_key_that_signed_it() {
    let watched = Watched::new(ROOMY);
    let (old, also_old) = (watched.setting.good(), watched.setting.good());
    watched.verify(&old).unwrap();
    watched.setting.mint.rotate(ES256);
    let new = watched.setting.good();
    watched.verify(&new).unwrap();
    watched.verify(&old).unwrap();
    assert_eq!(watched.calls(), 2, "a key that comes changes nothing");

    watched.setting.mint.withdraw_old_keys();
    assert_eq!(watched.verify(&old).err(), Some(sig(UnknownKey)));
    assert_eq!(watched.verify(&also_old).err(), Some(sig(UnknownKey)));
    watched.verify(&new).unwrap();
    let calls = watched.calls();
    watched.verify(&new).unwrap();
    assert_eq!(watched.calls(), calls, "and is remembered anew");
}

/// A verifier at whose very end the key goes: the worst moment.
struct KeyGoesMeanwhile(Verifier<AccessToken>, Mint);

impl Verify for KeyGoesMeanwhile {
    fn verify<'a>(&'a self, token: &'a [u8]) -> BoxFuture<'a, Result<Arc<Verified<AccessToken>>, Refusal>> {
        Box::pin(async move {
            let verified = self.0.verify(token).await.map(Arc::new);
            self.1.rotate(ES256);
            self.1.withdraw_old_keys();
            verified
        })
    }
}

#[test]
fn a_key_that_goes_while_a_token_is_checked_leaves_nothing_behind() {
    let setting = Setting::new();
    let inner = KeyGoesMeanwhile(setting.verifier(), setting.mint.clone());
    let cached = Cached::new(inner, setting.keys.clone(), setting.clock.clock(), ROOMY);
    let token = setting.good();
    assert!(now(cached.verify(token.as_bytes())).is_ok(), "it was good when it was checked");
    assert_eq!(now(cached.verify(token.as_bytes())).err(), Some(sig(UnknownKey)));
}

#[test]
fn what_is_nearly_a_remembered_token_is_not_it() {
    let watched = Watched::new(ROOMY);
    let token = watched.setting.good();
    watched.verify(&token).unwrap();
    for near in [format!("{token} "), format!(" {token}"), format!("{token}="), token.replacen('.', "%2E", 1)] {
        assert!(watched.verify(&near).is_err(), "{near}");
    }
    assert_eq!(watched.verify(&format!("{token}=")).err(), Some(form(NotBase64Url)));
    let mut signature = unb64(&parts(&token)[2]);
    signature[63] ^= 1;
    assert_eq!(watched.verify(&with_part(&token, 2, &b64(signature))).err(), Some(sig(Mismatch)));
    assert_eq!(watched.cached.tokens(), 1);
}

#[test]
fn tokens_that_say_the_same_are_remembered_each_for_itself() {
    let watched = Watched::new(ROOMY);
    let same = || watched.setting.draft().claim("jti", json!("jti-same")).build();
    let (one, other) = (same(), same());
    assert_ne!(one, other, "ECDSA signatures differ");
    for _ in 0..2 {
        assert_eq!(watched.verify(&one).unwrap().registered, watched.verify(&other).unwrap().registered);
    }
    assert_eq!((watched.calls(), watched.cached.tokens()), (2, 2));
}

#[test]
fn a_remembered_token_is_not_taken_for_another_one() {
    let watched = Watched::new(ROOMY);
    let of = |client: &str| watched.setting.mint.access_token(support::US, client, "orders:read").build();
    let tokens: Vec<(String, String)> = (0..50).map(|n| format!("cli_{n}")).map(|id| (of(&id), id)).collect();
    for _ in 0..2 {
        for (token, client) in &tokens {
            assert_eq!(watched.verify(token).unwrap().client_id().as_str(), client);
        }
    }
    assert_eq!(watched.calls(), tokens.len());
}

#[test]
fn the_cache_is_bounded_in_bytes() {
    let max_bytes = 128 * 1024;
    let watched = Watched::new(max_bytes);
    let mut largest = 0;
    for _ in 0..1000 {
        watched.verify(&watched.setting.good()).unwrap();
        assert!(watched.cached.bytes() <= max_bytes, "{}", watched.cached.bytes());
        largest = largest.max(watched.cached.bytes());
    }
    assert!(largest > max_bytes / 2, "and it is made use of: {largest}");
    let per_token = watched.cached.bytes() / u64::try_from(watched.cached.tokens()).unwrap();
    assert!(per_token >= 512 + 400, "the token's own length counts too: {per_token}");
}

#[test]
fn a_large_token_costs_more_of_the_bound_than_a_small_one() {
    let watched = Watched::new(ROOMY);
    let cost = |token: String| {
        let before = watched.cached.bytes();
        watched.verify(&token).unwrap();
        watched.cached.bytes() - before
    };
    let small = watched.setting.good();
    let large = watched.setting.with_claim("x", json!("x".repeat(3000)));
    let difference = u64::try_from(large.len() - small.len()).unwrap();
    assert_eq!(cost(large), cost(small) + difference);
}

#[test]
fn a_cache_without_room_remembers_nothing_and_verifies_all_the_same() {
    let watched = Watched::new(0);
    let token = watched.setting.good();
    for calls in 1..=3 {
        watched.verify(&token).unwrap();
        assert_eq!((watched.calls(), watched.cached.tokens()), (calls, 0));
    }
}
