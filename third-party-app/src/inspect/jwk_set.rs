//! A published set of keys (RFC 7517), and the key of it that a token may be checked with.

use jsonwebtoken::{Algorithm, DecodingKey};
use serde::Deserialize;
use serde_json::Value;

/// A set that cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("not a JWK set: {0}")]
pub struct InvalidKeySet(#[from] serde_json::Error);

/// A JWK set. Members that are no usable keys are passed over when a key is looked for (RFC 7517 section 5).
#[derive(Debug, Clone)]
pub struct KeySet(Vec<Jwk>);

#[derive(Deserialize)]
struct Published {
    keys: Vec<Value>,
}

/// The public parts of a JWK. jsonwebtoken's own type is not used: its `DecodingKey::from_jwk` makes an HMAC key of
/// `kty=oct` and looks neither at `use`, `key_ops`, `alg` nor `crv`.
#[derive(Debug, Clone, Deserialize)]
struct Jwk {
    kty: String,
    kid: Option<String>,
    #[serde(rename = "use")]
    public_key_use: Option<String>,
    key_ops: Option<Vec<String>>,
    alg: Option<String>,
    crv: Option<String>,
    x: Option<String>,
    y: Option<String>,
    n: Option<String>,
    e: Option<String>,
}

/// Why no key of the set fits.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum NoKey {
    #[error("it names no kid, so there is no telling which key signed it")]
    Unnamed,
    #[error("no key of the set has its kid {kid:?} (the set has: {known})")]
    Unknown { kid: String, known: String },
    #[error("several keys of the set have its kid {0:?}")]
    Ambiguous(String),
    #[error("the key {0:?} is not published for signatures (use is not \"sig\", or key_ops lacks \"verify\")")]
    OtherUse(String),
    #[error("its alg is {found}, but the key {kid:?} is for {stated}: one key, one algorithm")]
    OtherAlgorithm { kid: String, found: String, stated: String },
    #[error("the key {kid:?} is no key for {alg}: {reason}")]
    Unusable { kid: String, alg: String, reason: &'static str },
}

impl KeySet {
    /// Reads a set.
    ///
    /// # Errors
    /// [`InvalidKeySet`].
    pub fn read(json: Value) -> Result<Self, InvalidKeySet> {
        let published: Published = serde_json::from_value(json)?;
        let keys = published.keys.into_iter().filter_map(|key| serde_json::from_value(key).ok()).collect();
        Ok(Self(keys))
    }

    /// The key with this name, made for this algorithm and no other.
    pub(super) fn find(&self, kid: Option<&str>, algorithm: Algorithm, name: &str) -> Result<DecodingKey, NoKey> {
        let kid = kid.ok_or(NoKey::Unnamed)?;
        let mut named = self.0.iter().filter(|key| key.kid.as_deref() == Some(kid));
        let jwk = named.next().ok_or_else(|| self.unknown(kid))?;
        if named.next().is_some() {
            return Err(NoKey::Ambiguous(kid.to_owned()));
        }
        let may_verify = jwk.key_ops.as_ref().is_none_or(|ops| ops.iter().any(|op| op == "verify"));
        if jwk.public_key_use.as_deref() != Some("sig") || !may_verify {
            return Err(NoKey::OtherUse(kid.to_owned()));
        }
        if jwk.alg.as_deref() != Some(name) {
            let stated = jwk.alg.clone().unwrap_or_else(|| "no stated algorithm".to_owned());
            return Err(NoKey::OtherAlgorithm { kid: kid.to_owned(), found: name.to_owned(), stated });
        }
        let unusable = |reason| NoKey::Unusable { kid: kid.to_owned(), alg: name.to_owned(), reason };
        jwk.decoding_key(algorithm).map_err(unusable)
    }

    fn unknown(&self, kid: &str) -> NoKey {
        let known: Vec<_> = self.0.iter().filter_map(|key| key.kid.as_deref()).collect();
        NoKey::Unknown { kid: kid.to_owned(), known: known.join(", ") }
    }
}

impl Jwk {
    /// RFC 7518 section 6, RFC 8037 section 2.
    fn decoding_key(&self, algorithm: Algorithm) -> Result<DecodingKey, &'static str> {
        let text = |member: &Option<String>, reason| member.clone().ok_or(reason);
        match (algorithm, self.kty.as_str(), self.crv.as_deref()) {
            (Algorithm::ES256, "EC", Some("P-256")) => {
                let (x, y) = (text(&self.x, "x is missing")?, text(&self.y, "y is missing")?);
                // 32 bytes are 43 characters of base64url; shorter ones would be another point.
                if x.len() != 43 || y.len() != 43 {
                    return Err("x and y must have 32 bytes each");
                }
                DecodingKey::from_ec_components(&x, &y).map_err(|_| "x or y is not base64url")
            }
            (Algorithm::EdDSA, "OKP", Some("Ed25519")) => {
                let x = text(&self.x, "x is missing")?;
                if x.len() != 43 {
                    return Err("x must have 32 bytes");
                }
                DecodingKey::from_ed_components(&x).map_err(|_| "x is not base64url")
            }
            (Algorithm::RS256, "RSA", _) => {
                let (n, e) = (text(&self.n, "n is missing")?, text(&self.e, "e is missing")?);
                // aws-lc itself refuses a modulus of less than 2048 or more than 8192 bits.
                DecodingKey::from_rsa_components(&n, &e).map_err(|_| "n or e is not base64url")
            }
            _ => Err("kty and crv do not go with the algorithm"),
        }
    }
}
