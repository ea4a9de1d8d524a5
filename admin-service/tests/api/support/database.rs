//! A database that does not answer.

use std::sync::mpsc::{Sender, channel};

use diesel::connection::SimpleConnection;
use service_kit::testing::TestDatabase;
use service_kit::{AnyConnection, StoreError};

/// Another session that holds all that can be written; dropped, it lets go.
pub struct Held {
    _release: Sender<()>,
}

impl Held {
    /// On SQLite, the one writer's place; on PostgreSQL, the tables.
    pub async fn hold(database: &TestDatabase) -> Self {
        let other = database.reopen().expect("opens");
        let (release, released) = channel::<()>();
        let (held, is_held) = tokio::sync::oneshot::channel();
        let (released, held) = (std::sync::Mutex::new(released), std::sync::Mutex::new(Some(held)));
        tokio::spawn(async move {
            let hold = move |connection: &mut AnyConnection| {
                if let AnyConnection::Postgres(connection) = connection {
                    connection.batch_execute("LOCK TABLE audit_events, fulfilments IN ACCESS EXCLUSIVE MODE")?;
                }
                let _ = held.lock().unwrap().take().map(|held| held.send(()));
                let _ = released.lock().unwrap().recv();
                Ok::<_, StoreError>(())
            };
            let _ = other.write(hold).await;
            drop(other);
        });
        is_held.await.expect("holds");
        Self { _release: release }
    }
}
