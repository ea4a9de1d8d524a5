//! What holds while the database cannot be reached. On SQLite there is no such thing, but a file that another process
//! holds.

#![expect(clippy::unwrap_used, reason = "a helper of tests may fail the test")]

mod support;

use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection as _;
use diesel::{Connection as _, SqliteConnection};
use service_kit::testing::TestDatabase;
use service_kit::{Database, DatabaseSettings, StoreError};
use support::proxy::{Line, Proxy};
use support::{add, count, fresh};

/// The test's database through a proxy, or `None` on SQLite.
fn behind_proxy(test: &TestDatabase) -> Option<(Proxy, Database)> {
    let settings = test.settings();
    let url = settings.url.expose();
    let (start, rest) = url.split_once('@')?;
    let (target, name) = rest.split_once('/')?;
    let proxy = Proxy::to(target.to_owned());
    let url = format!("{start}@127.0.0.1:{}/{name}", proxy.port);
    let database = Database::open(&DatabaseSettings { url: url.into(), ..settings }).unwrap();
    Some((proxy, database))
}

async fn assert_unavailable_in_time(database: &Database) {
    let start = Instant::now();
    let (read, written) = tokio::join!(count(database), add(database, "lost"));
    assert!(matches!(read, Err(StoreError::Unavailable(_))), "{read:?}");
    assert!(matches!(written, Err(StoreError::Unavailable(_))), "{written:?}");
    assert!(!database.is_ready().await);
    // Two calls at once, then the readiness probe with its own second.
    assert!(start.elapsed() < Duration::from_secs(3), "{:?}", start.elapsed());
}

async fn assert_back_in_time(database: &Database) {
    let start = Instant::now();
    while let Err(error) = count(database).await {
        assert!(start.elapsed() < Duration::from_secs(5), "{error}");
    }
}

#[tokio::test]
async fn idle_connections_that_died_are_replaced_without_an_error() {
    let test = fresh().await;
    let Some((proxy, database)) = behind_proxy(&test) else { return };
    futures_util::future::join_all((0..20).map(|_| count(&database))).await;
    for round in 0..3 {
        // Ends all connections; new ones go through.
        proxy.set(Line::Up);
        add(&database, &format!("w{round}")).await.unwrap();
        count(&database).await.unwrap();
    }
    assert_eq!(count(&database).await.unwrap(), 3);
}

#[tokio::test]
async fn a_database_that_refuses_connections_is_unavailable_in_time_and_comes_back() {
    let test = fresh().await;
    let Some((proxy, database)) = behind_proxy(&test) else { return };
    count(&database).await.unwrap();
    proxy.set(Line::Cut);
    assert_unavailable_in_time(&database).await;
    assert_unavailable_in_time(&database).await;
    proxy.set(Line::Up);
    assert_back_in_time(&database).await;
    assert_eq!(count(&test.database).await.unwrap(), 0);
}

#[tokio::test]
async fn a_database_that_falls_silent_is_unavailable_in_time_and_comes_back() {
    let test = fresh().await;
    let Some((proxy, database)) = behind_proxy(&test) else { return };
    count(&database).await.unwrap();
    proxy.set(Line::Silent);
    assert_unavailable_in_time(&database).await;
    proxy.set(Line::Up);
    assert_back_in_time(&database).await;
}

#[tokio::test]
async fn a_service_may_start_before_its_database() {
    let test = fresh().await;
    let Some((proxy, _)) = behind_proxy(&test) else { return };
    proxy.set(Line::Cut);
    let settings = test.settings();
    let url = settings.url.expose().clone();
    let (start, rest) = url.split_once('@').unwrap();
    let (_, name) = rest.split_once('/').unwrap();
    let url = format!("{start}@127.0.0.1:{}/{name}", proxy.port);
    let database = Database::open(&DatabaseSettings { url: url.into(), ..settings }).unwrap();
    assert!(database.migrate(support::MIGRATIONS).await.is_err());
    proxy.set(Line::Up);
    assert_back_in_time(&database).await;
}

#[tokio::test]
async fn a_file_that_another_process_holds_is_unavailable_in_time_for_writes_and_goes_on_for_reads() {
    let test = fresh().await;
    let settings = test.settings();
    let Some(path) = settings.url.expose().strip_prefix("sqlite://").map(str::to_owned) else { return };
    let mut other = SqliteConnection::establish(&path).unwrap();
    other.batch_execute("BEGIN IMMEDIATE").unwrap();
    let start = Instant::now();
    let written = add(&test.database, "a").await;
    assert!(matches!(written, Err(StoreError::Unavailable(_))), "{written:?}");
    assert!(start.elapsed() < Duration::from_secs(2), "{:?}", start.elapsed());
    assert_eq!(count(&test.database).await.unwrap(), 0);
    other.batch_execute("ROLLBACK").unwrap();
    add(&test.database, "a").await.unwrap();
}

#[cfg(unix)]
#[tokio::test]
async fn the_sqlite_file_is_for_its_owner_only() {
    use std::os::unix::fs::PermissionsExt as _;

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("data/inner/service.db");
    let database = Database::open(&DatabaseSettings::new(format!("sqlite://{}", path.display()))).unwrap();
    database.migrate(support::MIGRATIONS).await.unwrap();
    add(&database, "a").await.unwrap();
    let mode = |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&folder.path().join("data")), 0o700);
    for entry in std::fs::read_dir(path.parent().unwrap()).unwrap() {
        let entry = entry.unwrap().path();
        assert_eq!(mode(&entry), 0o600, "{}", entry.display());
    }
}
