//! The table of used client assertions: each is good once, at whichever replica it arrives.

use diesel::prelude::*;
use service_kit::{AnyConnection, Database, StoreError};
use shared_claims::ids::{ClientId, TokenId};

use super::schema::used_assertions;

/// Uses up an assertion. `false` if it was used before: the primary key decides, so of two that arrive at once one wins.
///
/// # Errors
/// The database's.
pub async fn consume(
    database: &Database,
    client_id: &ClientId,
    token_id: &TokenId,
    expires_at: i64,
) -> Result<bool, StoreError> {
    let (client_id, token_id) = (client_id.to_string(), token_id.to_string());
    let write = move |connection: &mut AnyConnection| {
        let row = (
            used_assertions::client_id.eq(client_id.clone()),
            used_assertions::token_id.eq(token_id.clone()),
            used_assertions::expires_at.eq(expires_at),
        );
        diesel::insert_into(used_assertions::table).values(row).execute(connection)?;
        Ok::<_, StoreError>(())
    };
    match database.write(write).await {
        Ok(()) => Ok(true),
        Err(error) if error.is_unique_violation() => Ok(false),
        Err(error) => Err(error),
    }
}

/// Forgets assertions that expired before `now` (microseconds since the epoch); they would be refused for that.
///
/// # Errors
/// The database's.
pub async fn purge(database: &Database, now: i64) -> Result<usize, StoreError> {
    let write = move |connection: &mut AnyConnection| {
        let expired = used_assertions::table.filter(used_assertions::expires_at.lt(now));
        Ok::<_, StoreError>(diesel::delete(expired).execute(connection)?)
    };
    database.write(write).await
}
