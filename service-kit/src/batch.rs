//! Group commit: what many requests have to record becomes durable in one transaction.

use std::sync::Arc;
use std::time::Duration;

use diesel::QueryResult;
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, timeout, timeout_at};

use crate::database::{AnyConnection, CALL_LIMIT, Database, StoreError};

/// Most items in one transaction.
pub const MAX_BATCH: usize = 100;
/// Longest time that an item waits for others.
pub const MAX_DELAY: Duration = Duration::from_millis(2);
/// Items that may wait; whoever comes then waits for a place, within [`CALL_LIMIT`].
const QUEUE: usize = 1024;

type Reply = oneshot::Sender<Result<(), StoreError>>;
type Insert<T> = Arc<dyn Fn(&mut AnyConnection, &[T]) -> QueryResult<()> + Send + Sync>;

/// Collects items and inserts them together. Cloning gives another handle to the same queue.
pub struct GroupCommit<T> {
    queue: mpsc::Sender<(T, Reply)>,
}

impl<T> Clone for GroupCommit<T> {
    fn clone(&self) -> Self {
        Self { queue: self.queue.clone() }
    }
}

impl<T> std::fmt::Debug for GroupCommit<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("GroupCommit").field("free_places", &self.queue.capacity()).finish()
    }
}

impl<T: Send + Sync + 'static> GroupCommit<T> {
    /// Starts the task that collects, on the Tokio runtime of the caller, where it lives until the last handle is gone
    /// and the queue is empty. Call it from `main`'s runtime, not from a worker's.
    ///
    /// `insert` writes all items that it is given, in one statement where the database can; it may be called again with
    /// the same.
    pub fn new<F>(database: Database, insert: F) -> Self
    where
        F: Fn(&mut AnyConnection, &[T]) -> QueryResult<()> + Send + Sync + 'static,
    {
        let (queue, waiting) = mpsc::channel(QUEUE);
        tokio::spawn(collect(database, Arc::new(insert), waiting));
        Self { queue }
    }

    /// Records `item`, and returns when it is durable.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when that was not so within [`CALL_LIMIT`] (the item may be recorded all the same),
    /// or what the database had against this very item.
    pub async fn submit(&self, item: T) -> Result<(), StoreError> {
        let recorded = async {
            let (reply, answer) = oneshot::channel();
            self.queue.send((item, reply)).await.ok()?;
            answer.await.ok()
        };
        match timeout(CALL_LIMIT, recorded).await {
            Ok(Some(answer)) => answer,
            Ok(None) => Err(StoreError::Unavailable("the group commit has ended".to_owned())),
            Err(_) => Err(StoreError::Unavailable("the record was not durable in time".to_owned())),
        }
    }
}

async fn collect<T: Send + Sync + 'static>(
    database: Database,
    insert: Insert<T>,
    mut waiting: mpsc::Receiver<(T, Reply)>,
) {
    let mut expected = 1;
    let mut batch = Vec::with_capacity(MAX_BATCH);
    while waiting.recv_many(&mut batch, MAX_BATCH).await > 0 {
        fill(&mut batch, &mut waiting, expected).await;
        expected = batch.len();
        // Whoever gave up waiting was told that the record failed: better not to make it now.
        let (items, replies): (Vec<T>, Vec<Reply>) = batch.drain(..).filter(|(_, reply)| !reply.is_closed()).unzip();
        commit(&database, &insert, items, replies).await;
    }
}

/// Waits, at most [`MAX_DELAY`], until there are as many items as in the batch before. So a lone item goes at once, and
/// under load, where they come in waves, a wave goes in one commit.
async fn fill<T>(batch: &mut Vec<(T, Reply)>, waiting: &mut mpsc::Receiver<(T, Reply)>, expected: usize) {
    let until = Instant::now() + MAX_DELAY;
    while batch.len() < expected.min(MAX_BATCH) {
        let room = MAX_BATCH.saturating_sub(batch.len());
        match timeout_at(until, waiting.recv_many(batch, room)).await {
            Ok(more) if more > 0 => {}
            _ => return,
        }
    }
}

async fn commit<T: Send + Sync + 'static>(database: &Database, insert: &Insert<T>, items: Vec<T>, replies: Vec<Reply>) {
    let items = Arc::new(items);
    match write(database, insert, &items, 0..items.len()).await {
        Err(StoreError::Query(_)) if replies.len() > 1 => {
            // One item that the database refuses must not cost the others theirs.
            for (index, reply) in replies.into_iter().enumerate() {
                let alone = write(database, insert, &items, index..index.saturating_add(1)).await;
                let _ = reply.send(alone);
            }
        }
        Ok(()) => replies.into_iter().for_each(|reply| {
            let _ = reply.send(Ok(()));
        }),
        Err(error) => replies.into_iter().for_each(|reply| {
            let _ = reply.send(Err(error.repeat()));
        }),
    }
}

async fn write<T: Send + Sync + 'static>(
    database: &Database,
    insert: &Insert<T>,
    items: &Arc<Vec<T>>,
    range: std::ops::Range<usize>,
) -> Result<(), StoreError> {
    let (items, insert) = (Arc::clone(items), Arc::clone(insert));
    database
        .write(move |connection| {
            let chosen = items.get(range.clone()).unwrap_or_default();
            if chosen.is_empty() { Ok(()) } else { insert(connection, chosen).map_err(StoreError::from) }
        })
        .await
}
