//! What the tests of this folder share.

#![expect(dead_code, reason = "each test binary uses a part")]
#![expect(clippy::unwrap_used, clippy::panic, reason = "a helper of tests may fail the test")]

pub mod http;
pub mod proxy;

use diesel::prelude::*;
use diesel_migrations::{EmbeddedMigrations, embed_migrations};
use service_kit::testing::TestDatabase;
use service_kit::{AnyConnection, Database, StoreError};

pub const MIGRATIONS: EmbeddedMigrations = embed_migrations!("tests/migrations");

diesel::table! {
    things (id) {
        id -> Text,
        number -> BigInt,
    }
}

/// A fresh database with the table `things`.
pub async fn fresh() -> TestDatabase {
    TestDatabase::migrated(MIGRATIONS).await.unwrap()
}

pub fn insert(connection: &mut AnyConnection, id: &str, number: i64) -> QueryResult<()> {
    let row = (things::id.eq(id), things::number.eq(number));
    diesel::insert_into(things::table).values(row).execute(connection).map(drop)
}

pub async fn add(database: &Database, id: &str) -> Result<(), StoreError> {
    let id = id.to_owned();
    database.write(move |connection| insert(connection, &id, 1).map_err(StoreError::from)).await
}

pub async fn count(database: &Database) -> Result<i64, StoreError> {
    database.read(|connection| things::table.count().get_result(connection)).await
}
