//! What this service signs for partners: receipts.

mod receipt;

pub use receipt::{ReceiptError, ReceiptSigner};
