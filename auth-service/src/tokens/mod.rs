//! What goes into each token.

mod access;
mod id_token;
mod on_behalf;
mod sign_in_link;

pub use access::{AccessTokens, IssuedToken, OPERATOR_CLIENT};
pub use id_token::{Beside, IdTokens};
pub use sign_in_link::{BrowserDigest, LIFETIME as LINK_LIFETIME, LINK_PATH, LinkFault, LinkRefusal, SignInLinks};
