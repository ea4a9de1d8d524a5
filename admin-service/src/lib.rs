//! *Admin*, the internal application of the target application: operators register partners, complete fulfilments and
//! read one audit trail of all services.
//!
//! | room | what is in it |
//! |---|---|
//! | [`routes`] | the table of endpoints, and a file for each group of them |
//! | [`domain`] | partners, fulfilments, the merged trail: pure |
//! | [`store`] | the only room that names diesel |
//! | [`peers`] | auth-service and orders-service, called with the caller's token exchanged; the only room that names reqwest |
//! | [`settings`], [`startup`] | from a command line to a running service |
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing))]

pub mod domain;
pub mod peers;
pub mod routes;
pub mod settings;
pub mod startup;
pub mod store;
