//! The pools: connections, and the permits that bound how many threads work with them.

use std::sync::Arc;

use scheduled_thread_pool::ScheduledThreadPool;
use tokio::sync::Semaphore;

use super::manager::{Access, Manager, QuietErrors, Slot};
use super::settings::CONNECTION_LIMIT;
use super::{StoreError, address::Address};

pub(super) type Connection = r2d2::PooledConnection<Manager>;

/// A pool, and one permit for each of its connections: who waits for a connection waits in async code and holds no
/// thread.
#[derive(Clone)]
pub(super) struct Lane {
    pool: r2d2::Pool<Manager>,
    pub(super) permits: Arc<Semaphore>,
}

impl Lane {
    /// Builds the pool without waiting for a first connection: the database may be away at start.
    pub(super) fn new(address: &Arc<Address>, access: Access, size: u32, openers: &Arc<ScheduledThreadPool>) -> Self {
        let manager = Manager { address: Arc::clone(address), access };
        let pool = r2d2::Pool::builder()
            .max_size(size)
            .min_idle(Some(1))
            // The probe costs as much as a query by key (PERFORMANCE.md, finding 4); see `call` for what stands in for
            // it.
            .test_on_check_out(false)
            .connection_timeout(CONNECTION_LIMIT)
            .thread_pool(Arc::clone(openers))
            .error_handler(Box::new(QuietErrors::default()))
            .build_unchecked(manager);
        let permits = usize::try_from(size).unwrap_or(1);
        Self { pool, permits: Arc::new(Semaphore::new(permits)) }
    }

    /// A connection, which may have died while it lay idle.
    pub(super) fn checkout(&self) -> Result<Connection, StoreError> {
        self.pool.get().map_err(|error| StoreError::Unavailable(error.to_string()))
    }

    /// A connection that answered just now; dead ones met on the way are thrown out.
    pub(super) fn checkout_alive(&self) -> Result<Connection, StoreError> {
        // After a restart of the server every idle connection is dead, so one try more than there can be.
        for _ in 0..=self.pool.max_size() {
            let mut connection = self.checkout()?;
            if is_alive(&mut connection) {
                return Ok(connection);
            }
            connection.is_dead = true;
        }
        Err(StoreError::Unavailable("every connection was dead".to_owned()))
    }
}

/// Whether the connection answers.
pub(super) fn is_alive(slot: &mut Slot) -> bool {
    diesel::r2d2::R2D2Connection::ping(&mut slot.connection).is_ok()
}
