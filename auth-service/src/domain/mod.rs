//! What auth-service is about, without HTTP and without a database: pure rules, tested beside themselves.

pub mod account_id;
pub mod application;
pub mod authorization;
pub mod authorization_request;
pub mod client;
pub mod client_secret;
pub mod email;
pub mod form;
pub mod grant_type;
#[cfg(feature = "legacy-flows")]
pub mod legacy_response;
pub mod oauth_error;
pub mod one_time;
pub mod partner_id;
pub mod password;
pub mod pkce;
pub mod policy;
pub mod redirect_uri;
pub mod resource;
pub mod response;
pub mod session;
pub mod user;
