//! orders-service from outside: real HTTP, a database for each test, a clock that stands still, and an issuer inside the
//! test's own process.
#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a helper of tests may fail the test")]

mod access;
mod accounts;
mod audit_events;
mod cors;
mod credentials;
mod faults;
mod fulfilment;
mod idempotency;
mod killed;
mod malformed;
mod orders;
mod owners;
mod preflight;
mod receipt;
mod start;
mod support;
mod well_known;
