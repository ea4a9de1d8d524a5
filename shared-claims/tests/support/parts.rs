//! Tokens taken apart and put together again.

use aws_lc_rs::hmac;
use base64::Engine;
use base64::alphabet::URL_SAFE;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use serde_json::json;
use shared_claims::testing::Draft;

pub fn b64(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

pub fn unb64(text: &str) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(text).unwrap()
}

/// Decodes as careless readers do: padding or not, whatever the last bits are.
pub fn lenient(text: &str) -> Option<Vec<u8>> {
    let careless = GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::Indifferent);
    GeneralPurpose::new(&URL_SAFE, careless).decode(text).ok()
}

/// Header, payload and signature.
pub fn parts(token: &str) -> [String; 3] {
    let parts: Vec<_> = token.split('.').map(str::to_owned).collect();
    parts.try_into().expect("three parts")
}

/// The token with one of its parts replaced.
pub fn with_part(token: &str, index: usize, part: &str) -> String {
    let mut parts = parts(token);
    parts[index] = part.to_owned();
    parts.join(".")
}

/// The token under another signature, made from what it says.
pub fn resigned(token: &str, sign: impl Fn(&[u8]) -> Vec<u8>) -> String {
    let (input, _) = token.rsplit_once('.').expect("three parts");
    format!("{input}.{}", b64(sign(input.as_bytes())))
}

/// The draft under an HMAC, whose name `alg` tells.
pub fn hmac_token(draft: Draft, name: &str, algorithm: hmac::Algorithm, secret: &[u8]) -> String {
    let key = hmac::Key::new(algorithm, secret);
    resigned(&draft.header("alg", json!(name)).build(), |input| hmac::sign(&key, input).as_ref().to_vec())
}
