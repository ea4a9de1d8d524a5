//! Check 1: three parts, strict base64url, two JSON objects. Nothing in them is believed yet.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};

use super::strict_json;

/// Longest token that is looked at, in bytes.
pub const MAX_TOKEN_BYTES: usize = 8 * 1024;

/// RFC 7515 section 4.1.11, RFC 7797, RFC 7516: extensions that a reader must understand or refuse. This one
/// understands none.
const EXTENSIONS: [&str; 4] = ["crit", "b64", "enc", "zip"];

/// RFC 7515 sections 4.1.2 to 4.1.6: by these a token brings or names the key to check it with.
const OWN_KEYS: [&str; 4] = ["jwk", "jku", "x5u", "x5c"];

/// A token that can be read. None of it is verified.
#[derive(Debug, Clone)]
pub struct Decoded {
    /// The header.
    pub header: Map<String, Value>,
    /// The claims.
    pub claims: Map<String, Value>,
    pub(super) signing_input: Vec<u8>,
    pub(super) signature: Vec<u8>,
}

/// Why a token cannot be read, or must not be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Malformed {
    /// More than [`MAX_TOKEN_BYTES`].
    #[error("it has {0} bytes; more than {MAX_TOKEN_BYTES} are not looked at")]
    TooLong(usize),
    /// Five parts.
    #[error("it has five parts: an encrypted token (JWE), which only its audience can open; expected is a signed one")]
    Encrypted,
    /// Neither three nor five parts.
    #[error("it has {0} part(s) between dots, not three: header.claims.signature")]
    Parts(usize),
    /// Not base64url.
    #[error("its {part} is not base64url without padding: {reason}")]
    Encoding {
        /// Header, claims or signature.
        part: &'static str,
        /// What is wrong.
        reason: String,
    },
    /// Not JSON.
    #[error("its {part} is not a JSON object: {reason}")]
    Json {
        /// Header or claims.
        part: &'static str,
        /// What is wrong.
        reason: String,
    },
    /// `alg` is not a string.
    #[error("its header names no alg, or none that is a string")]
    NoAlgorithm,
    /// `kid` or `typ` is not a string.
    #[error("its header parameter {0} is not a string")]
    NotText(&'static str),
    /// `crit` and the like.
    #[error("its header has {0}: an extension that must be understood, and is not")]
    Extension(&'static str),
    /// `jwk` and the like.
    #[error("its header has {0}: a token must not say by which key it is checked")]
    OwnKey(&'static str),
    /// `alg` is `none`, or there is no signature.
    #[error("it is not signed (alg {0:?}, {1} bytes of signature): anybody can have written it")]
    Unsigned(String, usize),
}

/// Makes check 1.
///
/// # Errors
/// [`Malformed`].
pub fn decode(token: &str) -> Result<Decoded, Malformed> {
    if token.len() > MAX_TOKEN_BYTES {
        return Err(Malformed::TooLong(token.len()));
    }
    let parts: Vec<&str> = token.split('.').collect();
    let [header, claims, signature] = match parts.as_slice() {
        [header, claims, signature] => [*header, *claims, *signature],
        [_, _, _, _, _] => return Err(Malformed::Encrypted),
        other => return Err(Malformed::Parts(other.len())),
    };
    let signing_input = format!("{header}.{claims}").into_bytes();
    let header = object("header", header)?;
    check_parameters(&header)?;
    let signature = bytes("signature", signature)?;
    let alg = header.get("alg").and_then(Value::as_str).ok_or(Malformed::NoAlgorithm)?;
    if alg.eq_ignore_ascii_case("none") || signature.is_empty() {
        return Err(Malformed::Unsigned(alg.to_owned(), signature.len()));
    }
    let claims = object("claims", claims)?;
    Ok(Decoded { header, claims, signing_input, signature })
}

impl Decoded {
    /// A header parameter that is a string.
    #[must_use]
    pub fn parameter(&self, name: &str) -> Option<&str> {
        self.header.get(name).and_then(Value::as_str)
    }
}

/// Header and claims as far as they can be read, for showing alone: also of a token that check 1 refuses.
#[must_use]
pub fn peek(token: &str) -> [Option<Map<String, Value>>; 2] {
    let mut parts = token.get(..token.len().min(MAX_TOKEN_BYTES)).unwrap_or_default().split('.');
    [(); 2].map(|()| parts.next().and_then(|part| object("part", part).ok()))
}

fn check_parameters(header: &Map<String, Value>) -> Result<(), Malformed> {
    if let Some(name) = EXTENSIONS.into_iter().find(|name| header.contains_key(*name)) {
        return Err(Malformed::Extension(name));
    }
    if let Some(name) = OWN_KEYS.into_iter().find(|name| header.contains_key(*name)) {
        return Err(Malformed::OwnKey(name));
    }
    let not_text = |name: &&str| header.get(*name).is_some_and(|value| !value.is_string());
    ["kid", "typ"].into_iter().find(not_text).map_or(Ok(()), |name| Err(Malformed::NotText(name)))
}

fn object(part: &'static str, encoded: &str) -> Result<Map<String, Value>, Malformed> {
    strict_json::object(&bytes(part, encoded)?).map_err(|error| Malformed::Json { part, reason: error.to_string() })
}

/// Strict: no padding, no other alphabet, no bits beyond the end, so that no two texts are the same token.
fn bytes(part: &'static str, encoded: &str) -> Result<Vec<u8>, Malformed> {
    URL_SAFE_NO_PAD.decode(encoded).map_err(|error| Malformed::Encoding { part, reason: error.to_string() })
}
