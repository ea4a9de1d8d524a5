//! The token in a sign-in link: who can show it reads the mail that it went to, and in which browser it was asked for.

use std::sync::Arc;
use std::time::Duration;

use aws_lc_rs::constant_time::verify_slices_are_equal;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::crypto::JwtSigner;
use service_kit::Secret;
use shared_claims::agreement::{Agreement, InvalidAgreement};
use shared_claims::claims::{Kind, Registered, SignInLink, SignInLinkPrivate};
use shared_claims::clock::Clock;
use shared_claims::ids::{Audience, InvalidName, Issuer, Subject, TokenId};
use shared_claims::sign::{KeyRing, SignError};
use shared_claims::verify::{Refusal, Verifier};

use crate::browser::Cookie;

/// The path under which a link is followed; with the issuer before it, the audience of its token.
pub const LINK_PATH: &str = "/sign-in/link";

/// How long a link is good. A person has to find the mail; a thief should not have the day.
pub const LIFETIME: Duration = Duration::from_secs(600);

/// Which browser: SHA-256 of its cookie's value, in base64url, so that neither a link nor a row can stand in for the
/// cookie.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BrowserDigest(String);

impl BrowserDigest {
    /// Of the browser with this cookie.
    #[must_use]
    pub fn of(cookie: &Cookie) -> Self {
        Self(URL_SAFE_NO_PAD.encode(cookie.digest()))
    }

    /// As it is kept.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A link cannot be followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LinkRefusal {
    /// It is no link of ours, or it has expired.
    #[error("the link is not good: {0}")]
    Token(#[from] Refusal),
    /// It was asked for in another browser.
    #[error("the link is another browser's")]
    OtherBrowser,
}

impl LinkRefusal {
    /// One of a closed list, for log and audit.
    #[must_use]
    pub fn reason(self) -> &'static str {
        match self {
            Self::Token(refusal) => refusal.class(),
            Self::OtherBrowser => "other_browser",
        }
    }
}

/// Makes the links, and checks what comes back, by the same three checks as for every token.
pub struct SignInLinks {
    issuer: Issuer,
    audience: Audience,
    ring: KeyRing,
    clock: Clock,
    verifier: Verifier<SignInLink>,
}

/// The links cannot be made.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "each variant is the error that it wraps")]
pub enum LinkFault {
    #[error(transparent)]
    Name(#[from] InvalidName),
    #[error(transparent)]
    Agreement(#[from] InvalidAgreement),
    #[error(transparent)]
    Sign(#[from] SignError),
}

impl SignInLinks {
    /// Links of `issuer`, signed with the newest key of `ring`.
    ///
    /// # Errors
    /// [`LinkFault`], if the issuer leaves no room for a path.
    pub fn new(issuer: Issuer, ring: KeyRing, clock: Clock) -> Result<Self, LinkFault> {
        let audience = Audience::new(format!("{issuer}{LINK_PATH}"))?;
        let algorithms = [ring.newest().algorithm()];
        let agreement = Agreement::new(issuer.clone(), audience.clone(), SignInLink::TYP, &algorithms)?
            .with_longest_lifetime(LIFETIME);
        let verifier = Verifier::new(agreement, Arc::new(ring.key_set().clone()), clock.clone());
        Ok(Self { issuer, audience, ring, clock, verifier })
    }

    /// The link with the id `link_id` for `browser`: a URL.
    ///
    /// # Errors
    /// If signing fails.
    pub fn issue(&self, link_id: &str, browser: &BrowserDigest) -> Result<Secret, LinkFault> {
        let (subject, token_id) = (Subject::new(link_id)?, TokenId::new(link_id)?);
        let (issuer, audience) = (self.issuer.clone(), self.audience.clone());
        let registered = Registered::issue(issuer, subject, audience, token_id, self.clock.now(), LIFETIME);
        let link = SignInLink::new(registered, SignInLinkPrivate { browser: browser.as_str().to_owned() });
        Ok(Secret::new(format!("{}?token={}", self.audience, self.ring.newest().sign(&link)?)))
    }

    /// The id of the link whose token this is, if `browser` asked for it; a browser without a cookie never did. Whether it was used before is for the store to
    /// say.
    ///
    /// # Errors
    /// [`LinkRefusal`].
    pub async fn verify(&self, token: &str, browser: Option<&BrowserDigest>) -> Result<TokenId, LinkRefusal> {
        let link = self.verifier.verify(token.as_bytes()).await?;
        let browser = browser.ok_or(LinkRefusal::OtherBrowser)?;
        verify_slices_are_equal(link.private.browser.as_bytes(), browser.as_str().as_bytes())
            .map_err(|_| LinkRefusal::OtherBrowser)?;
        Ok(link.registered.token_id.clone())
    }
}
