//! Every class of forged token that a resource server meets, each case with the check that must refuse it.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing))]

mod algorithm;
mod claims;
mod header;
mod json_text;
mod key_selection;
mod kinds;
mod lookalikes;
mod names;
mod signature;
mod structure;
mod times;

#[path = "../support/mod.rs"]
mod support;
