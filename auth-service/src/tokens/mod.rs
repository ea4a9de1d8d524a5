//! What goes into each token, and the keys that sign them.

mod access;
mod key_ring;

pub use access::{AccessTokens, IssuedToken, OPERATOR_CLIENT};
pub use key_ring::{KeyRing, KeyRingError};
