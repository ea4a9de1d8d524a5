//! The public half of a key, as the JWK that others read.

use aws_lc_rs::digest;
use aws_lc_rs::rsa::PublicKey as RsaPublicKey;
use aws_lc_rs::signature::RsaPublicKeyComponents;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::jwk::{
    AlgorithmParameters, CommonParameters, EllipticCurve, EllipticCurveKeyParameters, EllipticCurveKeyType, Jwk,
    KeyAlgorithm, OctetKeyPairParameters, OctetKeyPairType, PublicKeyUse, RSAKeyParameters, RSAKeyType,
};
use serde::Serialize;

use super::key::SigningKey;

/// A JWK Set (RFC 7517 section 5), for `jwks.json`.
#[derive(Debug, Clone, Serialize)]
pub struct JwkSetDocument {
    keys: Vec<Jwk>,
}

impl JwkSetDocument {
    /// The public halves of these keys.
    pub fn of<'k>(keys: impl IntoIterator<Item = &'k SigningKey>) -> Self {
        Self { keys: keys.into_iter().map(|key| key.public_jwk().clone()).collect() }
    }
}

/// The JWK thumbprint with SHA-256 (RFC 7638 section 3): over the required members in alphabetical order. `None` for
/// key types that have none here.
#[must_use]
pub fn thumbprint(key: &AlgorithmParameters) -> Option<String> {
    let canonical = match key {
        AlgorithmParameters::EllipticCurve(ec) => {
            let crv = serde_json::to_value(&ec.curve).ok()?;
            format!(r#"{{"crv":{crv},"kty":"EC","x":"{}","y":"{}"}}"#, ec.x, ec.y)
        }
        AlgorithmParameters::OctetKeyPair(okp) => {
            let crv = serde_json::to_value(&okp.curve).ok()?;
            format!(r#"{{"crv":{crv},"kty":"OKP","x":"{}"}}"#, okp.x)
        }
        AlgorithmParameters::RSA(rsa) => format!(r#"{{"e":"{}","kty":"RSA","n":"{}"}}"#, rsa.e, rsa.n),
        _ => return None,
    };
    Some(URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, canonical.as_bytes())))
}

pub(super) fn ec_p256(point: &[u8]) -> Option<Jwk> {
    // SEC 1 section 2.3.3: 0x04, then both coordinates.
    let (x, y) = (point.get(1..33)?, point.get(33..65)?);
    let parameters = EllipticCurveKeyParameters {
        key_type: EllipticCurveKeyType::EC,
        curve: EllipticCurve::P256,
        x: URL_SAFE_NO_PAD.encode(x),
        y: URL_SAFE_NO_PAD.encode(y),
    };
    named(KeyAlgorithm::ES256, AlgorithmParameters::EllipticCurve(parameters))
}

pub(super) fn ed25519(point: &[u8]) -> Option<Jwk> {
    let parameters = OctetKeyPairParameters {
        key_type: OctetKeyPairType::OctetKeyPair,
        curve: EllipticCurve::Ed25519,
        x: URL_SAFE_NO_PAD.encode(point),
    };
    named(KeyAlgorithm::EdDSA, AlgorithmParameters::OctetKeyPair(parameters))
}

pub(super) fn rsa(key: &RsaPublicKey) -> Option<Jwk> {
    let components = RsaPublicKeyComponents::<Vec<u8>>::from(key);
    let parameters = RSAKeyParameters {
        key_type: RSAKeyType::RSA,
        n: URL_SAFE_NO_PAD.encode(components.n),
        e: URL_SAFE_NO_PAD.encode(components.e),
    };
    named(KeyAlgorithm::RS256, AlgorithmParameters::RSA(parameters))
}

fn named(key_algorithm: KeyAlgorithm, algorithm: AlgorithmParameters) -> Option<Jwk> {
    let common = CommonParameters {
        public_key_use: Some(PublicKeyUse::Signature),
        key_algorithm: Some(key_algorithm),
        key_id: Some(thumbprint(&algorithm)?),
        ..CommonParameters::default()
    };
    Some(Jwk { common, algorithm })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 7638 section 3.1.
    #[test]
    fn the_thumbprint_of_the_rfcs_key_is_the_rfcs() {
        let n = concat!(
            "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMs",
            "tn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn",
            "1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw"
        );
        let key = AlgorithmParameters::RSA(RSAKeyParameters {
            key_type: RSAKeyType::RSA,
            n: n.to_owned(),
            e: "AQAB".to_owned(),
        });
        assert_eq!(thumbprint(&key).unwrap(), "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
    }
}
