//! The UserInfo endpoint (OpenID Connect Core section 5.3).

use serde::Deserialize;

use super::Identity;
use crate::http::Answer;

/// What the server tells of a person, by the scopes that they allowed.
#[derive(Debug, Clone, Deserialize)]
pub struct UserInfo {
    sub: String,
    /// With the scope `profile`.
    pub name: Option<String>,
    /// With the scope `email`.
    pub email: Option<String>,
    /// Whether the server has seen that the address is theirs. One that is not verified names nobody.
    pub email_verified: Option<bool>,
}

/// Nothing that may be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UserInfoError {
    /// Not what was asked for.
    #[error("the UserInfo endpoint answers {0}, and what it says cannot be read")]
    Unreadable(u16),
    /// Section 5.3.2: an access token of another person was slipped in.
    #[error("the UserInfo endpoint speaks of somebody else than the ID token")]
    SomebodyElse,
}

impl UserInfo {
    /// Reads what is said of this person.
    ///
    /// # Errors
    /// [`UserInfoError`].
    pub fn read(answer: &Answer, identity: &Identity) -> Result<Self, UserInfoError> {
        let unreadable = || UserInfoError::Unreadable(answer.status.as_u16());
        let body = Some(&answer.body).filter(|_| answer.status.as_u16() == 200).ok_or_else(unreadable)?;
        let info: Self = serde_json::from_slice(body).map_err(|_| unreadable())?;
        if info.sub == identity.subject { Ok(info) } else { Err(UserInfoError::SomebodyElse) }
    }
}
