//! A person lets this partner act for them: the authorization code flow (RFC 6749 section 4.1) with PKCE (RFC 7636) and
//! OpenID Connect. Nothing in this room sends anything: it makes requests, and judges what came back.
//!
//! | file | what is in it |
//! |---|---|
//! | `provider` | the authorization server's metadata; which issuer it is, is configured and not looked up |
//! | `authorization` | where the browser is sent, and what is kept until it comes back |
//! | `redirect` | what the browser brings back, and whether it belongs to what was kept |
//! | `token_endpoint` | a code for tokens, a refresh token for new ones |
//! | `id_token` | who it is |
//! | `userinfo` | what else is known of them |

mod authorization;
mod id_token;
mod provider;
mod redirect;
mod token_endpoint;
mod userinfo;

pub use authorization::{Ask, Client, Pending, PkceVerifier};
pub use id_token::{Expected, IdTokenError, Identity, inspect_id_token, verify_id_token};
pub use provider::{Provider, provider_url};
pub use redirect::{Code, RedirectError};
pub use token_endpoint::{GrantError, TokenEndpoint, Tokens};
pub use userinfo::{UserInfo, UserInfoError};
