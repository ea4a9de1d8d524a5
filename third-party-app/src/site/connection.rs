//! A connected account: who it is, and the tokens that the person let this partner have.

use std::time::{Duration, Instant};

use crate::oauth::{Identity, Tokens, UserInfo};
use crate::secret::Secret;

/// An access token is not used in the last moments of its life: it could expire on its way.
const MARGIN: Duration = Duration::from_secs(10);

/// A connected account.
pub(super) struct Connection {
    pub(super) identity: Identity,
    pub(super) name: Option<String>,
    /// None unless the authorization server has verified it.
    pub(super) email: Option<String>,
    /// At orders-service.
    pub(super) account_id: Option<String>,
    access_token: Secret,
    good_until: Instant,
    refresh_token: Option<Secret>,
}

impl Connection {
    pub(super) fn new(identity: Identity, info: Option<UserInfo>, tokens: Tokens, asked: Instant) -> Self {
        let verified = |info: &UserInfo| info.email.clone().filter(|_| info.email_verified == Some(true));
        Self {
            identity,
            email: info.as_ref().and_then(verified),
            name: info.and_then(|info| info.name),
            account_id: None,
            good_until: until(&tokens, asked),
            access_token: tokens.access_token,
            refresh_token: tokens.refresh_token,
        }
    }

    /// The access token, unless it is over.
    pub(super) fn access_token(&self) -> Option<&Secret> {
        Some(&self.access_token).filter(|_| Instant::now() < self.good_until)
    }

    /// Takes the refresh token out: it is for one use.
    pub(super) fn spend_refresh_token(&mut self) -> Option<Secret> {
        self.refresh_token.take()
    }

    /// Puts new tokens in place of the old.
    pub(super) fn renew(&mut self, tokens: Tokens, asked: Instant) {
        self.good_until = until(&tokens, asked);
        self.access_token = tokens.access_token;
        self.refresh_token = tokens.refresh_token;
    }

    /// An API says that the token is no good, whatever the clock says.
    pub(super) fn expire(&mut self) {
        self.good_until = Instant::now();
    }

    /// Whether there is nothing left to use: the person has to connect anew.
    pub(super) fn is_over(&self) -> bool {
        self.access_token().is_none() && self.refresh_token.is_none()
    }

    /// What a person may call themselves here.
    pub(super) fn shown_name(&self) -> &str {
        self.name.as_deref().or(self.email.as_deref()).unwrap_or(&self.identity.subject)
    }
}

/// Counted from before the request, so that the time on the way is on the safe side.
fn until(tokens: &Tokens, asked: Instant) -> Instant {
    let life = Duration::from_secs(tokens.expires_in).saturating_sub(MARGIN);
    asked.checked_add(life).unwrap_or(asked)
}
