//! Answers kept for Idempotency-Keys are forgotten when their day is over.

use std::time::Duration;

use shared_claims::clock::Clock;
use tokio::task::JoinHandle;
use tokio::time::sleep;

use crate::store::Store;

const EVERY: Duration = Duration::from_secs(300);

/// The task that forgets; it ends with this.
pub(super) struct Purge(JoinHandle<()>);

impl Purge {
    pub(super) fn start(store: Store, clock: Clock) -> Self {
        Self(tokio::spawn(async move {
            loop {
                sleep(EVERY).await;
                match store.purge_idempotency_keys(clock.micros()).await {
                    Ok(0) => {}
                    Ok(count) => log::info!("{count} expired idempotency keys were deleted"),
                    Err(error) => log::warn!("expired idempotency keys were not deleted: {error}"),
                }
            }
        }))
    }
}

impl Drop for Purge {
    fn drop(&mut self) {
        self.0.abort();
    }
}
