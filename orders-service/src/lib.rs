//! The target application, the *Application* of the documents: partners open accounts for their users, place orders,
//! have them fulfilled and get a signed receipt.
//!
//! A request goes `routes → {tokens, peers, store} → domain`. `routes` holds the table of all endpoints; who may call
//! one stands in its handler's signature.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing))]

mod domain;
mod peers;
pub mod routes;
pub mod settings;
pub mod startup;
mod store;
mod tokens;

pub use settings::Settings;
pub use startup::{Application, StartError};
pub use store::MIGRATIONS;
