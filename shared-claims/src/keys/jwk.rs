//! From a JWK (RFC 7517) to a key for exactly the algorithm, use and curve that it states.
//!
//! `jsonwebtoken::DecodingKey::from_jwk` makes an HMAC key of a `kty=oct` JWK and looks neither at `use`, `key_ops`,
//! `alg` nor `crv`; a verifier that takes its result for whatever the token's header says can be talked into anything.

use aws_lc_rs::signature as aws;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::crypto::aws_lc::DEFAULT_PROVIDER;
use jsonwebtoken::jwk::{AlgorithmParameters, CommonParameters, EllipticCurve, Jwk, KeyOperations, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey, DecodingKeyKind as Kind};

use super::roca;
use crate::ids::KeyId;

/// Smallest RSA modulus that is accepted, in bytes (2048 bits, RFC 7518 section 3.3), and the largest, beyond which a
/// check costs too much.
const RSA_MODULUS_BYTES: std::ops::RangeInclusive<usize> = 256..=1024;

/// The JWK is no key that a signature may be checked with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidJwk {
    /// `kty` is not `EC`, `OKP` or `RSA`: a shared secret, or something unknown.
    #[error("kty is not one of EC, OKP and RSA")]
    KeyType,
    /// `use` is not `sig`, or `key_ops` lacks `verify`.
    #[error("the key is not meant for checking signatures")]
    Use,
    /// `alg` is missing where the key type leaves it open, unknown, or does not go with `kty` and `crv`.
    #[error("alg is missing or does not go with the key's type and curve")]
    Algorithm,
    /// The curve is not P-256, P-384 or Ed25519.
    #[error("crv is not one of P-256, P-384 and Ed25519")]
    Curve,
    /// The key's values are no such key: wrong length, not on the curve, too small, known to be weak.
    #[error("the key's values are not valid")]
    Values,
    /// `kid` is empty, too long or holds control characters.
    #[error("kid is not usable")]
    KeyId,
}

/// A public key, for one algorithm.
#[derive(Clone)]
pub struct PublicKey {
    kid: Option<KeyId>,
    algorithm: Algorithm,
    key: DecodingKey,
}

impl PublicKey {
    /// Reads a JWK.
    ///
    /// # Errors
    /// [`InvalidJwk`].
    pub fn from_jwk(jwk: &Jwk) -> Result<Self, InvalidJwk> {
        check_use(&jwk.common)?;
        let kid = jwk.common.key_id.clone().map(KeyId::new).transpose().map_err(|_| InvalidJwk::KeyId)?;
        let algorithm = stated_algorithm(jwk)?;
        let key = match &jwk.algorithm {
            AlgorithmParameters::EllipticCurve(ec) => ec_key(algorithm, &ec.x, &ec.y)?,
            AlgorithmParameters::OctetKeyPair(okp) => ed_key(&okp.x)?,
            AlgorithmParameters::RSA(rsa) => rsa_key(&rsa.n, &rsa.e)?,
            _ => return Err(InvalidJwk::KeyType),
        };
        Ok(Self { kid, algorithm, key })
    }

    /// Its name.
    #[must_use]
    pub fn kid(&self) -> Option<&KeyId> {
        self.kid.as_ref()
    }

    /// The one algorithm that it is for.
    #[must_use]
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// Whether it is the same key under the same name: an issuer that reuses a `kid` for another key has two keys.
    pub(crate) fn same_as(&self, other: &Self) -> bool {
        let same_material = match (self.key.kind(), other.key.kind()) {
            (Kind::SecretOrDer(ours), Kind::SecretOrDer(theirs)) => ours == theirs,
            (Kind::RsaModulusExponent { n, e }, Kind::RsaModulusExponent { n: their_n, e: their_e }) => {
                n == their_n && e == their_e
            }
            _ => false,
        };
        self.kid == other.kid && self.algorithm == other.algorithm && same_material
    }

    /// Whether `signature` is this key's over `message`. The provider is named here rather than installed for the
    /// whole process, which is the application's to do and not a library's.
    pub(crate) fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        (DEFAULT_PROVIDER.verifier_factory)(&self.algorithm, &self.key)
            .is_ok_and(|verifier| verifier.verify(message, &signature.to_vec()).is_ok())
    }
}

fn check_use(common: &CommonParameters) -> Result<(), InvalidJwk> {
    let use_fits = matches!(common.public_key_use, None | Some(PublicKeyUse::Signature));
    let operations_fit = common.key_operations.as_ref().is_none_or(|ops| ops.contains(&KeyOperations::Verify));
    if use_fits && operations_fit { Ok(()) } else { Err(InvalidJwk::Use) }
}

/// One algorithm per key. A curve has only one, so `alg` may be left out there; an RSA key must say it.
fn stated_algorithm(jwk: &Jwk) -> Result<Algorithm, InvalidJwk> {
    let stated = match jwk.common.key_algorithm {
        Some(name) => Some(name.to_string().parse::<Algorithm>().map_err(|_| InvalidJwk::Algorithm)?),
        None => None,
    };
    let (implied, fits): (Option<Algorithm>, fn(Algorithm) -> bool) = match &jwk.algorithm {
        AlgorithmParameters::EllipticCurve(ec) => match ec.curve {
            EllipticCurve::P256 => (Some(Algorithm::ES256), |alg| alg == Algorithm::ES256),
            EllipticCurve::P384 => (Some(Algorithm::ES384), |alg| alg == Algorithm::ES384),
            _ => return Err(InvalidJwk::Curve),
        },
        AlgorithmParameters::OctetKeyPair(okp) => match okp.curve {
            EllipticCurve::Ed25519 => (Some(Algorithm::EdDSA), |alg| alg == Algorithm::EdDSA),
            _ => return Err(InvalidJwk::Curve),
        },
        AlgorithmParameters::RSA(_) => (None, |alg| alg.family() == jsonwebtoken::AlgorithmFamily::Rsa),
        _ => return Err(InvalidJwk::KeyType),
    };
    stated.or(implied).filter(|alg| fits(*alg)).ok_or(InvalidJwk::Algorithm)
}

fn decode(value: &str) -> Result<Vec<u8>, InvalidJwk> {
    URL_SAFE_NO_PAD.decode(value).map_err(|_| InvalidJwk::Values)
}

/// RFC 7518 section 6.2.1: both coordinates have the full length of the curve.
fn ec_key(algorithm: Algorithm, x: &str, y: &str) -> Result<DecodingKey, InvalidJwk> {
    let (length, on_curve) = match algorithm {
        Algorithm::ES256 => (32, &aws::ECDSA_P256_SHA256_FIXED),
        _ => (48, &aws::ECDSA_P384_SHA384_FIXED),
    };
    let (x, y) = (decode(x)?, decode(y)?);
    if x.len() != length || y.len() != length {
        return Err(InvalidJwk::Values);
    }
    let point = [&[0x04], x.as_slice(), y.as_slice()].concat();
    aws::ParsedPublicKey::new(on_curve, &point).map_err(|_| InvalidJwk::Values)?;
    Ok(DecodingKey::from_ec_der(&point))
}

/// The y coordinates, little endian, of the points whose order divides 8, and of their other spellings. Under such a "key"
/// anybody can sign (RFC 8032 section 5.1.7 multiplies by the cofactor, or may).
const SMALL_ORDER: [&str; 7] = [
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0100000000000000000000000000000000000000000000000000000000000000",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
];

fn has_small_order(point: &[u8]) -> bool {
    // The highest bit is the sign of x and does not change the order.
    let Some((last, rest)) = point.split_last() else { return true };
    let hex = rest.iter().chain([&(last & 0x7f)]).map(|byte| format!("{byte:02x}")).collect::<String>();
    SMALL_ORDER.contains(&hex.as_str())
}

fn ed_key(x: &str) -> Result<DecodingKey, InvalidJwk> {
    let x = decode(x)?;
    aws::ParsedPublicKey::new(&aws::ED25519, &x).map_err(|_| InvalidJwk::Values)?;
    if has_small_order(&x) {
        return Err(InvalidJwk::Values);
    }
    Ok(DecodingKey::from_ed_der(&x))
}

fn rsa_key(n: &str, e: &str) -> Result<DecodingKey, InvalidJwk> {
    let (n, e) = (decode(n)?, decode(e)?);
    let canonical = n.first().is_some_and(|byte| *byte != 0) && e.first().is_some_and(|byte| *byte != 0);
    let odd_exponent = e.last().is_some_and(|byte| byte % 2 == 1) && e.as_slice() != [1];
    if !canonical || !odd_exponent || e.len() > 8 || !RSA_MODULUS_BYTES.contains(&n.len()) || roca::has_mark(&n) {
        return Err(InvalidJwk::Values);
    }
    Ok(DecodingKey::from_rsa_raw_components(&n, &e))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_point_under_which_anybody_can_sign_is_no_key() {
        for hex in SMALL_ORDER {
            for sign in [0x00, 0x80] {
                let mut point: Vec<u8> =
                    (0..64).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect();
                point[31] |= sign;
                assert!(has_small_order(&point), "{hex} {sign}");
                assert_eq!(ed_key(&URL_SAFE_NO_PAD.encode(&point)).err(), Some(InvalidJwk::Values));
            }
        }
        // RFC 8037 appendix A.2.
        assert!(ed_key("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo").is_ok());
    }
}
