//! For tests of services that verify tokens: mint any token with any defect, let time pass without waiting.
//!
//! ```
//! use serde_json::json;
//! use shared_claims::testing::{Mint, TestClock};
//!
//! let mint = Mint::new("http://auth.test", TestClock::new());
//! let good = mint.access_token("http://orders.test", "cli_1", "orders:read").build();
//! let forged = mint.access_token("http://orders.test", "cli_1", "orders:read").claim("sub", json!("cli_2")).signed_by_a_stranger().build();
//! assert_ne!(good, forged);
//! ```

mod attempts;
mod clock;
mod draft;
mod mint;
mod signature;

pub use attempts::{Attempt, refused_attempts, right_token};
pub use clock::TestClock;
pub use draft::Draft;
pub use mint::Mint;
pub use signature::signature_matches;
