//! The table of authorization requests that clients pushed (RFC 9126).

use diesel::prelude::*;
use service_kit::{AnyConnection, AuditEvent, AuditLog, Database, StoreError};

use super::schema::pushed_requests;

#[derive(Queryable, Selectable, Insertable, Clone)]
#[diesel(table_name = pushed_requests)]
struct PushedRow {
    digest: Vec<u8>,
    client_id: String,
    parameters: String,
    expires_at: i64,
}

/// Keeps a request under the digest of its `request_uri`.
///
/// # Errors
/// The database's.
pub async fn insert(
    database: &Database,
    digest: Vec<u8>,
    client_id: &str,
    parameters: String,
    expires_at: i64,
) -> Result<(), StoreError> {
    let row = PushedRow { digest, client_id: client_id.to_owned(), parameters, expires_at };
    let write = move |connection: &mut AnyConnection| {
        diesel::insert_into(pushed_requests::table).values(row.clone()).execute(connection)?;
        Ok::<_, StoreError>(())
    };
    database.write(write).await
}

/// The form-encoded parameters, if `client_id` pushed them and they are good at `now` (microseconds since the epoch).
///
/// # Errors
/// The database's.
pub async fn find(
    database: &Database,
    digest: Vec<u8>,
    client_id: &str,
    now: i64,
) -> Result<Option<String>, StoreError> {
    let client_id = client_id.to_owned();
    let read = move |connection: &mut AnyConnection| {
        pushed_requests::table
            .find(digest.clone())
            .filter(pushed_requests::client_id.eq(client_id.clone()))
            .filter(pushed_requests::expires_at.gt(now))
            .select(pushed_requests::parameters)
            .first(connection)
            .optional()
    };
    database.read(read).await
}

/// Uses a request up that was denied, and writes the audit row, both or neither.
///
/// # Errors
/// The database's.
pub async fn deny(database: &Database, digest: Vec<u8>, audit: (AuditLog, AuditEvent)) -> Result<(), StoreError> {
    let write = move |connection: &mut AnyConnection| {
        consume_in(connection, &digest)?;
        audit.0.insert(connection, &audit.1)?;
        Ok::<_, StoreError>(())
    };
    database.write(write).await
}

/// Uses a request up. `false` if it was used before.
pub(super) fn consume_in(connection: &mut AnyConnection, digest: &[u8]) -> QueryResult<bool> {
    Ok(diesel::delete(pushed_requests::table.find(digest)).execute(connection)? == 1)
}

/// Forgets what a client has pushed.
pub(super) fn forget_client_in(connection: &mut AnyConnection, client_id: &str) -> QueryResult<()> {
    diesel::delete(pushed_requests::table.filter(pushed_requests::client_id.eq(client_id)))
        .execute(connection)
        .map(drop)
}

/// Forgets requests that expired before `now` (microseconds since the epoch).
///
/// # Errors
/// The database's.
pub async fn purge(database: &Database, now: i64) -> Result<usize, StoreError> {
    let write = move |connection: &mut AnyConnection| {
        let expired = pushed_requests::table.filter(pushed_requests::expires_at.lt(now));
        Ok::<_, StoreError>(diesel::delete(expired).execute(connection)?)
    };
    database.write(write).await
}
