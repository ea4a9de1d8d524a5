//! The mail server.

use std::net::IpAddr;
use std::time::Duration;

use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, CertificateStore, Tls, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use lettre::transport::smtp::{SMTP_PORT, SUBMISSION_PORT, SUBMISSIONS_PORT};
use lettre::{AsyncSmtpTransport, AsyncTransport as _, Message, Tokio1Executor};
use service_kit::Secret;
use service_kit::settings::SettingsError;
use url::{Host, Url};

use super::fault::MailFault;

/// Longest wait for one reply of the server; the mailer bounds the whole.
const REPLY_LIMIT: Duration = Duration::from_secs(10);

/// What a mail server may be: the three schemes, in the words of `SMTP_URL`.
const FORMS: &str =
    "must be smtps://host, smtp://host?tls=required (STARTTLS) or smtp://host, with user:password@ if needed";

/// A mail server; each letter gets a connection of its own.
pub(super) struct Smtp(AsyncSmtpTransport<Tokio1Executor>);

impl Smtp {
    /// From `SMTP_URL`; `roots` are certificates in PEM to trust and no others, `hello` is our name. Without TLS only on
    /// this machine, or where `allow_plain`.
    ///
    /// # Errors
    /// What is wrong with the setting, without its text.
    pub(super) fn new(
        url: &Secret,
        roots: Option<&[u8]>,
        hello: &str,
        allow_plain: bool,
    ) -> Result<Self, SettingsError> {
        let url = Url::parse(url.expose()).map_err(|_| wrong(FORMS))?;
        let host = host_of(&url).ok_or_else(|| wrong(FORMS))?;
        let parameters = || tls(&host, roots);
        let (tls, port) = match (url.scheme(), url.query()) {
            ("smtps", None) => (Tls::Wrapper(parameters()?), SUBMISSIONS_PORT),
            ("smtp", Some("tls=required")) => (Tls::Required(parameters()?), SUBMISSION_PORT),
            ("smtp", None) if allow_plain || is_loopback(&host) => (Tls::None, SMTP_PORT),
            ("smtp", None) => {
                return Err(wrong(
                    "would send mail in clear text off this machine; use smtps:// or ?tls=required, \
                     or ALLOW_HTTP=true in an internal network",
                ));
            }
            _ => return Err(wrong(FORMS)),
        };
        if !matches!(url.path(), "" | "/") || url.fragment().is_some() {
            return Err(wrong(FORMS));
        }
        let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(host)
            .port(url.port().unwrap_or(port))
            .tls(tls)
            .hello_name(ClientId::Domain(hello.to_owned()))
            .timeout(Some(REPLY_LIMIT));
        if let Some(credentials) = credentials(&url)? {
            builder = builder.credentials(credentials);
        }
        Ok(Self(builder.build()))
    }

    pub(super) async fn send(&self, message: Message) -> Result<(), MailFault> {
        self.0.send(message).await?;
        Ok(())
    }
}

fn wrong(why: &str) -> SettingsError {
    SettingsError::new(format!("SMTP_URL {why}"))
}

/// Without the brackets of an IPv6 address: so it is looked up, and so it stands in a certificate.
fn host_of(url: &Url) -> Option<String> {
    match url.host()? {
        Host::Ipv6(address) => Some(address.to_string()),
        other => Some(other.to_string()),
    }
}

/// Of a URL that is not http, a number is read as a name; so it is read again here.
fn is_loopback(host: &str) -> bool {
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

fn tls(host: &str, roots: Option<&[u8]>) -> Result<TlsParameters, SettingsError> {
    let fault = |_| wrong("cannot be used: TLS cannot be set up");
    let mut builder = TlsParameters::builder(host.to_owned());
    if let Some(pem) = roots {
        let unfit = || SettingsError::new("SMTP_CA_FILE holds no certificates in PEM");
        // The library takes a text without any for none to trust.
        let found = String::from_utf8_lossy(pem).contains("-----BEGIN CERTIFICATE-----");
        let roots = Certificate::from_pem(pem).ok().filter(|_| found).ok_or_else(unfit)?;
        builder = builder.certificate_store(CertificateStore::None).add_root_certificate(roots);
    }
    builder.build().map_err(fault)
}

fn credentials(url: &Url) -> Result<Option<Credentials>, SettingsError> {
    let decode = |text: &str| {
        crate::domain::form::decode(text.replace('+', "%2B").as_bytes())
            .map_err(|_| wrong("has a user or password with bad percent-encoding"))
    };
    match (url.username(), url.password()) {
        ("", None) => Ok(None),
        ("", Some(_)) => Err(wrong("has a password and no user")),
        (_, None) => Err(wrong("has a user and no password")),
        (user, Some(password)) => Ok(Some(Credentials::new(decode(user)?, decode(password)?))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open(url: &str, allow_plain: bool) -> Result<(), String> {
        Smtp::new(&Secret::from(url.to_owned()), None, "localhost", allow_plain).map(drop).map_err(|e| e.to_string())
    }

    #[test]
    fn mail_leaves_the_machine_under_tls_only_or_where_somebody_said_so() {
        for good in [
            "smtps://mail.example.com",
            "smtps://user:pass%2Fword@mail.example.com:465",
            "smtp://mail.example.com?tls=required",
            "smtp://127.0.0.1:1025",
            "smtp://[::1]:1025",
            "smtp://user:password@localhost",
        ] {
            assert_eq!(open(good, false), Ok(()), "{good}");
        }
        for plain in ["smtp://mail.example.com", "smtp://127.0.0.1.example.com", "smtp://localhost.example.com:25"] {
            assert!(open(plain, false).unwrap_err().contains("ALLOW_HTTP"), "{plain}");
            assert_eq!(open(plain, true), Ok(()), "{plain}");
        }
    }

    #[test]
    fn what_is_no_mail_server_is_refused_without_being_repeated() {
        for bad in [
            "",
            "mail.example.com",
            "https://s3cret@mail.example.com",
            "smtp://",
            "smtp:s3cret",
            "smtp://u:s3cret@localhost?tls=opportunistic",
            "smtp://u:s3cret@localhost?tls=none",
            "smtps://u:s3cret@localhost?tls=required",
            "smtp://u:s3cret@localhost/path",
            "smtp://u:s3cret@localhost#fragment",
            "smtp://s3cret@localhost",
            "smtp://:s3cret@localhost",
            "smtp://u:s3cret%zz@localhost",
            "smtp://u:s3cret@localhost:70000",
        ] {
            let error = open(bad, true).unwrap_err();
            assert!(error.starts_with("SMTP_URL ") && !error.contains("s3cret"), "{bad}: {error}");
        }
    }

    #[test]
    fn a_plus_in_a_password_is_a_plus() {
        let url = Url::parse("smtp://us%2Ber:pass+word%21@localhost").unwrap();
        let expected = Credentials::new("us+er".to_owned(), "pass+word!".to_owned());
        assert!(credentials(&url).unwrap() == Some(expected));
    }

    #[test]
    fn certificates_to_trust_are_certificates() {
        let url = Secret::from("smtps://localhost".to_owned());
        for bad in ["", "no certificate", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"] {
            let error = Smtp::new(&url, Some(bad.as_bytes()), "localhost", false).err().unwrap().to_string();
            assert!(error.contains("SMTP_CA_FILE") || error.contains("TLS"), "{error}");
        }
    }
}
