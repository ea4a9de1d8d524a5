//! What went wrong, and what a person is told of it.

use crate::discovery::DiscoveryError;
use crate::http::HttpError;
use crate::inspect::InvalidKeySet;
use crate::oauth::{GrantError, IdTokenError, RedirectError, UserInfoError};
use crate::random::NoRandom;

#[derive(Debug, thiserror::Error)]
pub(super) enum Trouble {
    #[error("this browser was not sent away by this site, or too long ago")]
    NotAsked,
    #[error("the form is not one of this browser's own")]
    Forged,
    #[error("no account is connected")]
    NotConnected,
    /// The person withdrew, or the refresh token is over.
    #[error("the account is no longer connected: {0}")]
    Over(GrantError),
    /// With the status that says why.
    #[error("the form cannot be read")]
    Unreadable(u16),
    #[error("the form took too long to arrive")]
    Slow,
    #[error("there is nothing at this address")]
    NothingHere,
    #[error("an order needs a description of 1 to 200 characters and a price of 1 to 9,999 whole euros")]
    Incomplete,
    #[error("{0} answers {1}")]
    Unexpected(String, u16),
    #[error(transparent)]
    Redirect(#[from] RedirectError),
    #[error(transparent)]
    Grant(#[from] GrantError),
    #[error(transparent)]
    IdToken(#[from] IdTokenError),
    #[error(transparent)]
    UserInfo(#[from] UserInfoError),
    #[error(transparent)]
    Discovery(#[from] DiscoveryError),
    #[error(transparent)]
    Keys(#[from] InvalidKeySet),
    #[error(transparent)]
    Http(#[from] HttpError),
    #[error(transparent)]
    Random(#[from] NoRandom),
}

/// What a page of trouble says.
pub(super) struct Told {
    pub(super) status: u16,
    pub(super) title: &'static str,
    pub(super) what: String,
}

impl Trouble {
    /// What other servers say of an authorization is shown, for that is what this site is there to show. Where they are,
    /// and why they were not reached, is for the log.
    fn shown(&self) -> String {
        match self {
            Self::Http(_) => {
                "A server that this site needs does not answer as it should. Try again in a moment.".into()
            }
            Self::Unexpected(_, status) => format!("A server that this site needs answers {status}."),
            other => other.to_string(),
        }
    }

    pub(super) fn told(&self) -> Told {
        let (status, title) = match self {
            Self::Redirect(RedirectError::Refused { error, .. }) if error == "access_denied" => {
                (403, "You did not connect your account")
            }
            Self::Redirect(RedirectError::Refused { .. }) => (400, "The authorization server says no"),
            Self::NotAsked | Self::Redirect(_) => (400, "This is no answer to what you asked for here"),
            Self::Forged => (403, "Please start again"),
            Self::Unreadable(status) => (*status, "Please start again"),
            Self::Slow => (408, "Please start again"),
            Self::NothingHere => (404, "There is no such page"),
            Self::NotConnected => (403, "Connect your account first"),
            Self::Over(_) => (403, "Your account is no longer connected"),
            Self::Incomplete => (400, "This cannot be ordered"),
            Self::IdToken(_) | Self::UserInfo(_) => (502, "We could not find out who you are"),
            Self::Grant(_) => (502, "The authorization server gave us no tokens"),
            Self::Unexpected(..) | Self::Discovery(_) | Self::Keys(_) | Self::Http(_) | Self::Random(_) => {
                (502, "Something did not work")
            }
        };
        Told { status, title, what: self.shown() }
    }
}
