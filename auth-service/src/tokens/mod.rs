//! What goes into each token.

mod access;
mod id_token;

pub use access::{AccessTokens, IssuedToken, OPERATOR_CLIENT};
pub use id_token::{Beside, IdTokens};
