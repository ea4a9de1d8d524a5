//! Where mail goes, as settings.

use std::path::{Path, PathBuf};

use clap::Args;
use service_kit::Secret;
use service_kit::secret::read_secret;
use service_kit::settings::SettingsError;
use shared_claims::ids::Issuer;
use tokio::runtime::Handle;
use url::Url;

use super::letter::Sender;
use super::mailer::{Mailer, Way};
use super::outbox::Outbox;
use super::smtp::Smtp;

/// Who letters in an outbox are from, if nothing is said: a domain that nobody has (RFC 2606 section 3).
const DEFAULT_FROM: &str = "no-reply@example.com";

/// `SMTP_URL`, its `_FILE` twin, `SMTP_CA_FILE`, `MAIL_FROM` and `MAIL_OUTBOX`.
#[derive(Debug, Clone, Default, Args)]
pub struct MailArgs {
    /// Mail server: smtps://user:password@host, smtp://…?tls=required for STARTTLS, or smtp://… without TLS, which off this
    /// machine needs ALLOW_HTTP=true [default: none, mail goes into MAIL_OUTBOX]
    #[arg(long, env = "SMTP_URL", hide_env_values = true, value_name = "URL")]
    pub smtp_url: Option<Secret>,

    /// File that holds the URL of the mail server, instead of SMTP_URL [default: none]
    #[arg(long, env = "SMTP_URL_FILE", value_name = "PATH")]
    pub smtp_url_file: Option<PathBuf>,

    /// File with the certificates, in PEM, that the mail server's may come from, and no others [default: those of the system]
    #[arg(long, env = "SMTP_CA_FILE", value_name = "PATH")]
    pub smtp_ca_file: Option<PathBuf>,

    /// Who mail is from: no-reply@example.com or "Name <no-reply@example.com>"; needed with SMTP_URL, otherwise no-reply@example.com
    #[arg(long, env = "MAIL_FROM", value_name = "ADDRESS")]
    pub mail_from: Option<Sender>,

    /// Folder that mail is laid into as .eml files where there is no SMTP_URL [default: outbox in DATA_DIR]
    #[arg(long, env = "MAIL_OUTBOX", value_name = "PATH")]
    pub mail_outbox: Option<PathBuf>,
}

impl MailArgs {
    /// What sends letters. Must be called within a runtime, which sends them.
    ///
    /// # Errors
    /// [`SettingsError`] names the setting and never the URL.
    pub fn mailer(&self, data_dir: &Path, issuer: &Issuer, allow_plain: bool) -> Result<Mailer, SettingsError> {
        let inline = self.smtp_url.as_ref().map(|url| url.expose().clone());
        let url = read_secret(inline, self.smtp_url_file.clone(), "SMTP_URL")?;
        let (way, sender) = match url {
            Some(url) => (Way::Smtp(self.smtp(&url, issuer, allow_plain)?), self.mail_from.clone()),
            None => (Way::Outbox(self.outbox(data_dir)?), Some(self.sender_of_outbox()?)),
        };
        let sender = sender.ok_or_else(|| SettingsError::new("MAIL_FROM is needed with SMTP_URL"))?;
        Ok(Mailer::new(way, sender, Handle::current()))
    }

    fn smtp(&self, url: &Secret, issuer: &Issuer, allow_plain: bool) -> Result<Smtp, SettingsError> {
        if self.mail_outbox.is_some() {
            return Err(SettingsError::new("give SMTP_URL or MAIL_OUTBOX, not both"));
        }
        let unread = |path: &PathBuf, error| SettingsError::new(format!("SMTP_CA_FILE={}: {error}", path.display()));
        let read = |path| std::fs::read(path).map_err(|error| unread(path, error));
        let roots = self.smtp_ca_file.as_ref().map(read).transpose()?;
        // The name under which we are known, since a container's own is nobody's (RFC 5321 section 4.1.1.1).
        let issuer = Url::parse(issuer.as_str()).ok();
        let hello = issuer.as_ref().and_then(Url::host_str).unwrap_or("localhost");
        Smtp::new(url, roots.as_deref(), hello, allow_plain)
    }

    fn outbox(&self, data_dir: &Path) -> Result<Outbox, SettingsError> {
        if self.smtp_ca_file.is_some() {
            return Err(SettingsError::new("SMTP_CA_FILE is for SMTP_URL, which is not given"));
        }
        Ok(Outbox::new(self.mail_outbox.clone().unwrap_or_else(|| data_dir.join("outbox"))))
    }

    fn sender_of_outbox(&self) -> Result<Sender, SettingsError> {
        let default = || DEFAULT_FROM.parse().map_err(|error| SettingsError::new(format!("MAIL_FROM {error}")));
        self.mail_from.clone().map_or_else(default, Ok)
    }
}
