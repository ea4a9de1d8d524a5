//! Public keys in every form in which they go around, and numbers as large as keys.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jsonwebtoken::jwk::AlgorithmParameters;
use shared_claims::sign::SigningKey;

use super::parts::unb64;

/// The order of P-256, big end first (SEC 2 section 2.4.2).
pub const P256_ORDER: &str = "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551";
/// The order of Ed25519's group, little end first (RFC 8032 section 5.1).
pub const ED25519_ORDER: &str = "edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010";

pub fn unhex(text: &str) -> Vec<u8> {
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect()
}

/// `left - right`, big end first, both of the same length; what is borrowed from beyond the end is dropped.
pub fn subtract(left: &[u8], right: &[u8]) -> Vec<u8> {
    let mut borrow = 0;
    let mut difference: Vec<u8> = left
        .iter()
        .zip(right)
        .rev()
        .map(|(left, right)| {
            let digit = i16::from(*left) - i16::from(*right) - borrow;
            borrow = i16::from(digit < 0);
            u8::try_from(digit.rem_euclid(256)).unwrap()
        })
        .collect();
    difference.reverse();
    difference
}

/// `left + right`, big end first, both of the same length; `None` if the sum has more bytes.
pub fn add(left: &[u8], right: &[u8]) -> Option<Vec<u8>> {
    let mut carry = 0;
    let mut sum: Vec<u8> = left
        .iter()
        .zip(right)
        .rev()
        .map(|(left, right)| {
            let digit = u16::from(*left) + u16::from(*right) + carry;
            carry = digit >> 8;
            u8::try_from(digit & 0xff).unwrap()
        })
        .collect();
    sum.reverse();
    (carry == 0).then_some(sum)
}

/// `number` in as many bytes as `length`, big end first.
pub fn number(number: u8, length: usize) -> Vec<u8> {
    let mut bytes = vec![0; length];
    bytes[length - 1] = number;
    bytes
}

/// The public half of a P-256 key, in every form that someone could take for a shared secret.
pub fn p256_forms(key: &SigningKey) -> Vec<(&'static str, Vec<u8>)> {
    let jwk = key.public_jwk();
    let AlgorithmParameters::EllipticCurve(ec) = &jwk.algorithm else { panic!("not P-256") };
    let (x, y) = (unb64(&ec.x), unb64(&ec.y));
    let point = [&[4], x.as_slice(), y.as_slice()].concat();
    let compressed = [&[2 + y[31] % 2], x.as_slice()].concat();
    // RFC 5480: the algorithm and the curve, then the point.
    let der = [unhex("3059301306072a8648ce3d020106082a8648ce3d030107034200"), point.clone()].concat();
    let text = STANDARD.encode(&der);
    let pem = |end: &str| {
        let lines = text.as_bytes().chunks(64).map(|line| String::from_utf8_lossy(line)).collect::<Vec<_>>().join(end);
        ["-----BEGIN PUBLIC KEY-----", end, &lines, end, "-----END PUBLIC KEY-----"].concat()
    };
    vec![
        ("DER", der.clone()),
        ("DER in base64", text.clone().into_bytes()),
        ("PEM", format!("{}\n", pem("\n")).into_bytes()),
        ("PEM without the last line feed", pem("\n").into_bytes()),
        ("PEM with carriage returns", format!("{}\r\n", pem("\r\n")).into_bytes()),
        ("PEM in one line", pem("").into_bytes()),
        ("JWK", serde_json::to_vec(jwk).unwrap()),
        ("x", ec.x.clone().into_bytes()),
        ("y", ec.y.clone().into_bytes()),
        ("x in bytes", x),
        ("y in bytes", y),
        ("the point", point),
        ("the compressed point", compressed),
        ("kid", key.kid().as_str().as_bytes().to_vec()),
        ("kid in bytes", unb64(key.kid().as_str())),
    ]
}
