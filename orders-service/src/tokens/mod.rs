//! What this service signs: receipts for partners, and the assertions by which it proves itself at the token endpoint.

mod key_ring;
mod receipt;

pub use key_ring::{KeyRing, KeyRingError};
pub use receipt::{ReceiptError, ReceiptSigner};
