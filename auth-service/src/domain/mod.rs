//! What auth-service is about, without HTTP and without a database: pure rules, tested beside themselves.

pub mod account_id;
pub mod application;
pub mod client;
pub mod client_secret;
pub mod email;
pub mod form;
pub mod grant_type;
pub mod password;
pub mod policy;
pub mod redirect_uri;
pub mod resource;
pub mod token_error;
pub mod user;
