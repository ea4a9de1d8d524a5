//! The three checks, as types: [`Raw`] → [`WellFormed`] → [`SignatureChecked`] → [`Verified`].
//!
//! Each step consumes the one before, and only the last one yields claims, so no claim can be trusted early: code
//! that tries does not compile. The steps are those of RFC 7519 section 7.2 and RFC 7515 section 5.2.
//!
//! 1. [`well_formed`]: it is a JWS in compact form, and both JSON parts are objects that can be read in one way only.
//! 2. [`signature`]: its signature matches, under a key and an algorithm that were agreed on beforehand.
//! 3. [`claims`]: its claims are as the [`Agreement`](crate::agreement::Agreement) says.

pub mod claims;
pub mod refusal;
pub mod signature;
mod strict_json;
mod verifier;
pub mod well_formed;

pub use claims::Verified;
pub use refusal::{ClaimFault, ClaimsRefusal, FormRefusal, Refusal, SignatureRefusal};
pub use signature::SignatureChecked;
pub use verifier::{Verifier, Verify};
pub use well_formed::{MAX_TOKEN_BYTES, Raw, WellFormed};
