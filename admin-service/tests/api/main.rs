//! What admin-service does, over HTTP.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing))]

mod access;
mod audit_trail;
mod browsers;
mod exchange;
mod faults_of_peers;
mod faults_of_the_house;
mod fulfilments;
mod malformed;
mod partners;
mod secrets;
mod support;
mod users;
mod well_known;
