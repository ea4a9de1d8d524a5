//! Why a step does not end well.

use std::io;

use serde_json::Value;

use crate::discovery::DiscoveryError;
use crate::http::HttpError;
use crate::inspect::InvalidKeySet;
use crate::oauth::{GrantError, IdTokenError, RedirectError, UserInfoError};
use crate::random::NoRandom;

#[derive(Debug, thiserror::Error)]
pub(super) enum Fault {
    /// Something is not as the sequence says.
    #[error("{0}")]
    Differs(String),
    #[error(transparent)]
    Http(#[from] HttpError),
    #[error(transparent)]
    Discovery(#[from] DiscoveryError),
    #[error(transparent)]
    Keys(#[from] InvalidKeySet),
    #[error(transparent)]
    Random(#[from] NoRandom),
    #[error(transparent)]
    Redirect(#[from] RedirectError),
    #[error(transparent)]
    Grant(#[from] GrantError),
    #[error(transparent)]
    IdToken(#[from] IdTokenError),
    #[error(transparent)]
    UserInfo(#[from] UserInfoError),
    #[error("the report cannot be written: {0}")]
    Output(#[from] io::Error),
}

/// A member of an answer that the contract promises.
pub(super) fn text(body: &Value, member: &str) -> Result<String, Fault> {
    body.get(member)
        .and_then(Value::as_str)
        .map(str::to_owned)
        .ok_or_else(|| Fault::Differs(format!("the answer has no {member} that is a string")))
}
