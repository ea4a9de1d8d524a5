//! Sign-in links, from the form to the mail in the outbox.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use super::browser::Browser;
use super::{Answer, Form, House, ISSUER};

pub const ASK: &str = "/sign-in/link";
/// Where the browser goes after asking, so that to load the page again sends no other letter.
pub const SENT: &str = "/sign-in/link/sent";
pub const CONFIRM: &str = "/sign-in/link/confirm";

impl House {
    fn outbox(&self) -> PathBuf {
        self.settings(&[]).data_dir.join("outbox")
    }

    /// The text of every mail so far, oldest first.
    pub fn mails(&self) -> Vec<String> {
        let Ok(folder) = std::fs::read_dir(self.outbox()) else { return Vec::new() };
        let mut files: Vec<_> = folder.map(|file| file.unwrap().path()).collect();
        files.retain(|path| path.extension().is_some_and(|extension| extension == "eml"));
        files.sort();
        files.into_iter().map(|path| std::fs::read_to_string(path).unwrap()).collect()
    }

    fn mails_to(&self, email: &str) -> Vec<String> {
        let to = format!("To: {email}\r\n");
        self.mails().into_iter().filter(|mail| mail.contains(&to)).collect()
    }

    /// The newest mail to an address: looks until there are more than `before`, for at most 5 s.
    pub async fn mail_to(&self, email: &str, before: usize) -> String {
        let start = Instant::now();
        loop {
            let mut mails = self.mails_to(email);
            if mails.len() > before {
                return mails.pop().unwrap();
            }
            assert!(start.elapsed() < Duration::from_secs(5), "no mail comes to {email}");
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }
}

impl Browser<'_> {
    /// Asks for a link with the form of the sign-in page, and goes on to the page that comes then.
    pub async fn ask(&self, email: &str) -> Answer {
        self.ask_at("/sign-in", email).await
    }

    /// The same on the page at `path`, with the request that waits there.
    pub async fn ask_at(&self, path: &str, email: &str) -> Answer {
        let form = self.open(path).await.form(ASK);
        self.follow(self.submit(&form.with("email", email)).await).await
    }

    /// Asks for a link, and gives the token of the one that comes.
    pub async fn link_to(&self, house: &House, email: &str) -> String {
        let before = house.mails_to(email).len();
        self.ask(email).await.expect(200);
        token_in(&house.mail_to(email, before).await)
    }

    /// Opens a link.
    pub async fn open_link(&self, token: &str) -> Answer {
        self.get(&format!("{ASK}?token={token}")).await
    }

    /// Opens a link; the form that is there.
    pub async fn form_of_link(&self, token: &str) -> Form {
        self.open_link(token).await.expect(200).html().form(CONFIRM)
    }

    /// Opens a link and sends the form that is there.
    pub async fn confirm(&self, token: &str) -> Answer {
        let form = self.form_of_link(token).await;
        self.submit(&form).await
    }
}

/// The token of the link in a mail, which stands on a line of its own.
pub fn token_in(mail: &str) -> String {
    let start = format!("{ISSUER}{ASK}?token=");
    mail.lines().find_map(|line| line.strip_prefix(&start)).unwrap_or_else(|| panic!("no link: {mail}")).to_owned()
}
