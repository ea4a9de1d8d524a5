//! A person who is signed in at a browser.

use std::time::Duration;

/// How long a session lives, however much it is used. Whoever comes later signs in again.
pub const LIFETIME: Duration = Duration::from_secs(12 * 3600);

/// How a person proved who they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// By a password.
    Password,
    /// By opening a link that was sent to their e-mail address.
    Email,
}

impl Method {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Password, Self::Email];

    /// As it is kept.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::Email => "email",
        }
    }

    /// `amr` of an ID token. RFC 8176 registers `pwd`; for a link by e-mail it has no name, so this one is ours.
    #[must_use]
    pub fn amr(self) -> &'static str {
        match self {
            Self::Password => "pwd",
            Self::Email => "email",
        }
    }

    /// `acr` of an ID token (OpenID Connect Core section 2): one factor, whichever it was.
    #[must_use]
    pub fn acr(self) -> &'static str {
        match self {
            Self::Password => "urn:jwt-reference:password",
            Self::Email => "urn:jwt-reference:email",
        }
    }
}

/// A session.
#[derive(Debug, Clone)]
pub struct Session {
    /// `sid` of ID tokens: its name, which is no secret.
    pub session_id: String,
    /// Who is signed in.
    pub user_id: String,
    /// How they proved it.
    pub method: Method,
    /// When, in microseconds since the epoch.
    pub authenticated_at: i64,
    /// In microseconds since the epoch.
    pub expires_at: i64,
}
