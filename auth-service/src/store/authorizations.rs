//! The tables of authorizations, and of the codes and refresh tokens that come of them.

mod endings;
mod row;

use diesel::prelude::*;
use service_kit::{AnyConnection, AuditEvent, AuditLog, Database, StoreError};

pub(super) use endings::{forget_client_in, revoke_all_of_in};
pub use endings::{purge, revoke};

use endings::revoke_in;
use row::{AuthorizationRow, CodeRow, RefreshTokenRow, authorization_of, row_of};

use super::schema::{authorization_codes, authorizations, refresh_tokens};
use super::{CorruptRow, clients, consents, pushed_requests, sessions};
use crate::domain::authorization::Authorization;
use crate::domain::one_time::{Standing, Verdict, settle};
use crate::domain::pkce::Challenge;

/// A code to be issued.
#[derive(Debug, Clone)]
pub struct NewCode {
    /// SHA-256 of the code.
    pub digest: Vec<u8>,
    /// Where it is sent, as the request said.
    pub redirect_uri: String,
    /// What its verifier has to meet.
    pub challenge: Challenge,
    /// In microseconds since the epoch.
    pub expires_at: i64,
}

/// What a new authorization rests on, beside the session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Basis {
    /// The person has just consented.
    GivenNow,
    /// The person has consented before.
    GivenBefore,
    /// The client is of the house.
    NotAsked,
}

/// What became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recorded {
    /// It is recorded.
    Done,
    /// The pushed request had been used. Nothing is recorded.
    PushedRequestSpent,
    /// The session has ended, or the consent was withdrawn. Nothing is recorded.
    Over,
    /// The client was deleted. Nothing is recorded.
    ClientGone,
}

/// What goes with a new authorization.
#[derive(Debug, Clone)]
pub struct Circumstances {
    /// See [`Basis`].
    pub basis: Basis,
    /// Digest of the pushed request that it answers, which is thereby used up.
    pub pushed: Option<Vec<u8>>,
    /// In microseconds since the epoch.
    pub now: i64,
}

/// Something that is good once, by the SHA-256 of it.
#[derive(Debug, Clone)]
pub enum OneTime {
    /// An authorization code.
    Code(Vec<u8>),
    /// A refresh token.
    RefreshToken(Vec<u8>),
}

/// What is known of it.
#[derive(Debug, Clone)]
pub struct Found {
    /// What it belongs to.
    pub authorization: Authorization,
    /// How that stands.
    pub standing: Standing,
    /// It has been used.
    pub spent: bool,
    /// In microseconds since the epoch.
    pub expires_at: i64,
    /// Of a code: where it was sent, and what its verifier has to meet.
    pub code: Option<(String, Challenge)>,
}

/// What comes next.
#[derive(Debug, Clone)]
pub enum Next {
    /// A refresh token.
    RefreshToken {
        /// SHA-256 of it.
        digest: Vec<u8>,
        /// In microseconds since the epoch.
        expires_at: i64,
    },
    /// Nothing, so the authorization ends with the access token that is issued now.
    Nothing {
        /// When that is over, in microseconds since the epoch.
        over_at: i64,
    },
}

/// Records an authorization, its code and the audit rows, all or nothing. What it rests on is locked meanwhile, so that
/// whatever ends that ends this too, or comes first.
///
/// # Errors
/// The database's.
pub async fn insert(
    database: &Database,
    authorization: Authorization,
    code: Option<NewCode>,
    circumstances: Circumstances,
    audit: (AuditLog, Vec<AuditEvent>),
) -> Result<Recorded, StoreError> {
    let Circumstances { basis, pushed, now } = circumstances;
    let row = row_of(&authorization, now);
    let code = code.map(|code| CodeRow {
        digest: code.digest,
        authorization_id: authorization.authorization_id.clone(),
        redirect_uri: code.redirect_uri,
        code_challenge: code.challenge.as_str().to_owned(),
        expires_at: code.expires_at,
        spent_at: None,
    });
    let write = move |connection: &mut AnyConnection| {
        if !clients::hold_in(connection, &authorization.client_id)? {
            return Ok(Recorded::ClientGone);
        }
        if let Some(pushed) = &pushed
            && !pushed_requests::consume_in(connection, pushed)?
        {
            return Ok(Recorded::PushedRequestSpent);
        }
        if !stands_in(connection, basis, &authorization, now)? {
            return Ok(Recorded::Over);
        }
        diesel::insert_into(authorizations::table).values(row.clone()).execute(connection)?;
        if let Some(code) = code.clone() {
            diesel::insert_into(authorization_codes::table).values(code).execute(connection)?;
        }
        for event in &audit.1 {
            audit.0.insert(connection, event)?;
        }
        Ok::<_, StoreError>(Recorded::Done)
    };
    match database.write(write.clone()).await {
        // The same person allowed the same client something for the first time at the same moment.
        Err(error) if error.is_unique_violation() => database.write(write).await,
        done => done,
    }
}

fn stands_in(
    connection: &mut AnyConnection,
    basis: Basis,
    authorization: &Authorization,
    now: i64,
) -> QueryResult<bool> {
    let Authorization { user_id, client_id, scope, session_id, .. } = authorization;
    if !sessions::hold_in(connection, session_id)? {
        return Ok(false);
    }
    match basis {
        Basis::NotAsked => Ok(true),
        Basis::GivenNow => consents::give_in(connection, user_id, client_id, scope, now).map(|()| true),
        Basis::GivenBefore => consents::hold_in(connection, user_id, client_id, scope),
    }
}

/// What there is to know of a code or refresh token, before anything is done with it.
///
/// # Errors
/// The database's.
pub async fn find(database: &Database, one_time: &OneTime, now: i64) -> Result<Option<Found>, StoreError> {
    let one_time = one_time.clone();
    database.read(move |connection| find_in(connection, &one_time, now)).await
}

fn find_in(connection: &mut AnyConnection, one_time: &OneTime, now: i64) -> QueryResult<Option<Found>> {
    let (authorization_id, spent_at, expires_at, code) = match one_time {
        OneTime::Code(digest) => {
            let row = authorization_codes::table.find(digest).select(CodeRow::as_select()).first(connection);
            let Some(row) = row.optional()? else { return Ok(None) };
            let challenge = Challenge::parse(&row.code_challenge).ok_or(CorruptRow("authorization_codes"))?;
            (row.authorization_id, row.spent_at, row.expires_at, Some((row.redirect_uri, challenge)))
        }
        OneTime::RefreshToken(digest) => {
            let row = refresh_tokens::table.find(digest).select(RefreshTokenRow::as_select()).first(connection);
            let Some(row) = row.optional()? else { return Ok(None) };
            (row.authorization_id, row.spent_at, row.expires_at, None)
        }
    };
    let Some((authorization, standing)) = standing_in(connection, &authorization_id, now)? else { return Ok(None) };
    Ok(Some(Found { authorization, standing, spent: spent_at.is_some(), expires_at, code }))
}

fn standing_in(
    connection: &mut AnyConnection,
    authorization_id: &str,
    now: i64,
) -> QueryResult<Option<(Authorization, Standing)>> {
    let row = authorizations::table.find(authorization_id).select(AuthorizationRow::as_select()).first(connection);
    let Some(row) = row.optional()? else { return Ok(None) };
    let is_revoked = row.revoked_at.is_some();
    let authorization = authorization_of(row)?;
    let session_is_live = sessions::is_live_in(connection, &authorization.session_id, now)?;
    let standing = authorization.standing(is_revoked, session_is_live, now);
    Ok(Some((authorization, standing)))
}

/// Whether access tokens of this authorization are still good here.
///
/// # Errors
/// The database's.
pub async fn is_live(database: &Database, authorization_id: &str, now: i64) -> Result<bool, StoreError> {
    let id = authorization_id.to_owned();
    let standing = database.read(move |connection| standing_in(connection, &id, now)).await?;
    Ok(standing.is_some_and(|(_, standing)| standing == Standing::Live))
}

/// Spends it and records what comes next and the audit row `issued`; or, if it was spent meanwhile, revokes the
/// authorization with the audit row `reused`. Each by one conditional statement, so of two that come at once, at whichever
/// replica, one wins.
///
/// # Errors
/// The database's.
pub async fn spend(
    database: &Database,
    one_time: OneTime,
    authorization_id: &str,
    next: Next,
    now: i64,
    audit: (AuditLog, AuditEvent, AuditEvent),
) -> Result<Verdict, StoreError> {
    let id = authorization_id.to_owned();
    let write = move |connection: &mut AnyConnection| {
        let (log, issued, reused) = &audit;
        // First the authorization and then what belongs to it, as a deletion locks them.
        let stands = touch(connection, &id, now)?;
        let verdict = settle(mark_spent(connection, &one_time, now)?, stands);
        match verdict {
            Verdict::Spend => {
                record_next(connection, &id, &next)?;
                log.insert(connection, issued)?;
            }
            Verdict::Reuse => revoke_in(connection, &id, now, log, reused)?,
            Verdict::Refuse(_) => {}
        }
        Ok::<_, StoreError>(verdict)
    };
    database.write(write).await
}

fn record_next(connection: &mut AnyConnection, authorization_id: &str, next: &Next) -> QueryResult<()> {
    match next.clone() {
        Next::RefreshToken { digest, expires_at } => {
            let authorization_id = authorization_id.to_owned();
            let row = RefreshTokenRow { digest, authorization_id, expires_at, spent_at: None };
            diesel::insert_into(refresh_tokens::table).values(row).execute(connection).map(drop)
        }
        Next::Nothing { over_at } => {
            let longer = authorizations::table.find(authorization_id).filter(authorizations::expires_at.gt(over_at));
            diesel::update(longer).set(authorizations::expires_at.eq(over_at)).execute(connection).map(drop)
        }
    }
}

fn mark_spent(connection: &mut AnyConnection, one_time: &OneTime, now: i64) -> QueryResult<bool> {
    let spent = match one_time {
        OneTime::Code(digest) => {
            let unspent = authorization_codes::table.find(digest).filter(authorization_codes::spent_at.is_null());
            diesel::update(unspent).set(authorization_codes::spent_at.eq(now)).execute(connection)?
        }
        OneTime::RefreshToken(digest) => {
            let unspent = refresh_tokens::table.find(digest).filter(refresh_tokens::spent_at.is_null());
            diesel::update(unspent).set(refresh_tokens::spent_at.eq(now)).execute(connection)?
        }
    };
    Ok(spent == 1)
}

/// Whether the authorization stands; its row is locked until the end of the transaction.
fn touch(connection: &mut AnyConnection, authorization_id: &str, now: i64) -> QueryResult<bool> {
    let standing = authorizations::table.find(authorization_id).filter(authorizations::revoked_at.is_null());
    Ok(diesel::update(standing).set(authorizations::used_at.eq(now)).execute(connection)? == 1)
}
