//! The database URL, read into what it means.

use std::{path::PathBuf, time::Duration};

use zeroize::Zeroizing;

use super::{DatabaseError, DatabaseSettings};

/// Where to connect.
pub(super) enum Address {
    /// libpq connection URI, completed with our limits.
    Postgres { uri: Zeroizing<String>, statement_timeout: Duration },
    /// Path of the database file.
    Sqlite { path: PathBuf },
}

impl Address {
    pub(super) fn parse(settings: &DatabaseSettings) -> Result<Self, DatabaseError> {
        let url = settings.url.expose();
        match url.split_once("://") {
            Some(("sqlite", path)) => sqlite(path),
            Some(("postgres" | "postgresql", _)) => Ok(Self::Postgres {
                uri: Zeroizing::new(complete(url, settings.connect_timeout)),
                statement_timeout: settings.statement_timeout,
            }),
            // The rest of the URL is not shown: a password stands in it.
            Some((scheme, _))
                if scheme.len() <= 20 && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'+') =>
            {
                Err(DatabaseError::Url(format!("{scheme}:// is not supported; use sqlite:// or postgres://")))
            }
            _ => Err(DatabaseError::Url("it must start with sqlite:// or postgres://".to_owned())),
        }
    }

    pub(super) fn is_postgres(&self) -> bool {
        matches!(self, Self::Postgres { .. })
    }
}

fn sqlite(path: &str) -> Result<Address, DatabaseError> {
    // A database in memory would be another one for each connection, and `file:` would let parameters undo our PRAGMAs.
    if path.is_empty() || path.starts_with(":memory:") || path.contains(['?', '#', '\0']) {
        return Err(DatabaseError::Url(
            "sqlite:// must be followed by the path of a file, without parameters".to_owned(),
        ));
    }
    Ok(Address::Sqlite { path: PathBuf::from(path) })
}

/// Adds what the URL leaves open: a bound for connecting, and one for a peer that went away without a word.
fn complete(url: &str, connect_timeout: Duration) -> String {
    let seconds = connect_timeout.as_secs().max(2);
    let wanted = [
        ("connect_timeout", seconds.to_string()),
        ("tcp_user_timeout", "3000".to_owned()),
        ("keepalives_idle", "2".to_owned()),
        ("keepalives_interval", "1".to_owned()),
        ("keepalives_count", "2".to_owned()),
        ("application_name", "jwt-reference".to_owned()),
    ];
    let mut uri = url.to_owned();
    for (name, value) in wanted {
        if !url.contains(&format!("{name}=")) {
            let sign = if uri.contains('?') { '&' } else { '?' };
            uri.push_str(&format!("{sign}{name}={value}"));
        }
    }
    uri
}

/// A text of libpq, unless a part of the user name or password stands in it (it quotes what it cannot read).
pub(super) fn without_credentials(message: &str, uri: &str) -> String {
    let credentials =
        uri.split_once("://").and_then(|(_, rest)| rest.rsplit_once('@')).map_or("", |(credentials, _)| credentials);
    let password = credentials.split_once(':').map_or("", |(_, password)| password);
    let quoted =
        password.split(['@', ':', '/', '?', '#', '%', '&', '=']).any(|part| !part.is_empty() && message.contains(part));
    // A text of one line: it goes to the log and to the person who starts the service.
    let line = message.split_whitespace().collect::<Vec<_>>().join(" ");
    if quoted { "the URL cannot be used (the reason quotes the password and is not shown)".to_owned() } else { line }
}

#[cfg(test)]
mod tests {
    use super::{Address, DatabaseSettings, without_credentials};

    fn parse(url: &str) -> Result<Address, super::DatabaseError> {
        Address::parse(&DatabaseSettings::new(url.to_owned()))
    }

    #[test]
    fn the_scheme_decides() {
        assert!(matches!(parse("sqlite:///var/a.db"), Ok(Address::Sqlite { path }) if path.is_absolute()));
        assert!(matches!(parse("sqlite://data/a.db"), Ok(Address::Sqlite { path }) if path.ends_with("data/a.db")));
        assert!(parse("postgres://u:p@h/d").is_ok_and(|address| address.is_postgres()));
        assert!(parse("postgresql://h/d?connect_timeout=9").is_ok_and(|address| address.is_postgres()));
    }

    #[test]
    fn any_other_url_is_refused_without_showing_it() {
        for url in [
            "mysql://root:hunter2@h/d",
            "hunter2",
            "",
            "sqlite://",
            "sqlite://:memory:",
            "sqlite://a.db?mode=hunter2",
            "host=h password=hunter2 ://",
        ] {
            let Err(error) = parse(url) else { panic!("{url}") };
            assert!(!format!("{error} {error:?}").contains("hunter2"), "{error}");
        }
    }

    #[test]
    fn our_limits_are_added_unless_the_url_has_its_own() {
        let Ok(Address::Postgres { uri, .. }) = parse("postgres://h/d?connect_timeout=9") else { panic!() };
        assert!(uri.contains("?connect_timeout=9&tcp_user_timeout=3000"), "{}", *uri);
        assert!(!uri.contains("connect_timeout=2"));
    }

    #[test]
    fn a_reason_that_quotes_the_password_is_not_shown() {
        let uri = "postgres://user:p%40ss:word@host:port/db";
        assert!(without_credentials("invalid port number: \"word@host\"", uri).contains("not shown"));
        assert_eq!(without_credentials("connection\n refused", uri), "connection refused");
    }
}
