//! `Caller<P>` over HTTP: the exact answer for every row of what a resource server is asked.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing))]

mod app;
mod credentials;
mod endpoints;
mod permissions;
mod tokens;

#[path = "../support/mod.rs"]
mod support;
