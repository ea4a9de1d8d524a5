//! auth-service: the authorization server. It issues tokens, and is the only holder of the keys that sign access tokens.

pub mod browser;
pub mod client_auth;
pub mod domain;
pub mod grants;
pub mod hashing;
pub mod limits;
pub mod mail;
pub mod operator;
pub mod pages;
pub mod password_check;
pub mod routes;
pub mod settings;
pub mod startup;
pub mod state;
pub mod store;
pub mod tokens;
pub mod visitor;
