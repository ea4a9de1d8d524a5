//! `/healthz`: the process is alive. `/readyz`: it can do its work now.

mod check;
mod routes;

pub use check::HealthcheckArgs;
pub(crate) use routes::{healthz, readyz};

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures_util::future::{BoxFuture, FutureExt as _, join_all};

use crate::database::Database;

/// Longest time of one check.
const CHECK_LIMIT: Duration = Duration::from_secs(1);

type Check = Arc<dyn Fn() -> BoxFuture<'static, bool> + Send + Sync>;

/// What must hold for the service to be ready: its own database, its first key set. Never a peer's readiness, which
/// would make one service's fault everyone's.
#[derive(Clone, Default)]
pub struct Readiness {
    checks: Vec<(&'static str, Check)>,
    draining: Arc<AtomicBool>,
}

impl std::fmt::Debug for Readiness {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.checks.iter().map(|(name, _)| name)).finish()
    }
}

impl Readiness {
    /// Ready from the start.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// And only when `check` says so, within a second. The name is shown to callers.
    #[must_use]
    pub fn with<F, Fut>(mut self, name: &'static str, check: F) -> Self
    where
        F: Fn() -> Fut + Send + Sync + 'static,
        Fut: Future<Output = bool> + Send + 'static,
    {
        self.checks.push((name, Arc::new(move || check().boxed())));
        self
    }

    /// And only when the database answers.
    #[must_use]
    pub fn with_database(self, database: Database) -> Self {
        self.with("database", move || {
            let database = database.clone();
            async move { database.is_ready().await }
        })
    }

    /// From now on not ready, for good: the server is about to stop.
    pub fn drain(&self) {
        self.draining.store(true, Ordering::Release);
    }

    pub(crate) fn is_draining(&self) -> bool {
        self.draining.load(Ordering::Acquire)
    }

    /// Names of what is not ready; empty when all is.
    pub async fn missing(&self) -> Vec<&'static str> {
        let checks = self.checks.iter().map(|(name, check)| async move {
            let holds = tokio::time::timeout(CHECK_LIMIT, check()).await.unwrap_or(false);
            (!holds).then_some(*name)
        });
        let draining = self.is_draining().then_some("shutting down");
        join_all(checks).await.into_iter().chain([draining]).flatten().collect()
    }
}
