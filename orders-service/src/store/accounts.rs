//! The table `accounts`.

use diesel::prelude::*;
use service_kit::database::AnyBackend;
use service_kit::{AnyConnection, AuditEvent, StoreError};

use super::error::unless_unique;
use super::schema::accounts::{BoxedQuery, dsl};
use super::{Store, WriteError};
use crate::domain::account::{Account, DisplayName, ExternalId};
use crate::domain::idempotency::{Answer, Once};
use crate::domain::ids::AccountId;
use crate::domain::owner::Owner;
use crate::domain::refusal::Refusal;

#[derive(Queryable, Selectable)]
#[diesel(table_name = super::schema::accounts)]
struct Row {
    #[diesel(deserialize_as = String)]
    account_id: AccountId,
    #[diesel(deserialize_as = String)]
    external_id: ExternalId,
    #[diesel(deserialize_as = String)]
    display_name: DisplayName,
    created_at: i64,
}

impl From<Row> for Account {
    fn from(Row { account_id, external_id, display_name, created_at }: Row) -> Self {
        Self { account_id, external_id, display_name, created_at }
    }
}

impl Store {
    /// Opens an account, once, and records `event` with it.
    pub async fn insert_account(&self, account: Account, once: Once, event: AuditEvent) -> Result<Answer, WriteError> {
        let owner = once.owner.clone();
        self.once(once, event, move |connection| insert(connection, &owner, &account)).await
    }

    /// One account of `owner`.
    pub async fn find_account(&self, owner: &Owner, id: &AccountId) -> Result<Option<Account>, StoreError> {
        let (owner, id) = (owner.clone(), id.clone());
        self.database
            .read(move |connection| {
                let mine = accounts_of(&owner).filter(dsl::account_id.eq(id.as_str()));
                mine.select(Row::as_select()).first(connection).optional()
            })
            .await
            .map(|row| row.map(Account::from))
    }

    /// At most `limit` accounts of `owner`, oldest first, from the one after the id `after` on. `None` for an account that
    /// is not its partner's.
    pub async fn list_accounts(
        &self,
        owner: &Owner,
        after: Option<&str>,
        limit: i64,
    ) -> Result<Option<Vec<Account>>, StoreError> {
        let (owner, after) = (owner.clone(), after.map(str::to_owned));
        let rows = self.database.read(move |connection| {
            if !is_there(connection, &owner)? {
                return Ok(None);
            }
            let mut mine = accounts_of(&owner);
            if let Some(after) = &after {
                mine = mine.filter(dsl::account_id.gt(after));
            }
            mine.select(Row::as_select()).order(dsl::account_id).limit(limit).load(connection).map(Some)
        });
        Ok(rows.await?.map(|rows| rows.into_iter().map(Account::from).collect()))
    }
}

fn insert(connection: &mut AnyConnection, owner: &Owner, account: &Account) -> Result<(), WriteError> {
    admit(connection, owner)?;
    if owner.account().is_some() {
        return Err(Refusal::OpenedByAccount.into());
    }
    let row = (
        dsl::account_id.eq(account.account_id.as_str()),
        dsl::owner.eq(owner.rows()),
        dsl::external_id.eq(account.external_id.as_str()),
        dsl::display_name.eq(account.display_name.as_str()),
        dsl::created_at.eq(account.created_at),
    );
    let inserted = diesel::insert_into(dsl::accounts).values(row).execute(connection);
    inserted.map(drop).map_err(|error| unless_unique(error, Refusal::ExternalIdTaken.into()))
}

/// The accounts of `owner`: of an account, only itself.
fn accounts_of(owner: &Owner) -> BoxedQuery<'_, AnyBackend> {
    let mine = dsl::accounts.filter(dsl::owner.eq(owner.rows())).into_boxed();
    match owner.account() {
        Some(account) => mine.filter(dsl::account_id.eq(account)),
        None => mine,
    }
}

/// Whether `owner` has this account.
pub(super) fn exists(connection: &mut AnyConnection, owner: &Owner, id: &str) -> QueryResult<bool> {
    let mine = accounts_of(owner).filter(dsl::account_id.eq(id));
    Ok(mine.select(dsl::account_id).first::<String>(connection).optional()?.is_some())
}

/// Whether there is anything that a token for `owner` could touch: an account must be its partner's. The issuer of the
/// token does not know.
pub(super) fn is_there(connection: &mut AnyConnection, owner: &Owner) -> QueryResult<bool> {
    owner.account().map_or(Ok(true), |account| exists(connection, owner, account))
}

/// The same, for a write.
pub(super) fn admit(connection: &mut AnyConnection, owner: &Owner) -> Result<(), WriteError> {
    if is_there(connection, owner)? { Ok(()) } else { Err(Refusal::ForeignAccount.into()) }
}
