//! Private keys: generate, load, publish, sign. The only room of the workspace that names one.
//!
//! `jsonwebtoken::encode` parses the private key again at every call, which for RSA takes longer than the signature.
//! Here a key is prepared once and signs behind the library's own [`JwtSigner`](jsonwebtoken::crypto::JwtSigner).

mod key;
mod publish;
mod ring;

pub use key::{SignError, SigningKey};
pub use publish::{JwkSetDocument, thumbprint};
pub use ring::KeyRing;
