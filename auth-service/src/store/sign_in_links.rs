//! The table of sign-in links: each is good once, at whichever replica it is followed.

use diesel::prelude::*;
use service_kit::{AnyConnection, AuditEvent, AuditLog, Database, StoreError};

use super::CorruptRow;
use super::schema::sign_in_links;
use crate::domain::email::Email;

/// A link that was asked for.
#[derive(Debug, Clone)]
pub struct NewLink {
    /// `jti` of its token.
    pub link_id: String,
    /// Whom it signs in.
    pub email: Email,
    /// The browser that asked, as it stands in the token.
    pub browser_digest: String,
    /// The authorization request to go on with, sealed; empty if there is none.
    pub request: String,
    /// In microseconds since the epoch.
    pub created_at: i64,
    /// In microseconds since the epoch.
    pub expires_at: i64,
}

/// What a link is good for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenLink {
    /// Whom it signs in.
    pub email: Email,
    /// The authorization request to go on with, sealed; empty if there is none.
    pub request: String,
}

/// Keeps a link and writes the audit row.
///
/// # Errors
/// The database's.
pub async fn insert(database: &Database, link: NewLink, audit: (AuditLog, AuditEvent)) -> Result<(), StoreError> {
    let write = move |connection: &mut AnyConnection| {
        let row = (
            sign_in_links::link_id.eq(&link.link_id),
            sign_in_links::email.eq(link.email.as_str()),
            sign_in_links::browser_digest.eq(&link.browser_digest),
            sign_in_links::request.eq(&link.request),
            sign_in_links::created_at.eq(link.created_at),
            sign_in_links::expires_at.eq(link.expires_at),
        );
        diesel::insert_into(sign_in_links::table).values(row).execute(connection)?;
        audit.0.insert(connection, &audit.1)?;
        Ok::<_, StoreError>(())
    };
    database.write(write).await
}

/// The link, if it is there, for this browser, and neither expired at `now` nor spent. It changes nothing.
///
/// # Errors
/// The database's.
pub async fn find_open(
    database: &Database,
    link_id: &str,
    browser_digest: &str,
    now: i64,
) -> Result<Option<OpenLink>, StoreError> {
    let (link_id, browser_digest) = (link_id.to_owned(), browser_digest.to_owned());
    let read = move |connection: &mut AnyConnection| {
        let open = sign_in_links::table
            .find(link_id.clone())
            .filter(sign_in_links::browser_digest.eq(browser_digest.clone()))
            .filter(sign_in_links::expires_at.gt(now))
            .filter(sign_in_links::spent_at.is_null());
        let found = open.select((sign_in_links::email, sign_in_links::request)).first(connection).optional()?;
        found.map(link_of).transpose().map_err(Into::into)
    };
    database.read(read).await
}

/// Spends a link, at `now`. `false` if it is not there, another browser's, expired or spent: one statement decides, so of two
/// that come at once one wins.
pub(super) fn spend_in(
    connection: &mut AnyConnection,
    link_id: &str,
    browser_digest: &str,
    now: i64,
) -> QueryResult<bool> {
    let open = sign_in_links::table
        .find(link_id)
        .filter(sign_in_links::browser_digest.eq(browser_digest))
        .filter(sign_in_links::expires_at.gt(now))
        .filter(sign_in_links::spent_at.is_null());
    Ok(diesel::update(open).set(sign_in_links::spent_at.eq(now)).execute(connection)? == 1)
}

fn link_of((email, request): (String, String)) -> Result<OpenLink, CorruptRow> {
    Ok(OpenLink { email: Email::parse(&email).map_err(|_| CorruptRow("sign_in_links"))?, request })
}

/// Forgets links that expired before `now` (microseconds since the epoch), spent or not, and the addresses with them.
///
/// # Errors
/// The database's.
pub async fn purge(database: &Database, now: i64) -> Result<usize, StoreError> {
    let write = move |connection: &mut AnyConnection| {
        let expired = sign_in_links::table.filter(sign_in_links::expires_at.lt(now));
        Ok::<_, StoreError>(diesel::delete(expired).execute(connection)?)
    };
    database.write(write).await
}
