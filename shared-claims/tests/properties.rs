//! What holds for every token, scope and date, not only for those that someone thought of.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing))]

mod support;

use jsonwebtoken::Algorithm::{ES256, EdDSA, RS256};
use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use proptest::sample::{Index, subsequence};
use serde_json::{Value, json};
use shared_claims::clock::Timestamp;
use shared_claims::scope::{Scope, ScopeSet};
use shared_claims::verify::{ClaimFault, Refusal, SignatureRefusal};
use support::parts::{b64, parts, unb64, with_part};
use support::table::claim;
use support::{ISSUER, Setting, US};

#[test]
fn any_flipped_bit_of_the_text_is_refused() {
    for algorithm in [ES256, EdDSA, RS256] {
        let setting = Setting::signing_with(algorithm);
        let good = setting.good();
        proptest!(|(at: Index, bit in 0_u8..8)| {
            let mut token = good.clone().into_bytes();
            token[at.index(good.len())] ^= 1_u8 << bit;
            prop_assert!(setting.verify(&token).is_err());
        });
    }
}

/// The bits of what the parts stand for, written in base64url again, so that only check 2 can find it.
#[test]
fn any_flipped_bit_of_header_payload_or_signature_is_refused() {
    for algorithm in [ES256, EdDSA, RS256] {
        let setting = Setting::signing_with(algorithm);
        let good = setting.good();
        proptest!(|(part in 0_usize..3, at: Index, bit in 0_u8..8)| {
            let mut bytes = unb64(&parts(&good)[part]);
            let at = at.index(bytes.len());
            bytes[at] ^= 1_u8 << bit;
            let refusal = setting.verify(with_part(&good, part, &b64(bytes))).map(drop).unwrap_err();
            prop_assert_ne!(refusal.class(), "claims", "no claim of it is looked at");
            if part == 2 {
                prop_assert_eq!(refusal, Refusal::Signature(SignatureRefusal::Mismatch));
            }
        });
    }
}

#[test]
fn any_truncation_is_refused() {
    let setting = Setting::new();
    let good = setting.good();
    for length in 0..good.len() {
        assert!(setting.verify(&good[..length]).is_err(), "the first {length}");
        assert!(setting.verify(&good[good.len() - length..]).is_err(), "the last {length}");
    }
    proptest!(|(from: Index, to: Index)| {
        let (from, to) = (from.index(good.len()), to.index(good.len()));
        prop_assert!(setting.verify(&good[from.min(to)..from.max(to)]).is_err());
    });
}

#[test]
fn no_bytes_make_it_panic_and_none_are_accepted() {
    let setting = Setting::new();
    let good = setting.good();
    proptest!(|(bytes in vec(any::<u8>(), 0..10_000))| prop_assert!(setting.verify(&bytes).is_err()));
    proptest!(|(text in "[A-Za-z0-9_.=+/-]{0,2000}")| prop_assert!(setting.verify(&text).is_err()));
    proptest!(|(header in ".{0,200}", payload in ".{0,200}", signature in vec(any::<u8>(), 0..100))| {
        let token = format!("{}.{}.{}", b64(header), b64(payload), b64(signature));
        prop_assert!(setting.verify(&token).is_err());
    });
    proptest!(|(at: Index, more in vec(any::<u8>(), 1..20))| {
        let at = at.index(good.len() + 1);
        let token = [&good.as_bytes()[..at], &more, &good.as_bytes()[at..]].concat();
        prop_assert!(setting.verify(&token).is_err());
    });
}

fn json_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,20}".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 16, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Value::from),
            btree_map("sub|act|.{0,3}", inner, 0..4).prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

/// Signed by the issuer, so that every claim is really read.
#[test]
fn no_value_of_a_claim_makes_it_panic_and_a_refusal_names_that_claim() {
    let setting = Setting::new();
    const NAMES: &[&str] = &[
        "iss",
        "sub",
        "aud",
        "exp",
        "nbf",
        "iat",
        "jti",
        "client_id",
        "scope",
        "roles",
        "auth_time",
        "act",
        "origin_jti",
    ];
    proptest!(|(name in prop::sample::select(NAMES), value in json_value())| {
        if let Err(refusal) = setting.verify(setting.with_claim(name, value)) {
            let Refusal::Claims(refusal) = refusal else { return Err(TestCaseError::fail(refusal.to_string())) };
            // Of two dates that do not go together, one is named.
            prop_assert!(refusal.claim == name || (name == "iat" && refusal.claim == "exp"), "{refusal}");
        }
    });
}

#[test]
fn no_value_of_a_header_parameter_makes_it_panic() {
    let setting = Setting::new();
    const NAMES: &[&str] =
        &["alg", "typ", "kid", "crit", "b64", "jwk", "jku", "x5u", "x5c", "x5t", "enc", "zip", "cty", "x"];
    proptest!(|(name in prop::sample::select(NAMES), value in json_value())| {
        let harmless = ["x5t", "cty", "x"].contains(&name);
        prop_assert_eq!(setting.verify(setting.with_header(name, value)).is_ok(), harmless);
    });
}

#[test]
fn no_other_text_is_the_issuer_or_the_audience() {
    let setting = Setting::new();
    proptest!(|(other in "https://[a-z.]{0,20}|.{0,40}", others in vec("https://[a-z.]{0,20}", 0..5))| {
        prop_assume!(other != ISSUER && other != US && !others.iter().any(|other| other == US));
        prop_assert!(setting.verify(setting.with_claim("iss", json!(other))).is_err());
        prop_assert!(setting.verify(setting.with_claim("aud", json!(other))).is_err());
        prop_assert!(setting.verify(setting.with_claim("aud", json!(others))).is_err());
    });
}

/// The documents' order (B11). With a defect for each check, in any company, the first check that can see one refuses.
#[test]
fn the_first_check_that_fails_is_the_one_that_is_told() {
    let setting = Setting::new();
    let form = prop::option::of(0..6);
    let signature = prop::option::of(0..4);
    let claims = subsequence(vec!["typ", "iss", "aud", "exp", "nbf", "sub", "client_id"], 0..=7);
    proptest!(|(form in form, signature in signature, claims in claims)| {
        let mut draft = setting.draft();
        for name in &claims {
            draft = match *name {
                "typ" => draft.header("typ", json!("JWT")),
                "exp" => draft.claim("exp", json!(1)),
                "nbf" => draft.claim("nbf", json!(9_999_999_999_u64)),
                other => draft.claim(other, json!("")),
            };
        }
        draft = match signature {
            Some(0) => draft.header("alg", json!("none")),
            Some(1) => draft.header("kid", json!("unknown")),
            Some(2) => draft.signed_by_a_stranger(),
            Some(3) => draft.header("alg", json!("HS256")),
            _ => draft,
        };
        let token = match form {
            Some(0) => draft.header("crit", json!(["exp"])).build(),
            Some(1) => draft.header("jwk", json!({})).build(),
            Some(2) => draft.payload_bytes("[]").build(),
            Some(3) => draft.signature_bytes([]).build(),
            Some(4) => format!("{}=", draft.build()),
            Some(5) => format!("{}.", draft.build()),
            _ => draft.build(),
        };
        let (finds, refreshes) = (setting.keys.finds(), setting.keys.refreshes());
        let class = setting.verify(token).map_err(|refusal| refusal.class()).err();
        let expected = match (form, signature, claims.is_empty()) {
            (Some(_), _, _) => Some("malformed"),
            (None, Some(_), _) => Some("signature"),
            (None, None, false) => Some("claims"),
            (None, None, true) => None,
        };
        prop_assert_eq!(class, expected);
        if form.is_some() {
            prop_assert_eq!((setting.keys.finds(), setting.keys.refreshes()), (finds, refreshes), "no key is looked for");
        }
    });
}

proptest! {
    #[test]
    fn a_set_of_scopes_reads_back_as_itself(scopes in subsequence(Scope::ALL, 0..=Scope::ALL.len())) {
        let set: ScopeSet = scopes.iter().copied().collect();
        let text = set.to_string();
        prop_assert_eq!(ScopeSet::known_in(&text).ok(), Some(set.clone()));
        prop_assert_eq!(text.parse::<ScopeSet>().ok(), Some(set.clone()).filter(|set| !set.is_empty()));
        prop_assert_eq!(json!(set), json!(text.clone()));
        prop_assert_eq!(serde_json::from_value::<ScopeSet>(json!(text)).ok(), Some(set.clone()).filter(|set| !set.is_empty()));
        prop_assert_eq!(set.iter().count(), scopes.len());
        for scope in Scope::ALL {
            prop_assert_eq!(set.contains(*scope), scopes.contains(scope));
        }
    }

    #[test]
    fn what_two_sets_of_scopes_share_is_part_of_both(
        left in subsequence(Scope::ALL, 0..=Scope::ALL.len()),
        right in subsequence(Scope::ALL, 0..=Scope::ALL.len()),
    ) {
        let (left, right): (ScopeSet, ScopeSet) = (left.into_iter().collect(), right.into_iter().collect());
        let shared = left.intersection(&right);
        prop_assert!(shared.is_subset(&left) && shared.is_subset(&right));
        prop_assert_eq!(left.is_subset(&right), shared == left);
    }

    #[test]
    fn a_timestamp_never_leaves_its_range(seconds in any::<u64>(), span in any::<u64>()) {
        const LAST: u64 = 253_402_300_799;
        prop_assert_eq!(Timestamp::from_seconds(seconds).is_some(), seconds <= LAST);
        let at = Timestamp::from_seconds(seconds % (LAST + 1)).unwrap();
        let later = at.plus(std::time::Duration::from_secs(span));
        prop_assert!(at <= later && later <= Timestamp::MAX);
        prop_assert_eq!(at.since(later), std::time::Duration::ZERO);
        prop_assert!(later.since(at).as_secs() <= span);
    }
}

/// RFC 7519 section 2. Read through a claim that is not held against the time.
#[test]
fn a_date_with_a_fraction_is_the_second_that_it_is_in() {
    let setting = Setting::new();
    proptest!(|(seconds in 0..253_402_300_799_u64, thousandths in 0..1000)| {
        let date: Value = serde_json::from_str(&format!("{seconds}.{thousandths:03}")).unwrap();
        let verified = setting.verify(setting.with_claim("auth_time", date)).unwrap();
        prop_assert_eq!(verified.public.auth_time.map(Timestamp::seconds), Some(seconds));
    });
    proptest!(|(date in prop_oneof![-1e300..-1e-9, 253_402_300_799.5..1e300])| {
        let refusal = setting.refusal(setting.with_claim("auth_time", json!(date)));
        prop_assert_eq!(refusal, claim("auth_time", ClaimFault::WrongType));
    });
}
