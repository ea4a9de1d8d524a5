//! Mistakes that other verifiers made, by the numbers under which they are known: one test each. The classes are gone
//! through in full in `tests/forged`; here stands the attack as it was found. Those of the issuing side (codes,
//! redirects, sessions, replayed assertions) are tested where tokens are issued.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing))]

mod claims;
mod forms;
mod keys;

#[path = "../support/mod.rs"]
mod support;
