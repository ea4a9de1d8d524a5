//! What goes into each token.

mod access;

pub use access::{AccessTokens, IssuedToken, OPERATOR_CLIENT};
