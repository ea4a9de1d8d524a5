//! Ctrl-C and SIGTERM, from the first moment on: whatever is under way is given up, and what was begun is cleared away.

use futures_util::future::{BoxFuture, FutureExt, select_all};

use crate::Failure;

/// Ends this program from outside.
pub struct StopSignal(BoxFuture<'static, std::io::Result<()>>);

impl StopSignal {
    /// From now on a signal does not end the process by itself.
    pub fn listen() -> std::io::Result<Self> {
        let mut signals: Vec<BoxFuture<'static, std::io::Result<()>>> = vec![tokio::signal::ctrl_c().boxed()];
        #[cfg(unix)]
        {
            let mut terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
            signals.push(async move { terminate.recv().await.ok_or(std::io::ErrorKind::Interrupted.into()) }.boxed());
        }
        Ok(Self(select_all(signals).map(|(first, ..)| first).boxed()))
    }

    /// Runs `work`, unless the signal comes first: then it is [`Failure::Stopped`].
    pub async fn unless<T>(&mut self, work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
        tokio::select! {
            done = work => done,
            signal = &mut self.0 => Err(signal.map_or_else(Failure::from, |()| Failure::Stopped)),
        }
    }
}
