//! Sending in the background.

use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::sync::Semaphore;
use tokio::time::timeout;

use super::fault::MailFault;
use super::letter::{Letter, Sender};
use super::outbox::Outbox;
use super::smtp::Smtp;

/// Letters that may be on their way or wait. Whoever asks later gets none, and the log says so.
const ROOM: usize = 64;
/// Letters that are handed over at the same time.
const AT_ONCE: usize = 4;
/// Longest time for handing one over, from connecting on.
const SEND_LIMIT: Duration = Duration::from_secs(10);

/// How letters leave.
pub(super) enum Way {
    Smtp(Smtp),
    Outbox(Outbox),
}

impl Way {
    async fn send(&self, letter: Letter) -> Result<(), MailFault> {
        match self {
            Self::Smtp(smtp) => smtp.send(letter.message).await,
            Self::Outbox(outbox) => {
                let outbox = outbox.clone();
                let lay = move || outbox.lay(&letter.id, &letter.message.formatted());
                Ok(tokio::task::spawn_blocking(lay).await.map_err(std::io::Error::from)??)
            }
        }
    }
}

/// Sends letters without making anybody wait.
pub struct Mailer {
    way: Arc<Way>,
    sender: Sender,
    room: Arc<Semaphore>,
    at_once: Arc<Semaphore>,
    runtime: Handle,
}

impl Mailer {
    /// Letters go out on `runtime`, which has to outlive the threads that ask for them.
    pub(super) fn new(way: Way, sender: Sender, runtime: Handle) -> Self {
        Self {
            way: Arc::new(way),
            sender,
            room: Arc::new(Semaphore::new(ROOM)),
            at_once: Arc::new(Semaphore::new(AT_ONCE)),
            runtime,
        }
    }

    /// Who letters are from.
    #[must_use]
    pub fn sender(&self) -> &Sender {
        &self.sender
    }

    /// Sends a letter in the background: at once, later, or not at all if too many wait already. What becomes of it stands
    /// in the log and in the metrics, with its id and without its address.
    pub fn send(&self, letter: Letter) {
        let Ok(place) = Arc::clone(&self.room).try_acquire_owned() else {
            log::error!("mail {} dropped: {ROOM} wait already", letter.id);
            count("dropped");
            return;
        };
        let (way, at_once) = (Arc::clone(&self.way), Arc::clone(&self.at_once));
        self.runtime.spawn(async move {
            let turn = at_once.acquire().await;
            let id = letter.id.clone();
            match timeout(SEND_LIMIT, way.send(letter)).await.unwrap_or(Err(MailFault::Timeout)) {
                Ok(()) => count("sent"),
                Err(fault) => {
                    log::error!("mail {id} not sent: {fault}");
                    count("failed");
                }
            }
            drop((turn, place));
        });
    }

    /// Waits until all have gone, at most `limit`: for the end of the process.
    pub async fn finish(&self, limit: Duration) {
        let everybody = u32::try_from(ROOM).unwrap_or(u32::MAX);
        if timeout(limit, self.room.acquire_many(everybody)).await.is_err() {
            let left = ROOM.saturating_sub(self.room.available_permits());
            log::error!("{left} mails not sent: the service ends");
        }
    }
}

fn count(outcome: &'static str) {
    metrics::counter!("mails_total", "service" => "auth-service", "outcome" => outcome).increment(1);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn letter(mailer: &Mailer, id: &str) -> Letter {
        let to = "a@example.com".parse().unwrap();
        Letter::sign_in_link(mailer.sender(), &to, "http://localhost:8080", (id, "x"), 0).unwrap()
    }

    #[tokio::test]
    async fn what_does_not_fit_is_dropped_and_the_end_waits_for_the_rest() {
        let place = tempfile::tempdir().unwrap();
        let way = Way::Outbox(Outbox::new(place.path().join("outbox")));
        let mailer = Mailer::new(way, "b@example.com".parse().unwrap(), Handle::current());
        let busy = mailer.at_once.acquire_many(4).await.unwrap();
        for number in 0..ROOM + 3 {
            mailer.send(letter(&mailer, &format!("lnk_{number}")));
        }
        assert_eq!(mailer.room.available_permits(), 0);
        mailer.finish(Duration::ZERO).await;
        drop(busy);
        mailer.finish(Duration::from_secs(60)).await;
        assert_eq!(std::fs::read_dir(place.path().join("outbox")).unwrap().count(), ROOM);
        mailer.send(letter(&mailer, "lnk_later"));
        mailer.finish(Duration::from_secs(60)).await;
        assert!(place.path().join("outbox/lnk_later.eml").exists());
    }
}
