//! The table of client secrets: digests, at most two a client.

use diesel::prelude::*;
use service_kit::{AnyConnection, AuditEvent, AuditLog, Database};
use shared_claims::ids::ClientId;

use super::clients::method_of;
use super::schema::{client_secrets, clients};
use super::{ChangeError, CorruptRow};
use crate::domain::client_secret::StoredSecret;

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = client_secrets)]
pub(super) struct SecretRow {
    secret_id: String,
    pub(super) client_id: String,
    slot: i32,
    digest: Vec<u8>,
    created_at: i64,
    expires_at: Option<i64>,
}

impl From<SecretRow> for StoredSecret {
    fn from(row: SecretRow) -> Self {
        Self { secret_id: row.secret_id, digest: row.digest, created_at: row.created_at, expires_at: row.expires_at }
    }
}

pub(super) fn of_client(connection: &mut AnyConnection, client_id: &str) -> QueryResult<Vec<SecretRow>> {
    client_secrets::table
        .filter(client_secrets::client_id.eq(client_id.to_owned()))
        .order(client_secrets::slot)
        .select(SecretRow::as_select())
        .load(connection)
}

pub(super) fn of_clients(connection: &mut AnyConnection, client_ids: &[String]) -> QueryResult<Vec<SecretRow>> {
    client_secrets::table
        .filter(client_secrets::client_id.eq_any(client_ids.to_vec()))
        .order((client_secrets::client_id, client_secrets::slot))
        .select(SecretRow::as_select())
        .load(connection)
}

pub(super) fn insert_in(
    connection: &mut AnyConnection,
    client_id: &ClientId,
    slot: i32,
    secret: &StoredSecret,
) -> QueryResult<usize> {
    let row = SecretRow {
        secret_id: secret.secret_id.clone(),
        client_id: client_id.to_string(),
        slot,
        digest: secret.digest.clone(),
        created_at: secret.created_at,
        expires_at: secret.expires_at,
    };
    diesel::insert_into(client_secrets::table).values(row).execute(connection)
}

/// Adds a secret in a free slot; one whose secret has expired by the new one's `created_at` is free.
///
/// # Errors
/// [`ChangeError::NotFound`] without the client, [`ChangeError::Conflict`] if both slots are in use or the client signs
/// with a key, or the database's.
pub async fn add(
    database: &Database,
    client_id: &ClientId,
    secret: StoredSecret,
    audit: (AuditLog, AuditEvent),
) -> Result<(), ChangeError> {
    let full = ChangeError::Conflict("Both secrets of the client are in use. Remove one first.");
    let client_id = client_id.clone();
    let write = move |connection: &mut AnyConnection| {
        let client = clients::table.find(client_id.to_string());
        let method = client.select(clients::token_endpoint_auth_method).first::<String>(connection)?;
        let method = method_of(&method).ok_or_else(|| diesel::result::Error::from(CorruptRow("clients")))?;
        if !method.uses_secret() {
            // A secret beside the key would be a second, weaker way in.
            return Err(ChangeError::Conflict("This client does not use secrets."));
        }
        let expired = client_secrets::expires_at.le(secret.created_at);
        diesel::delete(
            client_secrets::table.filter(client_secrets::client_id.eq(client_id.to_string())).filter(expired),
        )
        .execute(connection)?;
        let taken = of_client(connection, client_id.as_str())?;
        let slot = [1, 2].into_iter().find(|slot| taken.iter().all(|row| row.slot != *slot));
        let slot = slot.ok_or(ChangeError::Conflict("Both secrets of the client are in use. Remove one first."))?;
        insert_in(connection, &client_id, slot, &secret)?;
        audit.0.insert(connection, &audit.1)?;
        Ok(())
    };
    match database.write(write).await {
        // Two added at once, and the other took the slot.
        Err(ChangeError::Store(error)) if error.is_unique_violation() => Err(full),
        done => done,
    }
}

/// Removes a secret.
///
/// # Errors
/// [`ChangeError::NotFound`] or the database's.
pub async fn remove(
    database: &Database,
    client_id: &ClientId,
    secret_id: &str,
    audit: (AuditLog, AuditEvent),
) -> Result<(), ChangeError> {
    let (client_id, secret_id) = (client_id.to_string(), secret_id.to_owned());
    let write = move |connection: &mut AnyConnection| {
        let of_client = client_secrets::client_id.eq(client_id.clone());
        let removed =
            diesel::delete(client_secrets::table.find(secret_id.clone()).filter(of_client)).execute(connection)?;
        if removed == 0 {
            return Err(ChangeError::NotFound);
        }
        audit.0.insert(connection, &audit.1)?;
        Ok(())
    };
    database.write(write).await
}
