//! What orders-service is about, without HTTP and without a database: pure rules, tested beside themselves.

pub mod account;
pub mod amount;
pub mod fulfilment;
pub mod idempotency;
pub mod ids;
pub mod moment;
pub mod order;
pub mod owner;
pub mod party;
pub mod refusal;
pub mod text;
