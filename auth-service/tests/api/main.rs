//! auth-service as its callers meet it: over HTTP, on a real port, each test with a database of its own.

#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a helper of tests may fail the test")]

mod support;

mod account;
mod assertions;
mod audit;
mod audit_events;
mod authorize_openid;
mod authorize_redirects;
mod authorize_requests;
mod browsers;
mod client_authentication;
mod client_credentials;
mod client_input;
mod client_secrets;
mod clients;
mod codes;
mod codes_reused;
mod consent;
mod cves;
mod end_session;
mod endings;
mod exchange;
mod exchange_policy;
mod exchange_subjects;
mod faults;
mod flow_faults;
mod flow_replicas;
mod id_tokens;
mod idempotency;
#[cfg(not(feature = "legacy-flows"))]
mod implicit;
mod jwt_bearer;
mod jwt_bearer_clients;
mod killed;
#[cfg(feature = "legacy-flows")]
mod legacy_flows;
mod login;
mod metadata;
mod operator;
mod page_forms;
mod passwords;
mod public_clients;
mod pushed_requests;
mod refresh;
mod refresh_lifetimes;
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
mod single_sign_on;
mod start;
mod style;
mod suspension;
mod token_contents;
mod token_requests;
mod token_sizes;
mod userinfo;
mod users;
