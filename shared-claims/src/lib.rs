//! The contract between services that exchange JWTs.
//!
//! A token passes three checks, in this order, each of which is a type: [`verify::Raw`] becomes
//! [`verify::WellFormed`], then [`verify::SignatureChecked`], then [`verify::Verified`]. Only the last one has claims.
//!
//! ```
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use shared_claims::agreement::{Agreement, Algorithm};
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
//! names the permission that it needs in its signature, [`extract::Caller`], and that is all. A whole service:
//!
//! ```no_run
//! # #[cfg(all(feature = "actix", feature = "settings"))]
//! # mod service {
//! use std::sync::Arc;
//!
//! use actix_web::{App, HttpResponse, HttpServer, Responder, http::Method, web};
//! use shared_claims::clock::Clock;
//! use shared_claims::extract::{Caller, Endpoint, Gate, register};
//! use shared_claims::ids::{Audience, Issuer};
//! use shared_claims::permission::orders::{OrdersApi, ReadOrders};
//! use shared_claims::settings::VerifierSettings;
//!
//! async fn list_orders(caller: Caller<ReadOrders>) -> impl Responder {
//!     HttpResponse::Ok().body(format!("orders of {}", caller.client_id()))
//! }
//!
//! #[actix_web::main]
//! async fn main() -> Result<(), Box<dyn std::error::Error>> {
//!     let agreement = VerifierSettings::new(Issuer::new("https://auth.example.com")?);
//!     let keys = Arc::new(agreement.remote_keys(false)?);
//!     let us = Audience::new("https://orders.example.com")?;
//!     let server = agreement.resource_server(&us, keys, Clock::system())?;
//!     let gate = web::Data::new(Gate::<OrdersApi>::new(server.verify));
//!     let app = move || {
//!         let endpoints = vec![Endpoint::protected(Method::GET, "/orders", list_orders)];
//!         App::new().app_data(gate.clone()).configure(|config| register(endpoints, config))
//!     };
//!     Ok(HttpServer::new(app).bind("127.0.0.1:8081")?.run().await?)
//! }
//! # }
//! ```
//!
//! Without a token that service answers 401 with a challenge (RFC 6750), with a token of somebody else's 401
//! `invalid_token`, with too little scope 403 `insufficient_scope`, and 503 while the issuer's keys are not known.
//! To test it, mint tokens with every defect: [`testing`].
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
