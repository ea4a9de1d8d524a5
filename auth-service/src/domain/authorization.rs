//! What a person has allowed a client in one answer of the authorization endpoint, and how long it lasts.

use std::time::Duration;

use shared_claims::clock::Timestamp;
use shared_claims::ids::{Audience, ClientId};
use shared_claims::scope::{Scope, ScopeSet};

use super::one_time::Standing;
use super::session::{Method, Session};

/// How long a code may be redeemed (RFC 6749 section 4.1.2 asks for ten minutes at most).
pub const CODE_LIFETIME: Duration = Duration::from_secs(60);

/// With `offline_access`: how long it lasts at most, and how long if its refresh token is not used.
pub const OFFLINE_LIFETIME: Duration = Duration::from_secs(90 * 24 * 3600);
/// See [`OFFLINE_LIFETIME`].
pub const OFFLINE_IDLE: Duration = Duration::from_secs(30 * 24 * 3600);
/// Without it, it lasts no longer than the session; and so long if its refresh token is not used.
pub const ONLINE_IDLE: Duration = Duration::from_secs(8 * 3600);

/// An authorization: the root of all codes and tokens that come of it.
#[derive(Debug, Clone)]
pub struct Authorization {
    /// `azn_` and a UUIDv7; `origin_jti` of its access tokens.
    pub authorization_id: String,
    /// Who allowed it.
    pub user_id: String,
    /// Whom.
    pub client_id: ClientId,
    /// In which session.
    pub session_id: String,
    /// What.
    pub scope: ScopeSet,
    /// At which API; `None` if it is only about who the person is.
    pub resource: Option<Audience>,
    /// `nonce` of the request, for the ID token.
    pub nonce: Option<String>,
    /// How the person had signed in.
    pub method: Method,
    /// When, in microseconds since the epoch.
    pub authenticated_at: i64,
    /// From when on nothing comes of it any more, in microseconds since the epoch.
    pub expires_at: i64,
}

impl Authorization {
    /// Whether it outlives the session (OpenID Connect Core section 11).
    #[must_use]
    pub fn is_offline(&self) -> bool {
        self.scope.contains(Scope::OfflineAccess)
    }

    /// When the person had signed in, as tokens state it.
    #[must_use]
    pub fn signed_in_at(&self) -> Timestamp {
        let seconds = u64::try_from(self.authenticated_at / 1_000_000).unwrap_or_default();
        Timestamp::from_seconds(seconds).unwrap_or(Timestamp::MAX)
    }

    /// When a refresh token that is issued now expires.
    #[must_use]
    pub fn refresh_token_expires_at(&self, now: i64) -> i64 {
        let idle = if self.is_offline() { OFFLINE_IDLE } else { ONLINE_IDLE };
        after(now, idle).min(self.expires_at)
    }

    /// How it stands: it may have been revoked, and one that lives with its session ends with it.
    #[must_use]
    pub fn standing(&self, is_revoked: bool, session_is_live: bool, now: i64) -> Standing {
        if is_revoked {
            Standing::Revoked
        } else if now >= self.expires_at || !(session_is_live || self.is_offline()) {
            Standing::Ended
        } else {
            Standing::Live
        }
    }
}

/// When an authorization given now ends.
#[must_use]
pub fn expires_at(scope: &ScopeSet, session: &Session, now: i64) -> i64 {
    if scope.contains(Scope::OfflineAccess) { after(now, OFFLINE_LIFETIME) } else { session.expires_at }
}

/// Microseconds since the epoch, `span` later.
#[must_use]
pub fn after(now: i64, span: Duration) -> i64 {
    now.saturating_add(i64::try_from(span.as_micros()).unwrap_or(i64::MAX))
}
