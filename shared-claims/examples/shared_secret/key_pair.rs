//! The same attempt against a key pair. The issuer keeps the private key; a verifier has the public key and no more.

use std::sync::Arc;

use aws_lc_rs::encoding::{AsDer, PublicKeyX509Der};
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED, ED25519, ParsedPublicKey, RsaPublicKeyComponents};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jsonwebtoken::jwk::{AlgorithmParameters, Jwk};
use serde_json::json;
use shared_claims::agreement::{Agreement, Algorithm};
use shared_claims::claims::{AccessToken, Kind};
use shared_claims::ids::{Audience, Issuer};
use shared_claims::keys::KeySet;
use shared_claims::sign::SigningKey;
use shared_claims::testing::{Draft, Mint, TestClock};
use shared_claims::verify::Verifier;

use crate::Failure;

const ISSUER: &str = "https://auth.example.com";
const AUDIENCE: &str = "https://orders.example.com";

/// An issuer with a key for `algorithm`: ES256, RS256 or EdDSA.
///
/// # Errors
/// If no key can be made.
pub fn issuer(algorithm: Algorithm, clock: &TestClock) -> Result<Mint, Failure> {
    let key = SigningKey::from_pkcs8(algorithm, &SigningKey::generate_pkcs8(algorithm)?)?;
    Ok(Mint::with_key(ISSUER, clock.clone(), key))
}

/// A token that the issuer gives to its client.
#[must_use]
pub fn honest_token(issuer: &Mint) -> String {
    issuer.access_token(AUDIENCE, "cli_alice", "orders:read").build()
}

/// The verifier of `shared-claims`, which agreed with the issuer on `algorithm` and knows the keys that it publishes.
///
/// # Errors
/// If these are no keys.
pub fn verifier(algorithm: Algorithm, published: &str, clock: &TestClock) -> Result<Verifier<AccessToken>, Failure> {
    let (issuer, audience) = (Issuer::new(ISSUER)?, Audience::new(AUDIENCE)?);
    let agreement = Agreement::new(issuer, audience, AccessToken::TYP, &[algorithm])?;
    let keys = Arc::new(KeySet::from_json(published.as_bytes())?);
    Ok(Verifier::new(agreement, keys, clock.clock()))
}

/// A token that somebody made who has the issuer's public key.
pub struct Forgery {
    /// How it was made.
    pub how: &'static str,
    /// The token.
    pub token: String,
}

/// What a verifier can try with `public`, the only key of the issuer that it has. What these tokens say is right in
/// every respect; only the signature has to be made up.
///
/// # Errors
/// If `public` is no key for `algorithm`.
pub fn forgeries(algorithm: Algorithm, public: &Jwk, clock: &TestClock) -> Result<Vec<Forgery>, Failure> {
    // The forger has a key of its own, and claims the issuer's name and `kid`.
    let forger = issuer(algorithm, clock)?;
    let draft = || {
        let token = forger.access_token(AUDIENCE, "cli_mallory", "orders:read orders:write");
        token.header("kid", json!(public.common.key_id))
    };
    let (pem, jwk) = (pem(public)?, serde_json::to_vec(public)?);
    let made = |how, draft: Draft| Forgery { how, token: draft.build() };
    let brought = json!(forger.key().public_jwk());
    Ok(vec![
        made("a key of its own", draft()),
        made("a key of its own, which the header brings", draft().header("jwk", brought)),
        made("HS256, keyed with the public key as PEM", draft().hmac_sha256(&pem)),
        made("HS256, keyed with the public key as JWK", draft().hmac_sha256(&jwk)),
        made("the same HMAC, under the issuer's alg", draft().hmac_sha256(&pem).header("alg", json!(algorithm))),
        made("alg none, no signature", draft().header("alg", json!("none")).signature_bytes([])),
        made("alg none, and a signature all the same", draft().header("alg", json!("none"))),
    ])
}

/// The public key as a PEM file holds it (RFC 7468 section 13): what a verifier that is talked into HS256 would use as
/// the secret.
fn pem(public: &Jwk) -> Result<Vec<u8>, Failure> {
    let base64 = STANDARD.encode(public_key_info(public)?);
    let lines = base64.as_bytes().chunks(64).map(String::from_utf8_lossy).collect::<Vec<_>>().join("\n");
    Ok(format!("-----BEGIN PUBLIC KEY-----\n{lines}\n-----END PUBLIC KEY-----\n").into_bytes())
}

/// The public key as SubjectPublicKeyInfo (RFC 5280 section 4.1.2.7), in DER.
fn public_key_info(public: &Jwk) -> Result<Vec<u8>, Failure> {
    let der: PublicKeyX509Der<'_> = match &public.algorithm {
        AlgorithmParameters::EllipticCurve(ec) => {
            let point = [vec![4], URL_SAFE_NO_PAD.decode(&ec.x)?, URL_SAFE_NO_PAD.decode(&ec.y)?].concat();
            ParsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, &point).map_err(|_| Failure::NoPublicKey)?.as_der()
        }
        AlgorithmParameters::RSA(rsa) => {
            let (n, e) = (URL_SAFE_NO_PAD.decode(&rsa.n)?, URL_SAFE_NO_PAD.decode(&rsa.e)?);
            RsaPublicKeyComponents { n, e }.as_der()
        }
        AlgorithmParameters::OctetKeyPair(okp) => {
            let point = URL_SAFE_NO_PAD.decode(&okp.x)?;
            ParsedPublicKey::new(&ED25519, &point).map_err(|_| Failure::NoPublicKey)?.as_der()
        }
        _ => return Err(Failure::NoPublicKey),
    }
    .map_err(|_| Failure::NoPublicKey)?;
    Ok(der.as_ref().to_vec())
}

#[cfg(test)]
mod tests {
    use shared_claims::verify::FormRefusal::{ForeignKey, NoSignature};
    use shared_claims::verify::Refusal;
    use shared_claims::verify::SignatureRefusal::{AlgorithmNotAllowed, Mismatch};

    use super::*;
    use crate::hs256;
    use crate::secret::SharedSecret;

    const ALGORITHMS: [Algorithm; 3] = [Algorithm::ES256, Algorithm::RS256, Algorithm::EdDSA];

    #[tokio::test]
    async fn who_has_only_the_public_key_cannot_forge() {
        let clock = TestClock::new();
        let expected: [Refusal; 7] = [
            Mismatch.into(),
            ForeignKey("jwk").into(),
            AlgorithmNotAllowed.into(),
            AlgorithmNotAllowed.into(),
            Mismatch.into(),
            NoSignature.into(),
            AlgorithmNotAllowed.into(),
        ];
        for algorithm in ALGORITHMS {
            let issuer = issuer(algorithm, &clock).unwrap();
            let verifier = verifier(algorithm, &issuer.jwks_json(), &clock).unwrap();
            assert!(verifier.verify(honest_token(&issuer).as_bytes()).await.is_ok());
            let mut refusals = Vec::new();
            for forgery in forgeries(algorithm, issuer.key().public_jwk(), &clock).unwrap() {
                refusals.push(verifier.verify(forgery.token.as_bytes()).await.unwrap_err());
            }
            assert_eq!(refusals, expected, "{algorithm:?}");
        }
    }

    /// The claims are not why they are refused: signed by the issuer, the same draft is good.
    #[tokio::test]
    async fn the_same_claims_signed_by_the_issuer_are_good() {
        let clock = TestClock::new();
        let issuer = issuer(Algorithm::ES256, &clock).unwrap();
        let verifier = verifier(Algorithm::ES256, &issuer.jwks_json(), &clock).unwrap();
        let token = issuer.access_token(AUDIENCE, "cli_mallory", "orders:read orders:write").build();
        assert!(verifier.verify(token.as_bytes()).await.is_ok());
    }

    /// The confusion works where a verifier takes the key's bytes for a secret: the HMAC itself is right.
    #[test]
    fn a_verifier_that_takes_the_public_key_for_a_secret_is_forged_to() {
        let clock = TestClock::new();
        for algorithm in ALGORITHMS {
            let public = issuer(algorithm, &clock).unwrap().key().public_jwk().clone();
            let forged = forgeries(algorithm, &public, &clock).unwrap();
            let confused = SharedSecret::parse(&pem(&public).unwrap()).unwrap();
            assert!(hs256::verify(&forged[2].token, &confused, clock.now()).is_ok());
            let confused = SharedSecret::parse(&serde_json::to_vec(&public).unwrap()).unwrap();
            assert!(hs256::verify(&forged[3].token, &confused, clock.now()).is_ok());
        }
    }

    /// The object identifiers of RFC 5480, RFC 3279 and RFC 8410, which other tools' PEM files begin with too.
    #[test]
    fn the_pem_is_the_one_that_other_tools_write() {
        for (algorithm, start) in [
            (Algorithm::ES256, "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE"),
            (Algorithm::RS256, "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA"),
            (Algorithm::EdDSA, "MCowBQYDK2VwAyEA"),
        ] {
            let public = issuer(algorithm, &TestClock::new()).unwrap().key().public_jwk().clone();
            let text = String::from_utf8(pem(&public).unwrap()).unwrap();
            assert!(text.starts_with(&format!("-----BEGIN PUBLIC KEY-----\n{start}")), "{text}");
            assert!(text.lines().all(|line| line.len() <= 64));
        }
    }
}
