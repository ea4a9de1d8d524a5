//! One private key, prepared to sign.

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair, RSA_PKCS1_SHA256, RsaKeyPair,
};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::Algorithm;
use jsonwebtoken::crypto::JwtSigner;
use jsonwebtoken::jwk::Jwk;
use serde::Serialize;
use signature::Signer;
use zeroize::Zeroizing;

use super::publish;
use crate::claims::Kind;
use crate::ids::KeyId;

/// A key could not be made, loaded or used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SignError {
    /// We sign with ES256, RS256 and EdDSA.
    #[error("we sign with ES256, RS256 and EdDSA only")]
    UnsupportedAlgorithm,
    /// The bytes are no private key for the algorithm.
    #[error("no PKCS #8 private key for the algorithm")]
    InvalidKey,
    /// There is no key.
    #[error("there is no signing key")]
    NoKey,
    /// The claims could not be written as JSON, or the signature failed.
    #[error("the token could not be signed")]
    Failed,
}

enum Prepared {
    Es256(EcdsaKeyPair),
    Rs256(Box<RsaKeyPair>),
    EdDsa(Ed25519KeyPair),
}

/// A private key, parsed once, with the name that its public half is published under.
pub struct SigningKey {
    kid: KeyId,
    public: Jwk,
    prepared: Prepared,
}

impl SigningKey {
    /// Makes a new private key for `algorithm`, as PKCS #8 DER, to be stored and then given to [`Self::from_pkcs8`].
    ///
    /// # Errors
    /// [`SignError::UnsupportedAlgorithm`]; [`SignError::Failed`] if there is no randomness.
    pub fn generate_pkcs8(algorithm: Algorithm) -> Result<Zeroizing<Vec<u8>>, SignError> {
        let random = SystemRandom::new();
        let failed = |_| SignError::Failed;
        let der = match algorithm {
            Algorithm::ES256 => EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random)
                .map_err(failed)?
                .as_ref()
                .to_vec(),
            Algorithm::EdDSA => Ed25519KeyPair::generate_pkcs8(&random).map_err(failed)?.as_ref().to_vec(),
            Algorithm::RS256 => {
                let pair = RsaKeyPair::generate(KeySize::Rsa2048).map_err(failed)?;
                AsDer::<Pkcs8V1Der<'_>>::as_der(&pair).map_err(failed)?.as_ref().to_vec()
            }
            _ => return Err(SignError::UnsupportedAlgorithm),
        };
        Ok(Zeroizing::new(der))
    }

    /// Prepares a private key. Its `kid` is the thumbprint of its public half (RFC 7638), so the same key has the same
    /// name everywhere.
    ///
    /// # Errors
    /// [`SignError::UnsupportedAlgorithm`] or [`SignError::InvalidKey`].
    pub fn from_pkcs8(algorithm: Algorithm, der: &[u8]) -> Result<Self, SignError> {
        let prepared = match algorithm {
            Algorithm::ES256 => EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, der).map(Prepared::Es256),
            Algorithm::EdDSA => Ed25519KeyPair::from_pkcs8(der).map(Prepared::EdDsa),
            Algorithm::RS256 => RsaKeyPair::from_pkcs8(der).map(|pair| Prepared::Rs256(Box::new(pair))),
            _ => return Err(SignError::UnsupportedAlgorithm),
        }
        .map_err(|_| SignError::InvalidKey)?;
        let public = match &prepared {
            Prepared::Es256(pair) => publish::ec_p256(pair.public_key().as_ref()),
            Prepared::EdDsa(pair) => publish::ed25519(pair.public_key().as_ref()),
            Prepared::Rs256(pair) => publish::rsa(pair.public_key()),
        }
        .ok_or(SignError::InvalidKey)?;
        let kid = public.common.key_id.clone().and_then(|kid| KeyId::new(kid).ok()).ok_or(SignError::InvalidKey)?;
        Ok(Self { kid, public, prepared })
    }

    /// Its name.
    #[must_use]
    pub fn kid(&self) -> &KeyId {
        &self.kid
    }

    /// Its public half, as it is published.
    #[must_use]
    pub fn public_jwk(&self) -> &Jwk {
        &self.public
    }

    /// Signs `claims` as a token of their kind: a JWS in compact serialization (RFC 7515 section 7.1).
    ///
    /// # Errors
    /// [`SignError::Failed`].
    pub fn sign<K: Kind + Serialize>(&self, claims: &K) -> Result<String, SignError> {
        let header = Header { typ: K::TYP, alg: self.algorithm(), kid: &self.kid };
        self.sign_json(&header, claims)
    }

    /// Signs any header and payload.
    ///
    /// # Errors
    /// [`SignError::Failed`].
    pub(crate) fn sign_json(&self, header: &impl Serialize, payload: &impl Serialize) -> Result<String, SignError> {
        let failed = |_| SignError::Failed;
        let mut token = URL_SAFE_NO_PAD.encode(serde_json::to_vec(header).map_err(failed)?);
        token.push('.');
        URL_SAFE_NO_PAD.encode_string(serde_json::to_vec(payload).map_err(failed)?, &mut token);
        let signature = self.try_sign(token.as_bytes()).map_err(|_| SignError::Failed)?;
        token.push('.');
        URL_SAFE_NO_PAD.encode_string(signature, &mut token);
        Ok(token)
    }
}

#[derive(Serialize)]
struct Header<'a> {
    typ: &'a str,
    alg: Algorithm,
    kid: &'a KeyId,
}

impl JwtSigner for SigningKey {
    fn algorithm(&self) -> Algorithm {
        match self.prepared {
            Prepared::Es256(_) => Algorithm::ES256,
            Prepared::Rs256(_) => Algorithm::RS256,
            Prepared::EdDsa(_) => Algorithm::EdDSA,
        }
    }
}

impl Signer<Vec<u8>> for SigningKey {
    fn try_sign(&self, message: &[u8]) -> Result<Vec<u8>, signature::Error> {
        let random = SystemRandom::new();
        match &self.prepared {
            Prepared::Es256(pair) => {
                let signature = pair.sign(&random, message).map_err(signature::Error::from_source)?;
                Ok(signature.as_ref().to_vec())
            }
            Prepared::EdDsa(pair) => Ok(pair.sign(message).as_ref().to_vec()),
            Prepared::Rs256(pair) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(&RSA_PKCS1_SHA256, &random, message, &mut signature)
                    .map_err(signature::Error::from_source)?;
                Ok(signature)
            }
        }
    }
}

impl std::fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SigningKey").field("kid", &self.kid).finish_non_exhaustive()
    }
}
