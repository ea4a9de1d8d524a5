//! What a letter says.

use std::time::{Duration, UNIX_EPOCH};

use lettre::Message;
use lettre::message::header::{ContentTransferEncoding, ContentType, HeaderName, HeaderValue, MIME_VERSION_1_0};
use lettre::message::{Body, Mailbox};

use super::address::{InvalidMailAddress, MailAddress};

/// Most characters of a line, without its end (RFC 5322 section 2.1.1).
const LONGEST_LINE: usize = 998;

/// Who letters are from: `no-reply@example.com` or `The shop <no-reply@example.com>`.
#[derive(Debug, Clone)]
pub struct Sender {
    name: Option<String>,
    address: MailAddress,
}

impl std::str::FromStr for Sender {
    type Err = InvalidMailAddress;

    fn from_str(text: &str) -> Result<Self, InvalidMailAddress> {
        if text.chars().any(char::is_control) {
            return Err(InvalidMailAddress);
        }
        let Some((name, address)) = text.strip_suffix('>').and_then(|text| text.rsplit_once('<')) else {
            return Ok(Self { name: None, address: text.parse()? });
        };
        let name = Some(name.trim().to_owned()).filter(|name| !name.is_empty());
        Ok(Self { name, address: address.parse()? })
    }
}

/// A letter, ready to go.
pub struct Letter {
    /// Its name in the log and in the outbox: the id of what it is about.
    pub(super) id: String,
    pub(super) message: Message,
}

impl Letter {
    /// The letter with a sign-in link: `link_id` is its name, `now` is in microseconds since the epoch.
    ///
    /// # Errors
    /// If the letter cannot be composed; with these types, it can.
    pub fn sign_in_link(
        sender: &Sender,
        to: &MailAddress,
        site: &str,
        (link_id, link): (&str, &str),
        now: i64,
    ) -> Result<Self, lettre::error::Error> {
        let body = format!(
            "Hello,\n\n\
             somebody, and we hope it was you, asked to sign in at\n{site}\nwith this e-mail address.\n\n\
             To go on, open this link in the browser in which you asked:\n\n{link}\n\n\
             It is good once and for ten minutes.\n\n\
             If it was not you, ignore this mail. Whoever asked cannot sign in without the\n\
             link, so do not pass it on.\n"
        );
        Ok(Self { id: link_id.to_owned(), message: compose(sender, to, "Your sign-in link", body, (link_id, now))? })
    }
}

fn compose(
    sender: &Sender,
    to: &MailAddress,
    subject: &str,
    body: String,
    (id, now): (&str, i64),
) -> Result<Message, lettre::error::Error> {
    // No out-of-office answers to this (RFC 3834 section 5).
    let automatic = HeaderName::new_from_ascii_str("Auto-Submitted");
    Message::builder()
        .message_id(Some(format!("<{id}@{}>", sender.address.domain())))
        .date(UNIX_EPOCH + Duration::from_micros(now.unsigned_abs()))
        .from(Mailbox::new(sender.name.clone(), sender.address.to_lettre()))
        .to(Mailbox::new(None, to.to_lettre()))
        .subject(subject)
        .raw_header(HeaderValue::new(automatic, "auto-generated".to_owned()))
        .header(MIME_VERSION_1_0)
        .header(ContentType::TEXT_PLAIN)
        .body(encoded(body))
}

/// As it is, where that is allowed, so that a link can be found in an outbox; the library would encode every line of
/// more than 76 characters.
fn encoded(text: String) -> Body {
    if text.is_ascii() && text.lines().all(|line| line.len() <= LONGEST_LINE) {
        return Body::dangerous_pre_encoded(text.replace('\n', "\r\n").into_bytes(), ContentTransferEncoding::SevenBit);
    }
    Body::new(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2026-07-01T12:00:00Z.
    const NOW: i64 = 1_782_907_200_000_000;

    fn text(sender: &str, link: &str) -> String {
        let to = "a@example.com".parse().unwrap();
        let letter =
            Letter::sign_in_link(&sender.parse().unwrap(), &to, "http://localhost:8080", ("lnk_1", link), NOW).unwrap();
        String::from_utf8(letter.message.formatted()).unwrap()
    }

    #[test]
    fn the_letter_is_plain_text_with_the_headers_that_a_mail_needs() {
        let link = format!("http://localhost:8080/sign-in/link?token={}", "x".repeat(700));
        let text = text("Shop <no-reply@example.com>", &link);
        let (headers, body) = text.split_once("\r\n\r\n").unwrap();
        let mut headers: Vec<&str> = headers.split("\r\n").collect();
        headers.sort_unstable();
        assert_eq!(
            headers,
            [
                "Auto-Submitted: auto-generated",
                "Content-Transfer-Encoding: 7bit",
                "Content-Type: text/plain; charset=utf-8",
                "Date: Wed, 01 Jul 2026 12:00:00 +0000",
                "From: Shop <no-reply@example.com>",
                "MIME-Version: 1.0",
                "Message-ID: <lnk_1@example.com>",
                "Subject: Your sign-in link",
                "To: a@example.com",
            ]
        );
        assert!(body.lines().any(|line| line == link), "on a line of its own, whole: {body}");
        assert!(!body.replace("\r\n", "").contains(['\r', '\n']), "{body:?}");
    }

    /// Longer than SMTP's lines may be (RFC 5321 section 4.5.3.1.6).
    #[test]
    fn a_very_long_link_is_encoded_and_not_cut() {
        let text = text("no-reply@example.com", &format!("http://localhost:8080/{}", "x".repeat(1000)));
        assert!(text.contains("Content-Transfer-Encoding: quoted-printable"), "{text}");
        assert!(text.lines().all(|line| line.len() <= 998));
    }

    #[test]
    fn the_name_of_a_sender_adds_no_header() {
        for (sender, header) in [
            ("no-reply@example.com", "From: no-reply@example.com"),
            ("<no-reply@example.com>", "From: no-reply@example.com"),
            ("A \"quoted\", name <a@example.com>", "From: =?utf-8?b?QSAicXVvdGVkIiwgbmFtZQ==?= <a@example.com>"),
            ("Zoë <a@example.com>", "From: =?utf-8?b?Wm/Dqw==?= <a@example.com>"),
        ] {
            let text = text(sender, "x");
            assert!(text.contains(&format!("{header}\r\n")), "{text}");
        }
        for bad in ["", "Shop", "Shop <>", "a@b.example>", "a\r\nBcc: b@example.com <a@example.com>", "A <a@b> <c d@e>"]
        {
            assert!(bad.parse::<Sender>().is_err(), "{bad:?}");
        }
    }
}
