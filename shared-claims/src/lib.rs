//! The contract between services that exchange JWTs.
//!
//! A token passes three checks, in this order, each of which is a type: [`verify::Raw`] becomes
//! [`verify::WellFormed`], then [`verify::SignatureChecked`], then [`verify::Verified`]. Only the last one has claims.
//!
//! ```
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use jsonwebtoken::Algorithm;
//! use shared_claims::agreement::Agreement;
//! use shared_claims::claims::{AccessToken, Kind};
//! use shared_claims::clock::Clock;
//! use shared_claims::ids::{Audience, Issuer, KeyId};
//! use shared_claims::keys::KeySet;
//! use shared_claims::verify::{Raw, Refusal, SignatureRefusal, Verified};
//!
//! // What was agreed on beforehand, by whoever set this service up.
//! let agreement = Agreement::new(
//!     Issuer::new("https://auth.example.com")?,
//!     Audience::new("https://orders.example.com")?,
//!     AccessToken::TYP,
//!     &[Algorithm::ES256],
//! )?;
//! let keys = KeySet::from_json(
//!     br#"{"keys":[{"kty":"EC","crv":"P-256","use":"sig","alg":"ES256","kid":"2026",
//!          "x":"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4",
//!          "y":"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM"}]}"#,
//! )?;
//!
//! fn check(token: &[u8], keys: &KeySet, agreement: &Agreement) -> Result<Verified<AccessToken>, Refusal> {
//!     let well_formed = Raw::new(token).well_formed()?;                                  // check 1
//!     let algorithm = well_formed.algorithm(&[Algorithm::ES256])?;
//!     let key = keys
//!         .find(well_formed.unverified_kid(), algorithm)
//!         .ok_or(SignatureRefusal::UnknownKey)?;
//!     let signed = well_formed.signed_by(&key, &[Algorithm::ES256])?;                    // check 2
//!     Ok(signed.as_agreed(agreement, Clock::system().now())?)                            // check 3
//! }
//!
//! let refusal = check(b"not.a.token", &keys, &agreement).unwrap_err();
//! assert_eq!(refusal.class(), "malformed");
//! # Ok(()) }
//! ```
//!
//! [`verify::Verifier`] does the same in one call and fetches keys when it has to; with the feature `actix`, a handler
//! names the permission that it needs in its signature, [`extract::Caller`], and that is all.
//!
//! | feature | what it adds |
//! |---|---|
//! | `actix` | [`extract`]: `Caller<P>`, challenges, the table of endpoints |
//! | `remote` | `keys::RemoteKeys`: keys fetched from a JWKS location |
//! | `sign` | [`sign`]: private keys |
//! | `exchange` | [`exchange`]: a service's own client at the token endpoint |
//! | `settings` | [`settings`]: the agreement as command-line and environment settings |
//! | `testing` | [`testing`]: tokens with any defect, a clock that stands still |
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing))]
#![warn(missing_docs)]

pub mod agreement;
pub mod cache;
pub mod claims;
pub mod clock;
#[cfg(feature = "exchange")]
pub mod exchange;
#[cfg(feature = "actix")]
pub mod extract;
pub mod ids;
pub mod keys;
pub mod permission;
pub mod role;
pub mod scope;
#[cfg(feature = "settings")]
pub mod settings;
#[cfg(feature = "sign")]
pub mod sign;
#[cfg(feature = "testing")]
pub mod testing;
pub mod verify;
