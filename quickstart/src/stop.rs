//! Ctrl-C and SIGTERM: what is under way is given up, and what was begun is cleared away.

use futures_util::future::{BoxFuture, FutureExt, select_all};

use quickstart::Failure;

/// Ends this program from outside.
pub struct StopSignal(BoxFuture<'static, ()>);

impl StopSignal {
    /// From now on a signal does not end the process by itself, and none is lost.
    #[cfg(unix)]
    pub fn listen() -> std::io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};

        let mut both = Vec::new();
        for kind in [SignalKind::interrupt(), SignalKind::terminate()] {
            let mut signals = signal(kind)?;
            both.push(async move { signals.recv().await }.boxed());
        }
        Ok(Self(select_all(both).map(drop).boxed()))
    }

    /// From the first wait on Ctrl-C does not end the process by itself.
    #[cfg(not(unix))]
    pub fn listen() -> std::io::Result<Self> {
        Ok(Self(tokio::signal::ctrl_c().map(drop).boxed()))
    }

    /// Runs `work`, unless the signal comes first: then it is [`Failure::Stopped`].
    pub async fn unless<T>(&mut self, work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
        tokio::select! {
            biased;
            () = &mut self.0 => Err(Failure::Stopped),
            done = work => done,
        }
    }
}
