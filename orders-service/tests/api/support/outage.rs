//! Databases that go away.

use std::sync::Mutex;
use std::sync::mpsc::{Sender, channel};

use diesel::connection::SimpleConnection as _;
use diesel::{Connection as _, PgConnection};
use service_kit::{AnyConnection, StoreError};

use super::TestApp;

/// Somebody holds the database's locks until this is dropped.
pub struct Locked(Option<Sender<()>>);

impl Drop for Locked {
    fn drop(&mut self) {
        self.0.take();
    }
}

impl TestApp {
    /// Another process holds every lock: PostgreSQL answers nothing, SQLite takes no writes.
    pub async fn lock_database(&self) -> Locked {
        let database = self.database.reopen().unwrap();
        let ((release, released), (lock, locked)) = (channel::<()>(), tokio::sync::oneshot::channel());
        let (released, lock) = (Mutex::new(released), Mutex::new(Some(lock)));
        tokio::spawn(async move {
            let hold = database.write(move |connection| {
                if let AnyConnection::Postgres(inner) = connection {
                    let tables = "accounts, orders, fulfilments, idempotency_keys, audit_events";
                    inner.batch_execute(&format!("LOCK TABLE {tables} IN ACCESS EXCLUSIVE MODE"))?;
                }
                if let Some(lock) = lock.lock().unwrap().take() {
                    lock.send(()).unwrap();
                }
                // Until the other end is dropped.
                let _ = released.lock().unwrap().recv();
                Ok::<_, StoreError>(())
            });
            let _ = hold.await;
        });
        locked.await.unwrap();
        Locked(Some(release))
    }

    /// The database is gone for good. Only on PostgreSQL: an SQLite file is there as long as somebody has it open.
    pub fn drop_database(&self) -> bool {
        let url = self.database.settings().url.expose().clone();
        if !url.starts_with("postgres") {
            return false;
        }
        let (server, name) = url.rsplit_once('/').unwrap();
        let mut connection = PgConnection::establish(&format!("{server}/postgres")).unwrap();
        connection.batch_execute(&format!("DROP DATABASE {name} WITH (FORCE)")).unwrap();
        true
    }
}
