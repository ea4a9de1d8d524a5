//! The table of registered clients.

mod row;

use std::collections::HashMap;

use diesel::prelude::*;
use service_kit::{AnyConnection, AuditEvent, AuditLog, Database, StoreError};
use shared_claims::ids::ClientId;

use super::schema::clients;
use super::secrets::{self, SecretRow};
use super::{ChangeError, authorizations, consents, pushed_requests};
use crate::domain::client::{AuthMethod, Client, KEYS_OF_SIGNERS, URIS_OF_BROWSERS};
use crate::domain::grant_type::GrantType;
use crate::domain::partner_id::is_partner_id;

pub(super) use row::method_of;
use row::{ClientRow, client_of, row_of};
pub use row::{list_text, status_text};

/// What a repeated registration is recognized by: who sent which Idempotency-Key, and what the request said.
#[derive(Debug, Clone)]
pub struct RegistrationKey {
    /// The operator and the key.
    pub key: String,
    /// A digest of the request.
    pub fingerprint: String,
}

/// How a registration ended.
pub enum Registered {
    /// The client is new.
    New,
    /// The same registration was made before; this is its client, as it is now.
    Before(Box<Client>),
}

/// What of a client can be changed; `None` leaves it as it is.
#[derive(Debug, Clone, Default, AsChangeset)]
#[diesel(table_name = clients)]
pub struct ClientChange {
    /// Its name for people.
    pub client_name: Option<String>,
    /// `active` or `suspended`.
    pub status: Option<String>,
    /// Scope-tokens with single spaces.
    pub scope: Option<String>,
    /// In seconds.
    pub access_token_lifetime: Option<i64>,
    /// A JWK Set as JSON.
    pub jwks: Option<String>,
    /// A JSON array of texts.
    pub redirect_uris: Option<String>,
    /// A JSON array of texts.
    pub post_logout_redirect_uris: Option<String>,
}

impl ClientChange {
    fn changes_nothing(&self) -> bool {
        let texts = [
            &self.client_name,
            &self.status,
            &self.scope,
            &self.jwks,
            &self.redirect_uris,
            &self.post_logout_redirect_uris,
        ];
        texts.iter().all(|text| text.is_none()) && self.access_token_lifetime.is_none()
    }

    /// What goes only with some registrations.
    fn check(&self, client: &Client) -> Result<(), ChangeError> {
        let signs = client.auth_method == AuthMethod::PrivateKeyJwt || client.may(GrantType::JwtBearer);
        let sends_people = client.grant_types.iter().any(|grant| grant.is_through_browser());
        if self.jwks.is_some() && !signs {
            return Err(ChangeError::Field("/jwks", KEYS_OF_SIGNERS));
        }
        for (field, change) in
            [("/redirect_uris", &self.redirect_uris), ("/post_logout_redirect_uris", &self.post_logout_redirect_uris)]
        {
            if change.is_some() && !sends_people {
                return Err(ChangeError::Field(field, URIS_OF_BROWSERS));
            }
        }
        Ok(())
    }
}

/// The client with its secrets.
///
/// # Errors
/// The database's.
pub async fn find(database: &Database, client_id: &str) -> Result<Option<Client>, StoreError> {
    let id = client_id.to_owned();
    database.read(move |connection| find_in(connection, &id)).await
}

fn find_in(connection: &mut AnyConnection, client_id: &str) -> QueryResult<Option<Client>> {
    let row = clients::table.find(client_id).select(ClientRow::as_select()).first(connection).optional()?;
    let Some(row) = row else { return Ok(None) };
    let secrets = secrets::of_client(connection, client_id)?;
    Ok(Some(client_of(row, secrets)?))
}

/// Clients by id, after `after`, at most `limit`.
///
/// # Errors
/// The database's.
pub async fn page(database: &Database, after: Option<&str>, limit: i64) -> Result<Vec<Client>, StoreError> {
    let after = after.unwrap_or_default().to_owned();
    let read = move |connection: &mut AnyConnection| {
        let rows = clients::table
            .filter(clients::client_id.gt(after.clone()))
            .order(clients::client_id)
            .limit(limit)
            .select(ClientRow::as_select())
            .load(connection)?;
        let ids = rows.iter().map(|row| row.client_id.clone()).collect::<Vec<_>>();
        let mut by_client: HashMap<String, Vec<SecretRow>> = HashMap::new();
        for secret in secrets::of_clients(connection, &ids)? {
            by_client.entry(secret.client_id.clone()).or_default().push(secret);
        }
        let with_secrets = |row: ClientRow| {
            let secrets = by_client.remove(&row.client_id).unwrap_or_default();
            client_of(row, secrets).map_err(Into::into)
        };
        rows.into_iter().map(with_secrets).collect()
    };
    database.read(read).await
}

/// Registers a client with its first secret and the audit row, all or nothing; or finds the one that the same
/// registration made before.
///
/// # Errors
/// [`ChangeError::KeyReused`] or the database's.
pub async fn insert(
    database: &Database,
    client: Client,
    key: Option<RegistrationKey>,
    audit: (AuditLog, AuditEvent),
) -> Result<Registered, ChangeError> {
    let row = row_of(&client, key.clone());
    let write = move |connection: &mut AnyConnection| {
        if let Some(before) = find_registration(connection, key.as_ref())? {
            return Ok(Registered::Before(Box::new(before)));
        }
        diesel::insert_into(clients::table).values(row.clone()).execute(connection)?;
        for (slot, secret) in (1..).zip(&client.secrets) {
            secrets::insert_in(connection, &client.client_id, slot, secret)?;
        }
        audit.0.insert(connection, &audit.1)?;
        Ok(Registered::New)
    };
    let repeat = write.clone();
    match database.write(write).await {
        // A twin was faster by a hair; it has committed, so now it is found.
        Err(ChangeError::Store(error)) if error.is_unique_violation() => database.write(repeat).await,
        done => done,
    }
}

fn find_registration(
    connection: &mut AnyConnection,
    key: Option<&RegistrationKey>,
) -> Result<Option<Client>, ChangeError> {
    let Some(key) = key else { return Ok(None) };
    let row = clients::table
        .filter(clients::registration_key.eq(key.key.clone()))
        .select(ClientRow::as_select())
        .first(connection)
        .optional()?;
    match row {
        None => Ok(None),
        Some(row) if row.registration_fingerprint.as_ref() != Some(&key.fingerprint) => Err(ChangeError::KeyReused),
        Some(row) => {
            let secrets = secrets::of_client(connection, &row.client_id)?;
            Ok(Some(client_of(row, secrets).map_err(diesel::result::Error::from)?))
        }
    }
}

/// Changes a client and writes the audit row, and gives the client as it is then.
///
/// # Errors
/// [`ChangeError::NotFound`], [`ChangeError::Field`] for what does not go with the registration, or the database's.
pub async fn update(
    database: &Database,
    client_id: &ClientId,
    change: ClientChange,
    audit: (AuditLog, AuditEvent),
) -> Result<Client, ChangeError> {
    let id = client_id.as_str().to_owned();
    let write = move |connection: &mut AnyConnection| {
        if !change.changes_nothing() {
            diesel::update(clients::table.find(id.clone())).set(change.clone()).execute(connection)?;
        }
        let client = find_in(connection, &id)?.ok_or(ChangeError::NotFound)?;
        change.check(&client)?;
        audit.0.insert(connection, &audit.1)?;
        Ok(client)
    };
    database.write(write).await
}

/// Whether the client is there; it is not deleted before the end of the transaction. An application of the house has no
/// row, and is always there.
pub(super) fn hold_in(connection: &mut AnyConnection, client_id: &ClientId) -> QueryResult<bool> {
    if !is_partner_id(client_id.as_str()) {
        return Ok(true);
    }
    let row = clients::table.find(client_id.as_str()).select(clients::client_id);
    let found = match connection {
        // The weakest lock that a deletion waits for: many may hold it at once.
        AnyConnection::Postgres(inner) => row.for_key_share().first::<String>(inner),
        // Nobody else writes meanwhile.
        AnyConnection::Sqlite(inner) => row.first::<String>(inner),
    };
    Ok(found.optional()?.is_some())
}

/// Deletes a client with its secrets, what people have allowed it, all that came of that, and what it has pushed.
///
/// # Errors
/// [`ChangeError::NotFound`] or the database's.
pub async fn delete(
    database: &Database,
    client_id: &ClientId,
    audit: (AuditLog, AuditEvent),
) -> Result<(), ChangeError> {
    let id = client_id.as_str().to_owned();
    let write = move |connection: &mut AnyConnection| {
        if diesel::delete(clients::table.find(id.clone())).execute(connection)? == 0 {
            return Err(ChangeError::NotFound);
        }
        consents::forget_client_in(connection, &id)?;
        authorizations::forget_client_in(connection, &id)?;
        pushed_requests::forget_client_in(connection, &id)?;
        audit.0.insert(connection, &audit.1)?;
        Ok(())
    };
    database.write(write).await
}
