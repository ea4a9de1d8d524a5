//! The table of consents: what a person has allowed a client until they withdraw it.

use diesel::prelude::*;
use service_kit::ids::new_id;
use service_kit::{AnyConnection, AuditEvent, AuditLog, Database, StoreError};
use shared_claims::ids::ClientId;
use shared_claims::scope::ScopeSet;

use super::schema::{authorizations, consents};
use super::{ChangeError, CorruptRow};

#[derive(Queryable, Selectable, Insertable, Clone)]
#[diesel(table_name = consents)]
struct ConsentRow {
    consent_id: String,
    user_id: String,
    client_id: String,
    scope: String,
    given_at: i64,
}

/// What a person has allowed a client.
#[derive(Debug, Clone)]
pub struct Consent {
    /// `con_` and a UUIDv7.
    pub consent_id: String,
    /// Whom.
    pub client_id: ClientId,
    /// What.
    pub scope: ScopeSet,
    /// When it was last given, in microseconds since the epoch.
    pub given_at: i64,
}

/// What `user_id` has allowed `client_id`.
///
/// # Errors
/// The database's.
pub async fn find(database: &Database, user_id: &str, client_id: &ClientId) -> Result<Option<Consent>, StoreError> {
    let (user_id, client_id) = (user_id.to_owned(), client_id.to_string());
    let read = move |connection: &mut AnyConnection| {
        let row = find_in(connection, &user_id, &client_id)?;
        row.map(consent_of).transpose().map_err(Into::into)
    };
    database.read(read).await
}

/// All that `user_id` has allowed, by client.
///
/// # Errors
/// The database's.
pub async fn of_user(database: &Database, user_id: &str) -> Result<Vec<Consent>, StoreError> {
    let user_id = user_id.to_owned();
    let read = move |connection: &mut AnyConnection| {
        let rows = consents::table
            .filter(consents::user_id.eq(user_id.clone()))
            .order(consents::client_id)
            .select(ConsentRow::as_select())
            .load(connection)?;
        rows.into_iter().map(|row| consent_of(row).map_err(Into::into)).collect()
    };
    database.read(read).await
}

/// Adds `scope` to what the person has allowed the client. Whoever is the first gets a unique violation if another is
/// faster by a hair; then there is something to add to.
pub(super) fn give_in(
    connection: &mut AnyConnection,
    user_id: &str,
    client_id: &ClientId,
    scope: &ScopeSet,
    now: i64,
) -> QueryResult<()> {
    let own =
        || consents::table.filter(consents::user_id.eq(user_id)).filter(consents::client_id.eq(client_id.as_str()));
    // The row is locked by this, so that what is allowed twice at once adds up.
    if diesel::update(own()).set(consents::given_at.eq(now)).execute(connection)? == 0 {
        let row = ConsentRow {
            consent_id: new_id("con"),
            user_id: user_id.to_owned(),
            client_id: client_id.to_string(),
            scope: scope.to_string(),
            given_at: now,
        };
        return diesel::insert_into(consents::table).values(row).execute(connection).map(drop);
    }
    let before = own().select(ConsentRow::as_select()).first(connection)?;
    let both = scope_of(&before)?.iter().chain(scope.iter()).collect::<ScopeSet>();
    diesel::update(own()).set(consents::scope.eq(both.to_string())).execute(connection).map(drop)
}

/// Whether the person still allows the client all of `scope`; the row is locked until the end of the transaction.
pub(super) fn hold_in(
    connection: &mut AnyConnection,
    user_id: &str,
    client_id: &ClientId,
    scope: &ScopeSet,
) -> QueryResult<bool> {
    let own = consents::table.filter(consents::user_id.eq(user_id)).filter(consents::client_id.eq(client_id.as_str()));
    if diesel::update(own).set(consents::given_at.eq(consents::given_at)).execute(connection)? == 0 {
        return Ok(false);
    }
    let row = find_in(connection, user_id, client_id.as_str())?;
    let allowed = row.as_ref().map(scope_of).transpose()?;
    Ok(allowed.is_some_and(|allowed| scope.is_subset(&allowed)))
}

/// Takes it back: the consent goes, and all that came of it is revoked, with what was granted offline. `made` makes the
/// audit row from the client that it was given to.
///
/// # Errors
/// [`ChangeError::NotFound`] if the person has no such consent, or the database's.
pub async fn withdraw(
    database: &Database,
    user_id: &str,
    consent_id: &str,
    now: i64,
    log: AuditLog,
    made: impl Fn(&str) -> AuditEvent + Send + 'static,
) -> Result<(), ChangeError> {
    let (user_id, consent_id) = (user_id.to_owned(), consent_id.to_owned());
    let write = move |connection: &mut AnyConnection| {
        let own = consents::table.find(consent_id.clone()).filter(consents::user_id.eq(user_id.clone()));
        let client_id = own.select(consents::client_id).first::<String>(connection)?;
        diesel::delete(consents::table.find(consent_id.clone())).execute(connection)?;
        let came_of_it = authorizations::table
            .filter(authorizations::user_id.eq(user_id.clone()))
            .filter(authorizations::client_id.eq(client_id.clone()))
            .filter(authorizations::revoked_at.is_null());
        diesel::update(came_of_it).set(authorizations::revoked_at.eq(now)).execute(connection)?;
        log.insert(connection, &made(&client_id))?;
        Ok::<_, ChangeError>(())
    };
    database.write(write).await
}

/// Forgets what people have allowed a client.
pub(super) fn forget_client_in(connection: &mut AnyConnection, client_id: &str) -> QueryResult<()> {
    diesel::delete(consents::table.filter(consents::client_id.eq(client_id))).execute(connection).map(drop)
}

/// Forgets what a person has allowed.
pub(super) fn forget_person_in(connection: &mut AnyConnection, user_id: &str) -> QueryResult<()> {
    diesel::delete(consents::table.filter(consents::user_id.eq(user_id))).execute(connection).map(drop)
}

fn find_in(connection: &mut AnyConnection, user_id: &str, client_id: &str) -> QueryResult<Option<ConsentRow>> {
    consents::table
        .filter(consents::user_id.eq(user_id))
        .filter(consents::client_id.eq(client_id))
        .select(ConsentRow::as_select())
        .first(connection)
        .optional()
}

fn scope_of(row: &ConsentRow) -> Result<ScopeSet, CorruptRow> {
    row.scope.parse().map_err(|_| CorruptRow("consents"))
}

fn consent_of(row: ConsentRow) -> Result<Consent, CorruptRow> {
    Ok(Consent {
        scope: scope_of(&row)?,
        client_id: ClientId::new(row.client_id).map_err(|_| CorruptRow("consents"))?,
        consent_id: row.consent_id,
        given_at: row.given_at,
    })
}
