//! All of it at once, as processes of their own over real ports: the sequence, and the faults that it must survive.
//!
//! Every test has a house of its own: a directory, ports, and databases (SQLite files, or databases of the PostgreSQL
//! server that `TEST_POSTGRES_URL` names).

#![cfg(unix)]
#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a helper of tests may fail the test")]

mod accounts;
mod away;
mod calls;
mod clone;
mod database;
mod defaults;
mod desk;
mod kill;
mod stolen;
mod support;
mod traces;
mod walk;
