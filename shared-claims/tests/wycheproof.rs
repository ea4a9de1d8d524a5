//! The known-answer vectors of project Wycheproof for JSON Web Signature and JSON Web Key, read from the folder that
//! `WYCHEPROOF_DIR` names. Payloads there are no JSON objects, so check 1 runs with an empty object in their place, and
//! check 2 over the bytes as they are.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing))]

mod support;

use std::collections::BTreeMap;
use std::io::Write;
use std::path::PathBuf;

use serde_json::{Value, json};
use shared_claims::keys::{InvalidJwkSet, KeySet};
use shared_claims::testing::signature_matches;
use shared_claims::verify::{FormRefusal, Raw};
use support::ALL;
use support::parts::{parts, unb64, with_part};

#[expect(clippy::disallowed_methods, reason = "a test has no settings module; the vectors are not part of the project")]
fn folder() -> Option<PathBuf> {
    let folder = std::env::var_os("WYCHEPROOF_DIR").map(PathBuf::from);
    if folder.is_none() {
        // Not `println!`, which is not seen where a test passes.
        let mut aloud = std::io::stderr();
        writeln!(aloud, "skipped: WYCHEPROOF_DIR is not set").unwrap();
    }
    folder
}

/// One vector: the keys that the verifier is given, the token, and whether it is good.
struct Vector {
    id: u64,
    what: String,
    keys: Value,
    token: String,
    valid: bool,
}

fn vectors(file: &str) -> Option<Vec<Vector>> {
    let text = std::fs::read_to_string(folder()?.join(file)).expect("WYCHEPROOF_DIR holds the vectors");
    let document: Value = serde_json::from_str(&text).unwrap();
    let mut vectors = Vec::new();
    for group in document["testGroups"].as_array().unwrap() {
        let key = group.get("public").or_else(|| group.get("private")).unwrap();
        let keys = if key.get("keys").is_some() { key.clone() } else { json!({"keys": [key]}) };
        for test in group["tests"].as_array().unwrap() {
            vectors.push(Vector {
                id: test["tcId"].as_u64().unwrap(),
                what: format!("{}, {}", group["comment"].as_str().unwrap(), test["comment"].as_str().unwrap()),
                keys: keys.clone(),
                token: test["jws"].as_str().map_or_else(|| test["jws"].to_string(), str::to_owned),
                valid: test["result"] == "valid",
            });
        }
    }
    Some(vectors)
}

/// Checks 1 and 2, and which of them said no.
fn check(vector: &Vector) -> Result<(), String> {
    let keys = KeySet::from_json(vector.keys.to_string().as_bytes()).map_err(|invalid| format!("keys: {invalid:?}"))?;
    let mut read = vector.token.clone();
    if Raw::new(read.as_bytes()).well_formed().err() == Some(FormRefusal::NotJsonObject) {
        read = with_part(&read, 1, "e30");
    }
    let well_formed = Raw::new(read.as_bytes()).well_formed().map_err(|refusal| format!("form: {refusal:?}"))?;
    let algorithm = well_formed.algorithm(&ALL).map_err(|refusal| format!("signature: {refusal:?}"))?;
    let key = keys.find(well_formed.unverified_kid(), algorithm).ok_or("signature: UnknownKey")?;
    if read == vector.token {
        return well_formed.signed_by(&key, &ALL).map(drop).map_err(|refusal| format!("signature: {refusal:?}"));
    }
    if key.algorithm() != algorithm {
        return Err("signature: KeyForOtherAlgorithm".to_owned());
    }
    let (message, _) = vector.token.rsplit_once('.').unwrap();
    let matches = signature_matches(&key, message.as_bytes(), &unb64(&parts(&vector.token)[2]));
    if matches { Ok(()) } else { Err("signature: Mismatch".to_owned()) }
}

/// Goes through a file; returns how many good tokens were accepted, and the good ones that were not, by reason.
fn run(file: &str) -> Option<(usize, BTreeMap<String, Vec<u64>>)> {
    let (mut accepted, mut refused_good) = (0, BTreeMap::<String, Vec<u64>>::new());
    let mut wrong = Vec::new();
    for vector in vectors(file)? {
        match (check(&vector), vector.valid) {
            (Ok(()), true) => accepted += 1,
            (Err(_), false) => {}
            (Err(reason), true) => refused_good.entry(reason).or_default().push(vector.id),
            (Ok(()), false) => wrong.push(format!("{}: {}", vector.id, vector.what)),
        }
    }
    assert!(wrong.is_empty(), "accepted, and must not be: {wrong:#?}");
    Some((accepted, refused_good))
}

/// What is good by the standard and not good enough here: `(reason, the vectors' numbers)`.
fn assert_reasons(found: &BTreeMap<String, Vec<u64>>, expected: &[(&str, &[u64])]) {
    let found: Vec<(&str, &[u64])> = found.iter().map(|(reason, ids)| (reason.as_str(), ids.as_slice())).collect();
    assert_eq!(found, expected);
}

/// Of the 46 good vectors, 32 are accepted. P-521 (347, 351) and shared secrets (the other 10) are no keys of ours; 346
/// and 350 are signed with PS384 under a key that says PS256.
#[test]
fn no_invalid_signature_vector_is_accepted_and_each_good_one_that_is_not_has_its_reason() {
    let Some((accepted, refused)) = run("json_web_signature_test.json") else { return };
    assert_reasons(
        &refused,
        &[
            ("keys: NoUsableKey", &[1, 347, 348, 351, 352, 357, 358, 359, 372, 373, 376, 377]),
            ("signature: KeyForOtherAlgorithm", &[346, 350]),
        ],
    );
    assert_eq!(accepted, 32);
}

/// Of the 5 good vectors, 4 are of shared secrets.
#[test]
fn no_invalid_key_vector_is_accepted_and_each_good_one_that_is_not_has_its_reason() {
    let Some((accepted, refused)) = run("json_web_key_test.json") else { return };
    assert_reasons(&refused, &[("keys: NoUsableKey", &[2, 13, 14, 15])]);
    assert_eq!(accepted, 1);
}

/// Whatever is wrong with a shared secret, or nothing: it is no key.
#[test]
fn no_shared_secret_ever_becomes_a_key() {
    let mut seen = 0;
    for file in ["json_web_signature_test.json", "json_web_key_test.json"] {
        let Some(vectors) = vectors(file) else { return };
        for mut vector in vectors {
            let secrets = vector.keys["keys"].as_array_mut().unwrap();
            secrets.retain(|key| key["kty"] == "oct");
            if secrets.is_empty() {
                continue;
            }
            seen += 1;
            let set = KeySet::from_json(vector.keys.to_string().as_bytes());
            assert_eq!(set.err(), Some(InvalidJwkSet::NoUsableKey), "{}: {}", vector.id, vector.what);
            assert!(check(&vector).is_err());
        }
    }
    assert!(seen > 50, "{seen}");
}
