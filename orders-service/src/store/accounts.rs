//! The table `accounts`.

use diesel::prelude::*;
use service_kit::database::AnyBackend;
use service_kit::{AnyConnection, AuditEvent, StoreError};
use shared_claims::ids::ClientId;

use super::error::unless_unique;
use super::schema::accounts::dsl;
use super::{Store, WriteError};
use crate::domain::account::{Account, DisplayName, ExternalId};
use crate::domain::idempotency::{Answer, Once};
use crate::domain::ids::AccountId;
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
    pub async fn find_account(&self, owner: &ClientId, id: &AccountId) -> Result<Option<Account>, StoreError> {
        let (owner, id) = (owner.clone(), id.clone());
        self.database
            .read(move |connection| {
                let mine = dsl::accounts.filter(dsl::owner.eq(owner.as_str())).filter(dsl::account_id.eq(id.as_str()));
                mine.select(Row::as_select()).first(connection).optional()
            })
            .await
            .map(|row| row.map(Account::from))
    }

    /// At most `limit` accounts of `owner`, oldest first, from the one after the id `after` on.
    pub async fn list_accounts(
        &self,
        owner: &ClientId,
        after: Option<&str>,
        limit: i64,
    ) -> Result<Vec<Account>, StoreError> {
        let (owner, after) = (owner.clone(), after.map(str::to_owned));
        let rows = self.database.read(move |connection| {
            let mut mine = dsl::accounts.filter(dsl::owner.eq(owner.as_str())).into_boxed::<AnyBackend>();
            if let Some(after) = &after {
                mine = mine.filter(dsl::account_id.gt(after));
            }
            mine.select(Row::as_select()).order(dsl::account_id).limit(limit).load(connection)
        });
        Ok(rows.await?.into_iter().map(Account::from).collect())
    }
}

fn insert(connection: &mut AnyConnection, owner: &ClientId, account: &Account) -> Result<(), WriteError> {
    let row = (
        dsl::account_id.eq(account.account_id.as_str()),
        dsl::owner.eq(owner.as_str()),
        dsl::external_id.eq(account.external_id.as_str()),
        dsl::display_name.eq(account.display_name.as_str()),
        dsl::created_at.eq(account.created_at),
    );
    let inserted = diesel::insert_into(dsl::accounts).values(row).execute(connection);
    inserted.map(drop).map_err(|error| unless_unique(error, Refusal::ExternalIdTaken.into()))
}

/// Whether `owner` has this account.
pub(super) fn exists(connection: &mut AnyConnection, owner: &ClientId, id: &AccountId) -> QueryResult<bool> {
    let mine = dsl::accounts.filter(dsl::owner.eq(owner.as_str())).filter(dsl::account_id.eq(id.as_str()));
    Ok(mine.select(dsl::account_id).first::<String>(connection).optional()?.is_some())
}
