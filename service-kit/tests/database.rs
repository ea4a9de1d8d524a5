//! Reads, writes and migrations, on SQLite or on the server of `TEST_POSTGRES_URL`.

mod support;

use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection as _;
use diesel::prelude::*;
use service_kit::testing::TestDatabase;
use service_kit::{AnyConnection, Database, StoreError};
use support::{MIGRATIONS, add, count, fresh, insert};

#[derive(Debug)]
enum Refused {
    NotToday,
    #[expect(dead_code, reason = "shown by unwrap")]
    Store(StoreError),
}

impl From<StoreError> for Refused {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<diesel::result::Error> for Refused {
    fn from(error: diesel::result::Error) -> Self {
        Self::Store(error.into())
    }
}

#[tokio::test]
async fn a_write_is_seen_by_later_reads() {
    let test = fresh().await;
    add(&test.database, "a").await.unwrap();
    assert_eq!(count(&test.database).await.unwrap(), 1);
    assert!(test.database.is_ready().await);
}

#[tokio::test]
async fn a_refused_write_leaves_nothing_behind_and_the_connection_usable() {
    let test = fresh().await;
    for _ in 0..20 {
        let refused: Result<(), Refused> = test
            .database
            .write(|connection| {
                insert(connection, "a", 1)?;
                Err(Refused::NotToday)
            })
            .await;
        assert!(matches!(refused, Err(Refused::NotToday)));
    }
    assert_eq!(count(&test.database).await.unwrap(), 0);
}

#[tokio::test]
async fn a_transaction_inside_a_write_is_a_savepoint() {
    let test = fresh().await;
    let done: Result<(), Refused> = test
        .database
        .write(|connection| {
            insert(connection, "outer", 1)?;
            let inner: Result<(), Refused> = connection.transaction(|connection| {
                insert(connection, "inner", 1)?;
                Err(Refused::NotToday)
            });
            assert!(matches!(inner, Err(Refused::NotToday)));
            Ok(())
        })
        .await;
    done.unwrap();
    assert_eq!(count(&test.database).await.unwrap(), 1);
}

#[tokio::test]
async fn a_second_row_with_the_same_key_is_a_unique_violation() {
    let test = fresh().await;
    add(&test.database, "a").await.unwrap();
    let error = add(&test.database, "a").await.unwrap_err();
    assert!(error.is_unique_violation(), "{error:?}");
    add(&test.database, "b").await.unwrap();
}

#[tokio::test]
async fn a_panic_in_a_closure_is_an_error_and_harms_no_later_call() {
    let test = fresh().await;
    let panicked: Result<(), StoreError> = test
        .database
        .write(|connection| {
            insert(connection, "half", 1)?;
            panic!("on purpose")
        })
        .await;
    assert!(matches!(panicked, Err(StoreError::Query(_))));
    assert_eq!(count(&test.database).await.unwrap(), 0);
    add(&test.database, "a").await.unwrap();
}

#[tokio::test]
async fn on_sqlite_a_read_cannot_write() {
    let test = fresh().await;
    let written = test.database.read(|connection| insert(connection, "a", 1)).await;
    assert_eq!(written.is_ok(), test.database.is_postgres());
}

#[tokio::test]
async fn many_writers_and_readers_at_once_lose_nothing() {
    let test = fresh().await;
    let replica = test.reopen().unwrap();
    let writes = (0..200).map(|number| {
        let database = if number % 2 == 0 { test.database.clone() } else { replica.clone() };
        tokio::spawn(async move {
            count(&database).await.unwrap();
            add(&database, &format!("{number}")).await.unwrap();
        })
    });
    for write in futures_util::future::join_all(writes).await {
        write.unwrap();
    }
    assert_eq!(count(&test.database).await.unwrap(), 200);
}

#[tokio::test]
async fn replicas_that_migrate_at_once_all_succeed() {
    let test = TestDatabase::create().unwrap();
    let replicas: Vec<Database> = (0..8).map(|_| test.reopen().unwrap()).collect();
    let runs = replicas.iter().map(|replica| replica.migrate(MIGRATIONS));
    for run in futures_util::future::join_all(runs).await {
        run.unwrap();
    }
    test.database.migrate(MIGRATIONS).await.unwrap();
    add(&test.database, "a").await.unwrap();
}

#[tokio::test]
async fn a_slow_statement_is_unavailable_within_two_seconds() {
    let test = fresh().await;
    let start = Instant::now();
    let slow: Result<(), StoreError> = test.database.write(slow_statement).await;
    assert!(matches!(slow, Err(StoreError::Unavailable(_))), "{slow:?}");
    assert!(start.elapsed() < Duration::from_secs(2), "{:?}", start.elapsed());
}

fn slow_statement(connection: &mut AnyConnection) -> Result<(), StoreError> {
    match connection {
        AnyConnection::Postgres(inner) => inner.batch_execute("SELECT pg_sleep(3)")?,
        AnyConnection::Sqlite(_) => std::thread::sleep(Duration::from_secs(3)),
    }
    Ok(())
}
