//! Algorithm: `none`, HMAC under what everyone knows, another name for the same key.

use aws_lc_rs::hmac;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{RSA_PKCS1_SHA512, RSA_PSS_SHA256, RSA_PSS_SHA512, RsaEncoding, RsaKeyPair};
use jsonwebtoken::Algorithm::{self, ES256, ES384, EdDSA, PS256, RS256, RS512};
use serde_json::{Value, json};
use shared_claims::agreement::{Agreement, InvalidAgreement};
use shared_claims::ids::{Audience, Issuer};
use shared_claims::sign::SigningKey;
use shared_claims::testing::{Mint, TestClock};
use shared_claims::verify::FormRefusal::{HeaderParameter, NoSignature};
use shared_claims::verify::Raw;
use shared_claims::verify::SignatureRefusal::{AlgorithmNotAllowed, KeyForOtherAlgorithm, Mismatch, UnknownKey};

use crate::support::material::p256_forms;
use crate::support::parts::{hmac_token, resigned};
use crate::support::table::{Table, form, sig};
use crate::support::{ALL, ISSUER, Setting, US};

#[test]
fn none_is_no_algorithm_in_any_spelling() {
    let setting = Setting::allowing(&ALL);
    let mut table = Table::of(&setting);
    for none in [
        "none",
        "None",
        "NONE",
        "nOnE",
        "noNe",
        "none ",
        " none",
        "none\0",
        "none\n",
        "nоne",
        "ｎｏｎｅ",
        "no\u{200b}ne",
        "",
        " ",
        "null",
        "undefined",
        "false",
        "0",
        "plain",
        "unsecured",
        "NoNe",
        "n",
        "HSnone",
        "none,ES256",
        "ES256,none",
    ] {
        let unsigned = || setting.draft().header("alg", json!(none));
        table.refused(format!("{none:?}, no signature"), unsigned().signature_bytes([]).build(), form(NoSignature));
        table.refused(format!("{none:?}, signed"), unsigned().build(), sig(AlgorithmNotAllowed));
        table.refused(format!("{none:?}, a zero"), unsigned().signature_bytes([0]).build(), sig(AlgorithmNotAllowed));
        let without_kid = unsigned().without_header("kid").signature_bytes([0; 64]);
        table.refused(format!("{none:?}, no kid"), without_kid.build(), sig(AlgorithmNotAllowed));
    }
    let escaped = br#"{"typ":"at+jwt","alg":"\u006eone"}"#;
    table.refused("an escape", setting.draft().header_bytes(escaped).build(), sig(AlgorithmNotAllowed));
}

#[test]
fn an_algorithm_is_a_text() {
    let setting = Setting::allowing(&ALL);
    let mut table = Table::of(&setting);
    for value in [
        Value::Null,
        json!(true),
        json!(false),
        json!(0),
        json!(-7),
        json!(1.5),
        json!([]),
        json!(["ES256"]),
        json!(["none", "ES256"]),
        json!({}),
        json!({"alg": "ES256"}),
    ] {
        table.refused(value.to_string(), setting.with_header("alg", value), form(HeaderParameter("alg")));
    }
    table.refused("missing", setting.draft().without_header("alg").build(), form(HeaderParameter("alg")));
}

#[test]
fn names_of_algorithms_are_compared_to_the_letter() {
    let setting = Setting::allowing(&ALL);
    let mut table = Table::of(&setting);
    for name in [
        "es256",
        "Es256",
        "ES256 ",
        " ES256",
        "ES256\0",
        "ES256\n",
        "ECDSA",
        "SHA256withECDSA",
        "ES256K",
        "ES512",
        "ES521",
        "Ed25519",
        "Ed448",
        "eddsa",
        "EDDSA",
        "rs256",
        "RS1",
        "RSA",
        "RSA1_5",
        "RSA-OAEP",
        "dir",
        "A256GCM",
        "A128KW",
        "ECDH-ES",
        "PBES2-HS256+A128KW",
        "ML-DSA-44",
        "SLH-DSA-SHA2-128s",
        "-7",
        "ＥＳ256",
        "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
    ] {
        table.refused(format!("{name:?}"), setting.with_header("alg", json!(name)), sig(AlgorithmNotAllowed));
    }
    table.refused("8,000 letters", setting.with_header("alg", json!("A".repeat(5000))), sig(AlgorithmNotAllowed));
}

#[test]
fn an_algorithm_that_was_not_agreed_on_is_refused_before_a_key_is_looked_for() {
    let setting = Setting::new();
    for algorithm in ALL.into_iter().filter(|algorithm| *algorithm != ES256) {
        let token = setting.draft().header("alg", json!(algorithm)).header("kid", json!("unknown")).build();
        assert_eq!(setting.refusal(token), sig(AlgorithmNotAllowed), "{algorithm:?}");
    }
    assert_eq!((setting.keys.finds(), setting.keys.refreshes()), (0, 0));
}

#[test]
fn nothing_that_everyone_knows_is_a_shared_secret() {
    let setting = Setting::allowing(&ALL);
    let mut secrets = p256_forms(&setting.mint.key());
    secrets.push(("JWK Set", setting.mint.jwks_json().into_bytes()));
    for word in
        ["", "\0", " ", "secret", "password", "changeme", "null", "none", ISSUER, US, "cli_1", "at+jwt", "HS256"]
    {
        secrets.push((word, word.as_bytes().to_vec()));
    }
    secrets.push(("32 zeros", vec![0; 32]));
    let mut table = Table::of(&setting);
    for (name, secret) in &secrets {
        for (alg, hmac) in [("HS256", hmac::HMAC_SHA256), ("HS384", hmac::HMAC_SHA384), ("HS512", hmac::HMAC_SHA512)] {
            let forged = |draft| hmac_token(draft, alg, hmac, secret);
            table.refused(format!("{alg}, {name}"), forged(setting.draft()), sig(AlgorithmNotAllowed));
            let row = format!("{alg}, {name}, no kid");
            table.refused(row, forged(setting.draft().without_header("kid")), sig(AlgorithmNotAllowed));
            // The HMAC under a name that is agreed on.
            let relabelled = resigned(&setting.good(), |input| {
                hmac::sign(&hmac::Key::new(hmac, secret), input).as_ref().repeat(2)[..64].to_vec()
            });
            table.refused(format!("{alg} called ES256, {name}"), relabelled, sig(Mismatch));
        }
    }
}

/// Two locks: no agreement can hold an HMAC, and were it asked for all the same, no key of ours is one.
#[test]
fn an_agreement_cannot_be_made_on_a_shared_secret() {
    let (issuer, audience) = (Issuer::new(ISSUER).unwrap(), Audience::new(US).unwrap());
    for hmac in [Algorithm::HS256, Algorithm::HS384, Algorithm::HS512] {
        for algorithms in [vec![hmac], vec![ES256, hmac], vec![hmac, RS256]] {
            let agreed = Agreement::new(issuer.clone(), audience.clone(), "at+jwt", &algorithms);
            assert_eq!(agreed.err(), Some(InvalidAgreement::SharedSecret));
        }
    }
    assert_eq!(Agreement::new(issuer, audience, "at+jwt", &[]).err(), Some(InvalidAgreement::NoAlgorithm));

    let setting = Setting::new();
    let secret = setting.mint.key().kid().as_str().to_owned();
    let token = setting.draft().hmac_sha256(secret.as_bytes()).build();
    let key = shared_claims::keys::KeySource::find(&setting.mint, None, ES256).unwrap();
    let allowed = [Algorithm::HS256, ES256];
    let signed = Raw::new(token.as_bytes()).well_formed().unwrap().signed_by(&key, &allowed);
    assert_eq!(signed.err(), Some(KeyForOtherAlgorithm));
}

#[test]
fn one_key_is_for_one_algorithm() {
    let setting = Setting::allowing(&ALL);
    let mut table = Table::of(&setting);
    for algorithm in ALL.into_iter().filter(|algorithm| *algorithm != ES256) {
        let relabelled = setting.draft().header("alg", json!(algorithm));
        table.refused(format!("ES256 called {algorithm:?}"), relabelled.build(), sig(KeyForOtherAlgorithm));
        let without_kid = setting.draft().header("alg", json!(algorithm)).without_header("kid");
        table.refused(format!("ES256 called {algorithm:?}, no kid"), without_kid.build(), sig(UnknownKey));
    }
    let stranger = Mint::new(ISSUER, TestClock::new());
    stranger.rotate(EdDSA);
    let other_curve = setting.draft().header("alg", json!("EdDSA")).signed_with(stranger.key()).build();
    table.refused("EdDSA by a stranger, under the kid of ES256", other_curve, sig(KeyForOtherAlgorithm));
}

/// RFC 8725 section 3.1: the same RSA key would do for six algorithms, and these signatures are all good ones.
#[test]
fn an_rsa_key_does_not_sign_with_another_padding_or_digest() {
    let der = SigningKey::generate_pkcs8(RS256).unwrap();
    let key = SigningKey::from_pkcs8(RS256, &der).unwrap();
    let pair = RsaKeyPair::from_pkcs8(&der).unwrap();
    let setting = Setting::with_key(key, &ALL);
    let mut table = Table::of(&setting);
    table.accepted("RS256", setting.good());
    let paddings: [(Algorithm, &dyn RsaEncoding); 3] =
        [(PS256, &RSA_PSS_SHA256), (Algorithm::PS512, &RSA_PSS_SHA512), (RS512, &RSA_PKCS1_SHA512)];
    for (algorithm, padding) in paddings {
        let sign = |input: &[u8]| {
            let mut signature = vec![0; pair.public_modulus_len()];
            pair.sign(padding, &SystemRandom::new(), input, &mut signature).unwrap();
            signature
        };
        let honest = resigned(&setting.with_header("alg", json!(algorithm)), sign);
        table.refused(format!("{algorithm:?}, and says so"), honest, sig(KeyForOtherAlgorithm));
        table.refused(format!("{algorithm:?}, called RS256"), resigned(&setting.good(), sign), sig(Mismatch));
    }
    table.refused("called ES384", setting.with_header("alg", json!(ES384)), sig(KeyForOtherAlgorithm));
}
