//! What every request needs, put together once in [`startup`](crate::startup).

use std::collections::HashMap;
use std::sync::Arc;

use service_kit::{AuditLog, Database};
use shared_claims::clock::Clock;
use shared_claims::ids::Issuer;
use shared_claims::keys::KeySource;
use shared_claims::sign::KeyRing;

use crate::browser::Browsers;
use crate::domain::policy::Bootstrap;
use crate::domain::resource::Resources;
use crate::hashing::HashingPool;
use crate::limits::{LoginLimits, MailboxLimit};
use crate::mail::Mailer;
use crate::store::cached::CachedClients;
use crate::tokens::{AccessTokens, IdTokens, SignInLinks};

/// The parts of the authorization server.
pub struct State {
    /// `iss` of our tokens: a fixed text, not a location.
    pub issuer: Issuer,
    /// Whom tokens may be for.
    pub resources: Resources,
    /// The clients inside the house and the exchange policy.
    pub bootstrap: Bootstrap,
    /// The keys that our other services publish, by `client_id`.
    pub inside_keys: HashMap<String, Arc<dyn KeySource>>,
    /// Everything that is kept.
    pub database: Database,
    /// The registered clients, for the token endpoint.
    pub clients: CachedClients,
    /// Makes access tokens.
    pub tokens: AccessTokens,
    /// Makes ID tokens.
    pub id_tokens: IdTokens,
    /// The keys that sign them.
    pub ring: KeyRing,
    /// The record of every decision.
    pub audit: AuditLog,
    /// Hashes passwords on threads of its own.
    pub passwords: HashingPool,
    /// How often may be tried to sign in.
    pub limits: LoginLimits,
    /// How many letters a mailbox gets.
    pub mailboxes: MailboxLimit,
    /// Sends mail.
    pub mailer: Mailer,
    /// Makes and checks sign-in links.
    pub sign_in_links: SignInLinks,
    /// What ties pages to browsers.
    pub browsers: Browsers,
    /// The time.
    pub clock: Clock,
}
