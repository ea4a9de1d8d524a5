//! Check 1: the token is well-formed. Nothing in it is believed yet.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};

use super::refusal::FormRefusal;
use super::strict_json;
use crate::ids::KeyId;

/// Longest token that is looked at, in bytes. Ours have about 700.
pub const MAX_TOKEN_BYTES: usize = 8 * 1024;

/// Header parameters that name an extension which must be understood (RFC 7515 section 4.1.11, RFC 7797), or make
/// the object a JWE (RFC 7516). We understand none.
const EXTENSIONS: [&str; 4] = ["crit", "b64", "enc", "zip"];

/// Header parameters by which a token brings or names the key to check it with (RFC 7515 sections 4.1.2 to 4.1.6).
/// Keys come from the agreement alone; a token that argues otherwise is refused, and nothing is fetched.
const FOREIGN_KEYS: [&str; 4] = ["jwk", "jku", "x5u", "x5c"];

/// A token as it came: bytes.
#[derive(Clone, Copy)]
pub struct Raw<'t>(&'t [u8]);

/// A JWS in compact serialization whose header and payload are JSON objects. It exposes what finds the key and
/// nothing else.
pub struct WellFormed<'t> {
    pub(super) signing_input: &'t [u8],
    pub(super) signature: Vec<u8>,
    pub(super) alg: String,
    pub(super) typ: Option<String>,
    pub(super) kid: Option<KeyId>,
    pub(super) claims: Map<String, Value>,
}

impl<'t> Raw<'t> {
    /// Nothing is checked here.
    #[must_use]
    pub fn new(token: &'t [u8]) -> Self {
        Self(token)
    }

    /// Check 1.
    ///
    /// # Errors
    /// The first of [`FormRefusal`] that applies.
    pub fn well_formed(self) -> Result<WellFormed<'t>, FormRefusal> {
        if self.0.len() > MAX_TOKEN_BYTES {
            return Err(FormRefusal::TooLong);
        }
        // RFC 7519 section 7.2, step 1, and RFC 7515 section 7.1: exactly three parts.
        let mut parts = self.0.split(|byte| *byte == b'.');
        let (Some(header), Some(payload), Some(signature), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(FormRefusal::NotThreeParts);
        };
        let signing_input = self.0.get(..header.len() + 1 + payload.len()).ok_or(FormRefusal::NotThreeParts)?;

        // Steps 2 to 5: decode the header, read it as JSON, and check its parameters.
        let header = strict_json::object(&decode(header)?)?;
        refuse_parameters(&header)?;
        let alg = text(&header, "alg")?.ok_or(FormRefusal::HeaderParameter("alg"))?;
        let typ = text(&header, "typ")?;
        let kid = text(&header, "kid")?
            .map(|kid| KeyId::new(kid).map_err(|_| FormRefusal::HeaderParameter("kid")))
            .transpose()?;

        // Steps 7 to 10: the payload is a JSON object too. It is read now, so that what cannot be read never reaches
        // the costlier checks, and kept out of reach until they have passed.
        let claims = strict_json::object(&decode(payload)?)?;
        let signature = decode(signature)?;
        if signature.is_empty() {
            return Err(FormRefusal::NoSignature);
        }
        Ok(WellFormed { signing_input, signature, alg, typ, kid, claims })
    }
}

impl WellFormed<'_> {
    /// The name of the key that is said to have signed it.
    #[must_use]
    pub fn unverified_kid(&self) -> Option<&KeyId> {
        self.kid.as_ref()
    }

    /// The algorithm that is said to have signed it.
    #[must_use]
    pub fn unverified_alg(&self) -> &str {
        &self.alg
    }

    /// Who is said to have issued it: to find whose keys to try, where several issuers are possible.
    #[must_use]
    pub fn unverified_issuer(&self) -> Option<&str> {
        self.claims.get("iss").and_then(Value::as_str)
    }

    /// For whom it is said to be, if for one: to find whose it is, where the agreement depends on that.
    #[must_use]
    pub fn unverified_audience(&self) -> Option<&str> {
        self.claims.get("aud").and_then(Value::as_str)
    }
}

/// Strict base64url (RFC 7515 section 2): no padding, no other alphabet, no bits beyond the end.
fn decode(part: &[u8]) -> Result<Vec<u8>, FormRefusal> {
    URL_SAFE_NO_PAD.decode(part).map_err(|_| FormRefusal::NotBase64Url)
}

fn refuse_parameters(header: &Map<String, Value>) -> Result<(), FormRefusal> {
    if let Some(name) = EXTENSIONS.into_iter().find(|name| header.contains_key(*name)) {
        return Err(FormRefusal::Extension(name));
    }
    if let Some(name) = FOREIGN_KEYS.into_iter().find(|name| header.contains_key(*name)) {
        return Err(FormRefusal::ForeignKey(name));
    }
    Ok(())
}

fn text(header: &Map<String, Value>, name: &'static str) -> Result<Option<String>, FormRefusal> {
    match header.get(name) {
        None => Ok(None),
        Some(Value::String(value)) => Ok(Some(value.clone())),
        Some(_) => Err(FormRefusal::HeaderParameter(name)),
    }
}
