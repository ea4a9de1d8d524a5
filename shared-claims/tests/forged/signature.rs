//! Signature: cut, extended, zero, in another encoding, at the edges of its numbers.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair};
use jsonwebtoken::Algorithm::{ES256, EdDSA, RS256};
use jsonwebtoken::jwk::AlgorithmParameters;
use serde_json::json;
use shared_claims::sign::SigningKey;
use shared_claims::testing::{Mint, TestClock};
use shared_claims::verify::FormRefusal::{NoSignature, NotBase64Url};
use shared_claims::verify::SignatureRefusal::Mismatch;

use crate::support::material::{ED25519_ORDER, P256_ORDER, add, number, subtract, unhex};
use crate::support::parts::{b64, parts, resigned, unb64, with_part};
use crate::support::table::{Table, form, sig};
use crate::support::{ISSUER, Setting};

fn signature_of(token: &str) -> Vec<u8> {
    unb64(&parts(token)[2])
}

/// The token under these bytes as its signature.
fn under(token: &str, signature: impl AsRef<[u8]>) -> String {
    with_part(token, 2, &b64(signature))
}

#[test]
fn a_signature_is_taken_whole_and_unchanged() {
    for algorithm in [ES256, EdDSA, RS256] {
        let setting = Setting::signing_with(algorithm);
        let good = setting.good();
        let signature = signature_of(&good);
        let length = signature.len();
        let mut table = Table::of(&setting);
        let mut row = |name: &str, bytes: Vec<u8>| {
            table.refused(format!("{algorithm:?}: {name}"), under(&good, bytes), sig(Mismatch));
        };
        row("without its last byte", signature[..length - 1].to_vec());
        row("without its first byte", signature[1..].to_vec());
        row("its first half", signature[..length / 2].to_vec());
        row("its second half", signature[length / 2..].to_vec());
        row("its first byte", signature[..1].to_vec());
        row("a zero after it", [&signature[..], &[0]].concat());
        row("a zero before it", [&[0], &signature[..]].concat());
        row("twice", signature.repeat(2));
        row("a kilobyte after it", [&signature[..], &[0; 1024]].concat());
        row("zeros", vec![0; length]);
        row("ones", vec![0xff; length]);
        row("one zero", vec![0]);
        row("backwards", signature.iter().rev().copied().collect());
        row("its halves swapped", [&signature[length / 2..], &signature[..length / 2]].concat());
        row("of another token", signature_of(&setting.good()));
        row("as base64url once more", b64(&signature).into_bytes());
        row("as hexadecimal", signature.iter().flat_map(|byte| format!("{byte:02x}").into_bytes()).collect());
        table.refused("empty", under(&good, []), form(NoSignature));
        table.refused("a sign of padding", with_part(&good, 2, "="), form(NotBase64Url));
        table.accepted("the good token", &good);
    }
}

#[test]
fn a_signature_is_of_this_header_and_this_payload() {
    let setting = Setting::new();
    let (one, two) = (setting.good(), setting.with_header("x", json!(1)));
    let [header, payload, _] = parts(&two);
    let stranger = Mint::new(ISSUER, TestClock::new());
    let mut table = Table::of(&setting);
    table.refused("another payload", with_part(&one, 1, &payload), sig(Mismatch));
    table.refused("another header", with_part(&one, 0, &header), sig(Mismatch));
    table.refused("a stranger's, under our kid", setting.draft().signed_by_a_stranger().build(), sig(Mismatch));
    table.refused("a stranger's of the same name", setting.draft().signed_with(stranger.key()).build(), sig(Mismatch));
    let of_payload = resigned(&one, |_| signature_of(&setting.draft().header_bytes("{}").build()));
    table.refused("of the payload alone", of_payload, sig(Mismatch));
    // The dot between the parts is signed too: moving it makes another token.
    let [header, payload, signature] = parts(&one);
    let moved = format!("{}.{}{payload}.{signature}", &header[..header.len() - 4], &header[header.len() - 4..]);
    assert!(setting.verify(moved).is_err());
}

/// CVE-2022-21449: r and s of zero, or of the order, made every message match.
#[test]
fn the_edges_of_r_and_s_match_nothing() {
    let setting = Setting::new();
    let good = setting.good();
    let (order, one) = (unhex(P256_ORDER), number(1, 32));
    let edges = [
        ("0", vec![0; 32]),
        ("1", one.clone()),
        ("n-1", subtract(&order, &one)),
        ("n", order.clone()),
        ("n+1", add(&order, &one).unwrap()),
        ("2^256-1", vec![0xff; 32]),
    ];
    let (r, s) = (signature_of(&good)[..32].to_vec(), signature_of(&good)[32..].to_vec());
    let mut table = Table::of(&setting);
    for (left_name, left) in &edges {
        for (right_name, right) in &edges {
            table.refused(
                format!("r={left_name} s={right_name}"),
                under(&good, [&left[..], right].concat()),
                sig(Mismatch),
            );
        }
        table.refused(format!("r={left_name}"), under(&good, [&left[..], &s].concat()), sig(Mismatch));
        table.refused(format!("s={left_name}"), under(&good, [&r[..], left].concat()), sig(Mismatch));
    }
    for (name, number) in [("r+n", &r), ("s+n", &s)] {
        // Fits into 32 bytes only for small numbers; with one more byte it always does.
        let wide = add(&[&[0], &number[..]].concat(), &[&[0], &order[..]].concat()).unwrap();
        let (left, right) = if name == "r+n" { (&wide, &s) } else { (&r, &wide) };
        table.refused(format!("{name} in 33 bytes"), under(&good, [&left[..], right].concat()), sig(Mismatch));
    }
}

/// RFC 7518 section 3.4 does not ask for the lower of the two possible s, so the other one is a good signature too.
/// Hence a token's text is no name for it: revocation and replay go by `jti`.
#[test]
fn the_other_s_of_an_ecdsa_signature_is_good_and_names_the_same_token() {
    let setting = Setting::new();
    let good = setting.good();
    let signature = signature_of(&good);
    let twin = under(&good, [&signature[..32], &subtract(&unhex(P256_ORDER), &signature[32..])].concat());
    assert_ne!(good, twin);
    let (one, other) = (setting.verify(&good).unwrap(), setting.verify(&twin).unwrap());
    assert_eq!(one.registered.token_id, other.registered.token_id);
}

/// RFC 7518 section 3.4: r and s side by side, never the DER that most libraries give.
#[test]
fn a_der_encoded_signature_is_refused() {
    let der = SigningKey::generate_pkcs8(ES256).unwrap();
    let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &der).unwrap();
    let setting = Setting::with_key(SigningKey::from_pkcs8(ES256, &der).unwrap(), &[ES256]);
    let mut table = Table::of(&setting);
    table.accepted("side by side", setting.good());
    let encoded = resigned(&setting.good(), |input| pair.sign(&SystemRandom::new(), input).unwrap().as_ref().to_vec());
    table.refused("DER", encoded, sig(Mismatch));
}

/// RFC 8032 section 5.1.7: S must be below the group's order, or each signature would have a twin.
#[test]
fn the_edges_of_an_eddsa_signature_match_nothing() {
    let setting = Setting::signing_with(EdDSA);
    let good = setting.good();
    let signature = signature_of(&good);
    let (point, scalar) = signature.split_at(32);
    let big = |little: &[u8]| little.iter().rev().copied().collect::<Vec<_>>();
    let twin = big(&add(&big(scalar), &big(&unhex(ED25519_ORDER))).unwrap());
    let mut identity = vec![0; 32];
    identity[0] = 1;
    let mut sign_of_x = point.to_vec();
    sign_of_x[31] ^= 0x80;
    let mut table = Table::of(&setting);
    let mut row = |name: &str, left: &[u8], right: &[u8]| {
        table.refused(name, under(&good, [left, right].concat()), sig(Mismatch));
    };
    row("S + L", point, &twin);
    row("S = 0", point, &[0; 32]);
    row("S = L", point, &unhex(ED25519_ORDER));
    row("the identity and 0", &identity, &[0; 32]);
    row("the identity and S", &identity, scalar);
    row("a point not in least form", &[0xff; 32], scalar);
    row("the other sign of x", &sign_of_x, scalar);
    row("zero and S", &[0; 32], scalar);
    table.accepted("the good token", &good);
}

#[test]
fn the_edges_of_an_rsa_signature_match_nothing() {
    let setting = Setting::signing_with(RS256);
    let good = setting.good();
    let key = setting.mint.key();
    let AlgorithmParameters::RSA(rsa) = &key.public_jwk().algorithm else { panic!("not RSA") };
    let (modulus, signature) = (unb64(&rsa.n), signature_of(&good));
    let one = number(1, modulus.len());
    // RFC 8017 section 9.2 without the RSA: what a check with e=1 would accept.
    let padded = [&[0, 1][..], &[0xff; 202], &[0], &unhex("3031300d060960864801650304020105000420"), &[7; 32]].concat();
    let wide = |bytes: &[u8]| [&[0], bytes].concat();
    let mut table = Table::of(&setting);
    let mut row = |name: &str, bytes: &[u8]| table.refused(name, under(&good, bytes), sig(Mismatch));
    row("1", &one);
    row("n-1", &subtract(&modulus, &one));
    row("n", &modulus);
    row("n+1", &add(&modulus, &one).unwrap());
    row("n-S", &subtract(&modulus, &signature));
    row("S+n in one byte more", &add(&wide(&signature), &wide(&modulus)).unwrap());
    row("S in one byte more", &wide(&signature));
    row("the padded digest itself", &padded);
    row("1 in one byte", &[1]);
    table.accepted("the good token", &good);
}
