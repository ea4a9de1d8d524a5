//! What this service signs: its client assertions at the token endpoint, and nothing else. shared-claims makes them;
//! here is the key.

mod key_ring;

pub use key_ring::{KeyRing, KeyRingError};
