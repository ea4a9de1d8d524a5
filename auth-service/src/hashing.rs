//! Password hashing on threads of its own, with a bounded queue: four log-ins a second and thread is all that bcrypt
//! gives, and everything else must not notice them.

use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};

use service_kit::secret::Secret;
use tokio::sync::oneshot;

use crate::domain::password::{HashFault, Hasher};

/// Jobs that may wait for each thread: about two seconds of work. Whoever comes later is asked to come again.
const QUEUE_PER_THREAD: usize = 8;

type Job = Box<dyn FnOnce(&Hasher) + Send>;

/// No answer from the hashing threads.
#[derive(Debug, thiserror::Error)]
pub enum HashingError {
    /// The queue is full.
    #[error("too many passwords are being hashed")]
    Busy,
    /// bcrypt failed.
    #[error(transparent)]
    Fault(#[from] HashFault),
    /// The threads are gone: the process is about to end.
    #[error("the hashing threads have ended")]
    Ended,
}

/// The threads and their queue.
pub struct HashingPool {
    queue: SyncSender<Job>,
}

impl HashingPool {
    /// Starts `threads` threads.
    ///
    /// # Errors
    /// If the system gives no thread.
    pub fn start(hasher: Hasher, threads: usize) -> std::io::Result<Self> {
        let threads = threads.max(1);
        let (queue, jobs) = sync_channel(threads * QUEUE_PER_THREAD);
        let (hasher, jobs) = (Arc::new(hasher), Arc::new(Mutex::new(jobs)));
        for number in 0..threads {
            let (hasher, jobs) = (Arc::clone(&hasher), Arc::clone(&jobs));
            std::thread::Builder::new().name(format!("hashing-{number}")).spawn(move || work(&hasher, &jobs))?;
        }
        Ok(Self { queue })
    }

    /// Whether `password` is the one of `hash`; without a `hash`, the same work, and no.
    ///
    /// # Errors
    /// [`HashingError::Busy`] or [`HashingError::Ended`].
    pub async fn verify(&self, password: Secret, hash: Option<String>) -> Result<bool, HashingError> {
        self.run(move |hasher| hasher.verify(&password, hash.as_deref())).await
    }

    /// The hash of a new password.
    ///
    /// # Errors
    /// [`HashingError`].
    pub async fn hash(&self, password: Secret) -> Result<String, HashingError> {
        Ok(self.run(move |hasher| hasher.hash(password.expose())).await??)
    }

    async fn run<T: Send + 'static>(&self, job: impl FnOnce(&Hasher) -> T + Send + 'static) -> Result<T, HashingError> {
        let (reply, answer) = oneshot::channel();
        let job = Box::new(move |hasher: &Hasher| {
            // Whoever asked may have left while this waited in the queue.
            if !reply.is_closed() {
                drop(reply.send(job(hasher)));
            }
        });
        self.queue.try_send(job).map_err(|error| match error {
            TrySendError::Full(_) => HashingError::Busy,
            TrySendError::Disconnected(_) => HashingError::Ended,
        })?;
        answer.await.map_err(|_| HashingError::Ended)
    }
}

/// Ends when the pool is dropped.
fn work(hasher: &Hasher, jobs: &Mutex<Receiver<Job>>) {
    loop {
        let job = jobs.lock().unwrap_or_else(PoisonError::into_inner).recv();
        match job {
            Ok(job) => job(hasher),
            Err(_) => return,
        }
    }
}
