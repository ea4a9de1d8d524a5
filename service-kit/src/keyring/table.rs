//! Table of sealed keys, as `migrations/common` makes it, and its queries.

use diesel::prelude::*;

use crate::database::AnyConnection;

diesel::table! {
    sealed_keys (key_id) {
        key_id -> Text,
        purpose -> Text,
        generation -> Integer,
        sealed -> Binary,
        created_at -> BigInt,
    }
}

#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = sealed_keys)]
pub(super) struct Row {
    pub(super) key_id: String,
    pub(super) purpose: String,
    pub(super) generation: i32,
    pub(super) sealed: Vec<u8>,
    pub(super) created_at: i64,
}

pub(super) fn find_all(connection: &mut AnyConnection, purpose: &str) -> QueryResult<Vec<Row>> {
    sealed_keys::table
        .filter(sealed_keys::purpose.eq(purpose))
        .order(sealed_keys::generation)
        .select(Row::as_select())
        .load(connection)
}

pub(super) fn is_empty(connection: &mut AnyConnection) -> QueryResult<bool> {
    Ok(sealed_keys::table.select(sealed_keys::key_id).first::<String>(connection).optional()?.is_none())
}

pub(super) fn insert(connection: &mut AnyConnection, row: &Row) -> QueryResult<()> {
    diesel::insert_into(sealed_keys::table).values(row).execute(connection).map(drop)
}

pub(super) fn delete(connection: &mut AnyConnection, purpose: &str, key_id: &str) -> QueryResult<usize> {
    let key = sealed_keys::table.filter(sealed_keys::purpose.eq(purpose)).filter(sealed_keys::key_id.eq(key_id));
    diesel::delete(key).execute(connection)
}
