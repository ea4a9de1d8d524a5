//! Why a letter did not go.

use std::io;

/// Why a letter did not go. What a mail server says is not kept: it repeats the address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MailFault {
    /// It took too long.
    #[error("the mail server took too long")]
    Timeout,
    /// The mail server said no, with this reply code (RFC 5321 section 4.2).
    #[error("the mail server refused with {0}")]
    Refused(u16),
    /// No TLS, or not with whom it should be.
    #[error("no TLS with the mail server")]
    Tls,
    /// Nobody answers, or not as a mail server does.
    #[error("the mail server cannot be reached")]
    Unreachable,
    /// The folder cannot be written.
    #[error("the outbox cannot be written: {0}")]
    Outbox(io::ErrorKind),
}

impl From<lettre::transport::smtp::Error> for MailFault {
    fn from(error: lettre::transport::smtp::Error) -> Self {
        match error.status() {
            Some(code) => Self::Refused(code.into()),
            None if error.is_timeout() => Self::Timeout,
            None if error.is_tls() => Self::Tls,
            None => Self::Unreachable,
        }
    }
}

impl From<io::Error> for MailFault {
    fn from(error: io::Error) -> Self {
        Self::Outbox(error.kind())
    }
}
