//! Mail: plain-text letters, sent by SMTP or laid into a folder, in the background. Whoever asks for one is answered
//! before it is sent, so that an answer tells nothing of who can be reached.

mod address;
mod fault;
mod letter;
mod mailer;
mod outbox;
mod settings;
mod smtp;

pub use address::{InvalidMailAddress, MailAddress};
pub use fault::MailFault;
pub use letter::{Letter, Sender};
pub use mailer::Mailer;
pub use settings::MailArgs;
