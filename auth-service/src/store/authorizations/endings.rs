//! How authorizations end: revoked, and kept to notice a second use of what came of them; or forgotten.

use diesel::prelude::*;
use service_kit::{AnyConnection, AuditEvent, AuditLog, Database, StoreError};

use crate::domain::authorization::CODE_LIFETIME;
use crate::store::schema::{authorization_codes, authorizations, refresh_tokens};

/// Revokes an authorization and writes the audit row, once.
///
/// # Errors
/// The database's.
pub async fn revoke(
    database: &Database,
    authorization_id: &str,
    now: i64,
    audit: (AuditLog, AuditEvent),
) -> Result<(), StoreError> {
    let id = authorization_id.to_owned();
    let write = move |connection: &mut AnyConnection| {
        revoke_in(connection, &id, now, &audit.0, &audit.1)?;
        Ok::<_, StoreError>(())
    };
    database.write(write).await
}

pub(super) fn revoke_in(
    connection: &mut AnyConnection,
    authorization_id: &str,
    now: i64,
    log: &AuditLog,
    event: &AuditEvent,
) -> QueryResult<()> {
    let standing = authorizations::table.find(authorization_id).filter(authorizations::revoked_at.is_null());
    if diesel::update(standing).set(authorizations::revoked_at.eq(now)).execute(connection)? == 1 {
        log.insert(connection, event)?;
    }
    Ok(())
}

/// No more of them are forgotten in one transaction, so that nobody waits long for it, however many there are.
const PORTION: i64 = 1_000;

/// What is forgotten.
#[derive(Debug, Clone, Copy)]
enum Over {
    /// Refresh tokens of authorizations that have ended: by themselves, since there may be thousands of one.
    OfEnded,
    /// Authorizations that have ended, with what else there is of them.
    Ended,
    /// Authorizations of which nothing came.
    Unredeemed,
    /// Refresh tokens that have expired. Spent ones stay as long as what they belong to: a second use is to be noticed
    /// however late it comes.
    Expired,
}

/// Forgets, with all that came of them, authorizations that ended before `now` (microseconds since the epoch) or whose code
/// expired a while before it and was not redeemed; and refresh tokens that have expired. Gives how many of each there were.
///
/// # Errors
/// The first of the database's; what can be forgotten all the same is.
pub async fn purge(database: &Database, now: i64) -> Result<usize, StoreError> {
    let mut forgotten = Ok(0);
    for over in [Over::OfEnded, Over::Ended, Over::Unredeemed, Over::Expired] {
        let these = forget(database, over, now).await;
        forgotten = forgotten.and_then(|before: usize| these.map(|these| before + these));
    }
    forgotten
}

async fn forget(database: &Database, over: Over, now: i64) -> Result<usize, StoreError> {
    let mut forgotten = 0;
    loop {
        let portion = database.write(move |connection: &mut AnyConnection| forget_in(connection, over, now)).await?;
        forgotten += portion;
        if i64::try_from(portion).is_ok_and(|portion| portion < PORTION) {
            return Ok(forgotten);
        }
    }
}

fn forget_in(connection: &mut AnyConnection, over: Over, now: i64) -> Result<usize, StoreError> {
    let done = match over {
        Over::OfEnded => {
            let ended = authorizations::table.filter(authorizations::expires_at.lt(now));
            let ended = ended.select(authorizations::authorization_id);
            let of_ended = refresh_tokens::table.filter(refresh_tokens::authorization_id.eq_any(ended));
            let digests = of_ended.select(refresh_tokens::digest).limit(PORTION).load::<Vec<u8>>(connection)?;
            diesel::delete(refresh_tokens::table.filter(refresh_tokens::digest.eq_any(digests))).execute(connection)?
        }
        Over::Ended => {
            let ended = authorizations::table.filter(authorizations::expires_at.lt(now));
            let ids = ended.select(authorizations::authorization_id).limit(PORTION).load::<String>(connection)?;
            let these = authorizations::table.filter(authorizations::authorization_id.eq_any(ids));
            diesel::delete(these).execute(connection)?
        }
        Over::Unredeemed => {
            // A redemption that began in time, and is not seen here, is over by now.
            let since = now.saturating_sub(i64::try_from(CODE_LIFETIME.as_micros()).unwrap_or(i64::MAX));
            let unredeemed = authorization_codes::table
                .filter(authorization_codes::spent_at.is_null())
                .filter(authorization_codes::expires_at.lt(since));
            let ids =
                unredeemed.select(authorization_codes::authorization_id).limit(PORTION).load::<String>(connection)?;
            let these = authorizations::table.filter(authorizations::authorization_id.eq_any(ids));
            diesel::delete(these).execute(connection)?
        }
        Over::Expired => {
            let unspent = refresh_tokens::table.filter(refresh_tokens::spent_at.is_null());
            let expired = unspent.filter(refresh_tokens::expires_at.lt(now));
            let digests = expired.select(refresh_tokens::digest).limit(PORTION).load::<Vec<u8>>(connection)?;
            let these = refresh_tokens::table.filter(refresh_tokens::digest.eq_any(digests));
            diesel::delete(these.filter(refresh_tokens::spent_at.is_null())).execute(connection)?
        }
    };
    Ok(done)
}

/// Forgets all that came of what people allowed this client.
pub(in crate::store) fn forget_client_in(connection: &mut AnyConnection, client_id: &str) -> QueryResult<()> {
    let of_client = authorizations::table.filter(authorizations::client_id.eq(client_id));
    diesel::delete(of_client).execute(connection).map(drop)
}

/// Revokes all that a person has allowed, offline too.
pub(in crate::store) fn revoke_all_of_in(connection: &mut AnyConnection, user_id: &str, now: i64) -> QueryResult<()> {
    let standing =
        authorizations::table.filter(authorizations::user_id.eq(user_id)).filter(authorizations::revoked_at.is_null());
    diesel::update(standing).set(authorizations::revoked_at.eq(now)).execute(connection).map(drop)
}
