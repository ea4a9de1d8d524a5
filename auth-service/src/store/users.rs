//! The table of people.

use diesel::prelude::*;
use service_kit::{AnyConnection, AuditEvent, AuditLog, Database, StoreError};
use shared_claims::role::{Role, RoleSet};

use super::schema::users;
use super::{ChangeError, CorruptRow, authorizations, consents, sessions};
use crate::domain::email::Email;
use crate::domain::user::{User, UserStatus};

#[derive(Queryable, Selectable, Insertable, Clone)]
#[diesel(table_name = users)]
struct UserRow {
    user_id: String,
    email: String,
    name: String,
    password_hash: String,
    roles: String,
    status: String,
    created_at: i64,
    email_verified_at: Option<i64>,
}

/// What of a person can be changed; `None` leaves it as it is.
#[derive(Debug, Clone, Default, AsChangeset)]
#[diesel(table_name = users)]
pub struct UserChange {
    /// What they are called.
    pub name: Option<String>,
    /// See [`password`](crate::domain::password).
    pub password_hash: Option<String>,
    /// Names of roles with single spaces.
    pub roles: Option<String>,
    /// `active` or `suspended`.
    pub status: Option<String>,
}

impl UserChange {
    fn is_empty(&self) -> bool {
        self.name.is_none() && self.password_hash.is_none() && self.roles.is_none() && self.status.is_none()
    }

    /// Whether nobody who is signed in as this person may stay so.
    fn ends_sessions(&self) -> bool {
        self.password_hash.is_some() || self.status.as_deref() == Some(status_text(UserStatus::Suspended))
    }
}

/// The person who signs in with `email`.
///
/// # Errors
/// The database's.
pub async fn find_by_email(database: &Database, email: &Email) -> Result<Option<User>, StoreError> {
    let email = email.as_str().to_owned();
    let read = move |connection: &mut AnyConnection| {
        let row = users::table.filter(users::email.eq(email.clone())).select(UserRow::as_select()).first(connection);
        row.optional()?.map(user_of).transpose().map_err(Into::into)
    };
    database.read(read).await
}

/// The person with this id.
///
/// # Errors
/// The database's.
pub async fn find(database: &Database, user_id: &str) -> Result<Option<User>, StoreError> {
    let id = user_id.to_owned();
    database.read(move |connection| find_in(connection, &id)).await
}

fn find_in(connection: &mut AnyConnection, user_id: &str) -> QueryResult<Option<User>> {
    let row = users::table.find(user_id).select(UserRow::as_select()).first(connection).optional()?;
    row.map(user_of).transpose().map_err(Into::into)
}

/// Whether there is anybody at all.
///
/// # Errors
/// The database's.
pub async fn is_empty(database: &Database) -> Result<bool, StoreError> {
    let read =
        |connection: &mut AnyConnection| users::table.select(users::user_id).first::<String>(connection).optional();
    Ok(database.read(read).await?.is_none())
}

/// People by id, after `after`, at most `limit`.
///
/// # Errors
/// The database's.
pub async fn page(database: &Database, after: Option<&str>, limit: i64) -> Result<Vec<User>, StoreError> {
    let after = after.unwrap_or_default().to_owned();
    let read = move |connection: &mut AnyConnection| {
        let rows = users::table
            .filter(users::user_id.gt(after.clone()))
            .order(users::user_id)
            .limit(limit)
            .select(UserRow::as_select())
            .load(connection)?;
        rows.into_iter().map(|row| user_of(row).map_err(Into::into)).collect()
    };
    database.read(read).await
}

/// Adds a person and the audit row.
///
/// # Errors
/// [`ChangeError::Conflict`] if the address has a row already, or the database's.
pub async fn insert(database: &Database, user: User, audit: (AuditLog, AuditEvent)) -> Result<(), ChangeError> {
    let row = row_of(&user);
    let write = move |connection: &mut AnyConnection| {
        diesel::insert_into(users::table).values(row.clone()).execute(connection)?;
        audit.0.insert(connection, &audit.1)?;
        Ok::<_, ChangeError>(())
    };
    match database.write(write).await {
        Err(ChangeError::Store(error)) if error.is_unique_violation() => {
            Err(ChangeError::Conflict("There is already somebody with this e-mail address."))
        }
        done => done,
    }
}

/// Changes a person and writes the audit row, and gives the person as they are then. A new password and a suspension end
/// their sessions and revoke all that they have allowed, offline too, since somebody else may have known the password (RFC
/// 9700 section 4.14.2).
///
/// # Errors
/// [`ChangeError::NotFound`] or the database's.
pub async fn update(
    database: &Database,
    user_id: &str,
    change: UserChange,
    audit: (AuditLog, AuditEvent),
) -> Result<User, ChangeError> {
    let id = user_id.to_owned();
    let write = move |connection: &mut AnyConnection| {
        if !change.is_empty() {
            diesel::update(users::table.find(id.clone())).set(change.clone()).execute(connection)?;
        }
        if change.ends_sessions() {
            sessions::end_all_of(connection, &id, audit.1.occurred_at)?;
            authorizations::revoke_all_of_in(connection, &id, audit.1.occurred_at)?;
        }
        let user = find_in(connection, &id)?.ok_or(ChangeError::NotFound)?;
        audit.0.insert(connection, &audit.1)?;
        Ok(user)
    };
    database.write(write).await
}

/// Deletes a person, and with them their sessions and all that they have allowed.
///
/// Everybody locks in this order: a client, a pushed request or a link, the person, a session, a consent, an authorization,
/// and what belongs to that one. The
/// deletion alone would lock the person against whoever adds to one of their sessions, and then wait for that one.
///
/// # Errors
/// [`ChangeError::NotFound`] or the database's.
pub async fn delete(database: &Database, user_id: &str, audit: (AuditLog, AuditEvent)) -> Result<(), ChangeError> {
    let id = user_id.to_owned();
    let write = move |connection: &mut AnyConnection| {
        let person = || users::table.find(id.clone());
        // Locked against whoever signs in, and not yet against whoever names the person in a row of theirs.
        if diesel::update(person()).set(users::status.eq(users::status)).execute(connection)? == 0 {
            return Err(ChangeError::NotFound);
        }
        sessions::end_all_of(connection, &id, audit.1.occurred_at)?;
        consents::forget_person_in(connection, &id)?;
        authorizations::revoke_all_of_in(connection, &id, audit.1.occurred_at)?;
        diesel::delete(person()).execute(connection)?;
        audit.0.insert(connection, &audit.1)?;
        Ok(())
    };
    database.write(write).await
}

/// Roles as they are kept.
#[must_use]
pub fn roles_text(roles: &RoleSet) -> String {
    roles.iter().map(Role::as_str).collect::<Vec<_>>().join(" ")
}

/// The status as it is kept.
#[must_use]
pub fn status_text(status: UserStatus) -> &'static str {
    match status {
        UserStatus::Active => "active",
        UserStatus::Suspended => "suspended",
    }
}

fn row_of(user: &User) -> UserRow {
    UserRow {
        user_id: user.user_id.clone(),
        email: user.email.as_str().to_owned(),
        name: user.name.clone(),
        password_hash: user.password_hash.clone(),
        roles: roles_text(&user.roles),
        status: status_text(user.status).to_owned(),
        created_at: user.created_at,
        email_verified_at: user.email_verified_at,
    }
}

fn user_of(row: UserRow) -> Result<User, CorruptRow> {
    let corrupt = || CorruptRow("users");
    let roles = row.roles.split_whitespace().map(str::parse::<Role>).collect::<Result<RoleSet, _>>();
    let status =
        [UserStatus::Active, UserStatus::Suspended].into_iter().find(|status| status_text(*status) == row.status);
    Ok(User {
        user_id: row.user_id,
        email: Email::parse(&row.email).map_err(|_| corrupt())?,
        name: row.name,
        password_hash: row.password_hash,
        roles: roles.map_err(|_| corrupt())?,
        status: status.ok_or_else(corrupt)?,
        created_at: row.created_at,
        email_verified_at: row.email_verified_at,
    })
}
