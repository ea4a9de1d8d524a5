//! The table of sessions.

use diesel::prelude::*;
use service_kit::{AnyConnection, AuditEvent, AuditLog, Database, StoreError};

use super::schema::{authorizations, sessions, users};
use super::users::status_text;
use super::{CorruptRow, sign_in_links};
use crate::domain::session::{Method, Session};
use crate::domain::user::UserStatus;

#[derive(Queryable, Selectable, Insertable, Clone)]
#[diesel(table_name = sessions)]
struct SessionRow {
    session_id: String,
    digest: Vec<u8>,
    user_id: String,
    method: String,
    authenticated_at: i64,
    expires_at: i64,
    ended_at: Option<i64>,
}

/// What a new session goes with.
#[derive(Debug, Clone)]
pub struct Beginning {
    /// SHA-256 of the cookie.
    pub digest: Vec<u8>,
    /// The session that the browser had until now, which ends.
    pub before: Option<String>,
    /// By what the person proved who they are.
    pub proof: Proof,
}

/// What somebody who signs in has shown.
#[derive(Debug, Clone)]
pub enum Proof {
    /// A password, which was checked against this hash.
    Password(String),
    /// A link that was sent to their address, and is spent with this.
    Link {
        /// `jti` of its token.
        link_id: String,
        /// The browser that asked for it.
        browser_digest: String,
    },
}

impl Proof {
    /// As the session remembers it.
    #[must_use]
    pub fn method(&self) -> Method {
        match self {
            Self::Password(_) => Method::Password,
            Self::Link { .. } => Method::Email,
        }
    }
}

/// What became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Begun {
    /// There is a session.
    Done,
    /// There is none: the person was suspended or deleted, or got another password, since they proved who they are.
    PersonRefused,
    /// There is none: the link was spent meanwhile, or has expired.
    LinkSpent,
}

/// Begins a session and writes the audit row; of a link, it is spent in the same transaction, so that it is not lost where
/// this fails. To prove who one is takes a while, and what ends the person's sessions meanwhile must end this one.
///
/// # Errors
/// The database's.
pub async fn insert(
    database: &Database,
    session: Session,
    beginning: Beginning,
    audit: (AuditLog, AuditEvent),
) -> Result<Begun, StoreError> {
    let Beginning { digest, before, proof } = beginning;
    let now = session.authenticated_at;
    let row = SessionRow {
        session_id: session.session_id,
        digest,
        user_id: session.user_id,
        method: session.method.as_str().to_owned(),
        authenticated_at: session.authenticated_at,
        expires_at: session.expires_at,
        ended_at: None,
    };
    let write = move |connection: &mut AnyConnection| {
        // It is spent by whoever shows it, also if the person may not sign in.
        if let Proof::Link { link_id, browser_digest } = &proof
            && !sign_in_links::spend_in(connection, link_id, browser_digest, now)?
        {
            return Ok(Begun::LinkSpent);
        }
        if !hold_person(connection, &row.user_id, &proof, now)? {
            return Ok(Begun::PersonRefused);
        }
        if let Some(before) = &before {
            end_in(connection, before, now)?;
        }
        diesel::insert_into(sessions::table).values(row.clone()).execute(connection)?;
        audit.0.insert(connection, &audit.1)?;
        Ok::<_, StoreError>(Begun::Done)
    };
    database.write(write).await
}

/// Whether the person may still sign in, with this password if it was one; their row is locked until the end of the
/// transaction. A link shows besides that the address is theirs.
fn hold_person(connection: &mut AnyConnection, user_id: &str, proof: &Proof, now: i64) -> QueryResult<bool> {
    let active = users::status.eq(status_text(UserStatus::Active));
    let person = users::table.find(user_id).filter(active);
    let held = match proof {
        Proof::Password(hash) => {
            diesel::update(person.filter(users::password_hash.eq(hash))).set(active).execute(connection)?
        }
        Proof::Link { .. } => diesel::update(person).set(users::email_verified_at.eq(now)).execute(connection)?,
    };
    Ok(held == 1)
}

/// The session of the cookie with this digest, if it is live at `now` (microseconds since the epoch).
///
/// # Errors
/// The database's.
pub async fn find_live(database: &Database, digest: Vec<u8>, now: i64) -> Result<Option<Session>, StoreError> {
    let read = move |connection: &mut AnyConnection| {
        let row = sessions::table
            .filter(sessions::digest.eq(digest.clone()))
            .filter(sessions::ended_at.is_null())
            .filter(sessions::expires_at.gt(now))
            .select(SessionRow::as_select())
            .first(connection)
            .optional()?;
        row.map(session_of).transpose().map_err(Into::into)
    };
    database.read(read).await
}

/// Ends a session and all that lives with it, and writes the audit row. `false` if it had ended before.
///
/// # Errors
/// The database's.
pub async fn end(
    database: &Database,
    session_id: String,
    now: i64,
    audit: (AuditLog, AuditEvent),
) -> Result<bool, StoreError> {
    let write = move |connection: &mut AnyConnection| {
        let ended = end_in(connection, &session_id, now)?;
        if ended {
            audit.0.insert(connection, &audit.1)?;
        }
        Ok::<_, StoreError>(ended)
    };
    database.write(write).await
}

/// What was granted offline stays (OpenID Connect Back-Channel Logout section 2.7).
fn end_in(connection: &mut AnyConnection, session_id: &str, now: i64) -> QueryResult<bool> {
    let open = sessions::table.find(session_id).filter(sessions::ended_at.is_null());
    let ended = diesel::update(open).set(sessions::ended_at.eq(now)).execute(connection)?;
    let of_session = authorizations::table
        .filter(authorizations::session_id.eq(session_id))
        .filter(authorizations::revoked_at.is_null())
        .filter(authorizations::scope.not_like("%offline_access%"));
    diesel::update(of_session).set(authorizations::revoked_at.eq(now)).execute(connection)?;
    Ok(ended == 1)
}

/// Ends every session of a person.
pub(super) fn end_all_of(connection: &mut AnyConnection, user_id: &str, now: i64) -> QueryResult<()> {
    let open = sessions::table.filter(sessions::user_id.eq(user_id)).filter(sessions::ended_at.is_null());
    diesel::update(open).set(sessions::ended_at.eq(now)).execute(connection).map(drop)
}

/// Whether the session has not ended; its row is locked until the end of the transaction.
pub(super) fn hold_in(connection: &mut AnyConnection, session_id: &str) -> QueryResult<bool> {
    let open = sessions::table.find(session_id).filter(sessions::ended_at.is_null());
    let held = diesel::update(open).set(sessions::expires_at.eq(sessions::expires_at)).execute(connection)?;
    Ok(held == 1)
}

/// Whether the session is live at `now`.
pub(super) fn is_live_in(connection: &mut AnyConnection, session_id: &str, now: i64) -> QueryResult<bool> {
    let live = sessions::table
        .find(session_id)
        .filter(sessions::ended_at.is_null())
        .filter(sessions::expires_at.gt(now))
        .select(sessions::session_id);
    Ok(live.first::<String>(connection).optional()?.is_some())
}

/// Forgets sessions that expired before `now` (microseconds since the epoch).
///
/// # Errors
/// The database's.
pub async fn purge(database: &Database, now: i64) -> Result<usize, StoreError> {
    let write = move |connection: &mut AnyConnection| {
        let expired = sessions::table.filter(sessions::expires_at.lt(now));
        Ok::<_, StoreError>(diesel::delete(expired).execute(connection)?)
    };
    database.write(write).await
}

fn session_of(row: SessionRow) -> Result<Session, CorruptRow> {
    Ok(Session {
        session_id: row.session_id,
        user_id: row.user_id,
        method: method_of(&row.method).ok_or(CorruptRow("sessions"))?,
        authenticated_at: row.authenticated_at,
        expires_at: row.expires_at,
    })
}

pub(super) fn method_of(text: &str) -> Option<Method> {
    Method::ALL.into_iter().find(|method| method.as_str() == text)
}
