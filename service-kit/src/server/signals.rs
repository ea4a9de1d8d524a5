//! SIGTERM and SIGINT end the server in order.

use std::net::TcpListener;
use std::time::Duration;

use super::newcomers::turn_away;
use crate::health::Readiness;

/// Waits for a signal; after SIGTERM also for the drain delay, in which the service says that it is not ready. SIGINT
/// comes from a person at a terminal, where no load balancer needs to be told.
pub(super) async fn stop(readiness: Readiness, drain_delay: Duration, listener: TcpListener) {
    tokio::select! {
        () = terminated() => {
            log::info!("SIGTERM: draining");
            readiness.drain();
            tokio::time::sleep(drain_delay).await;
            turn_away(listener).await;
        }
        () = interrupted() => {
            log::info!("SIGINT: stopping");
            readiness.drain();
        }
    }
}

async fn interrupted() {
    if let Err(error) = tokio::signal::ctrl_c().await {
        log::error!("SIGINT cannot be waited for: {error}");
        std::future::pending::<()>().await;
    }
}

#[cfg(unix)]
async fn terminated() {
    use tokio::signal::unix::{SignalKind, signal};

    match signal(SignalKind::terminate()) {
        Ok(mut signal) => {
            signal.recv().await;
        }
        Err(error) => {
            log::error!("SIGTERM cannot be waited for: {error}");
            std::future::pending::<()>().await;
        }
    }
}

// Elsewhere there is no such signal.
#[cfg(not(unix))]
async fn terminated() {
    std::future::pending::<()>().await;
}
