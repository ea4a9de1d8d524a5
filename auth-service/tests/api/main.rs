//! auth-service as its callers meet it: over HTTP, on a real port, each test with a database of its own.

#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a helper of tests may fail the test")]

mod support;

mod account;
mod assertions;
mod audit;
mod audit_events;
mod browsers;
mod client_authentication;
mod client_credentials;
mod client_input;
mod client_secrets;
mod clients;
mod cves;
mod exchange;
mod exchange_policy;
mod exchange_subjects;
mod faults;
mod idempotency;
mod implicit;
mod jwt_bearer;
mod jwt_bearer_clients;
mod killed;
mod login;
mod metadata;
mod operator;
mod page_forms;
mod passwords;
mod public_clients;
mod registration;
mod registration_changes;
mod routes;
mod salt;
mod shared_password;
mod sign_in;
mod sign_in_link;
mod sign_in_link_forged;
mod sign_in_link_hidden;
mod sign_out;
mod start;
mod style;
mod suspension;
mod token_contents;
mod token_requests;
mod token_sizes;
mod users;
