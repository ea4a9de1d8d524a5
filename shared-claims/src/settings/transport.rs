//! Where TLS is needed: tokens and keys travel in clear text only within one machine, or where somebody said so.

use url::{Host, Url};

/// An `http:` URL that leaves this machine.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{name}: {url} is no https:// URL, and leaves this machine; use https{alternative}")]
pub struct InsecureUrl {
    name: &'static str,
    url: String,
    alternative: &'static str,
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// An identity (`ISSUER`, `AUDIENCE`): https, or http on loopback; `ALLOW_HTTP` does not help.
///
/// # Errors
/// [`InsecureUrl`], also for what is no URL.
pub fn check_identity(name: &'static str, identity: &str) -> Result<(), InsecureUrl> {
    let fits =
        Url::parse(identity).is_ok_and(|url| url.scheme() == "https" || (url.scheme() == "http" && is_loopback(&url)));
    if fits { Ok(()) } else { Err(InsecureUrl { name, url: identity.to_owned(), alternative: "" }) }
}

/// A location (`JWKS_URL`, `TOKEN_URL` …): https, http on loopback, or http where `allow_http`.
///
/// # Errors
/// [`InsecureUrl`].
pub fn check_location(name: &'static str, location: &Url, allow_http: bool) -> Result<(), InsecureUrl> {
    let fits = location.scheme() == "https" || (location.scheme() == "http" && (allow_http || is_loopback(location)));
    let alternative = ", or ALLOW_HTTP=true in an internal network";
    if fits { Ok(()) } else { Err(InsecureUrl { name, url: location.to_string(), alternative }) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identities_have_tls_off_loopback_whatever_is_allowed() {
        for good in ["https://auth.example.com", "http://localhost:8080", "http://127.0.0.1:1", "http://[::1]:8080"] {
            assert!(check_identity("ISSUER", good).is_ok(), "{good}");
        }
        for bad in [
            "http://auth.example.com",
            "http://localhost.example.com",
            "http://127.0.0.1.example.com",
            "ftp://localhost",
            "auth",
            "",
        ] {
            assert!(check_identity("ISSUER", bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn locations_may_do_without_where_somebody_said_so() {
        let inside = Url::parse("http://auth-service:8080/.well-known/jwks.json").unwrap();
        assert!(check_location("JWKS_URL", &inside, true).is_ok());
        assert!(check_location("JWKS_URL", &inside, false).is_err());
        assert!(check_location("JWKS_URL", &Url::parse("file:///etc/passwd").unwrap(), true).is_err());
    }
}
