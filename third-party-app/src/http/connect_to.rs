//! `--connect-to HOST1:PORT1:HOST2:PORT2`, as curl has it: a request for the first pair goes to the second, and
//! everything that names a party (the `Host` header, the TLS name, the token's issuer and audience) stays as it was.
//! Identity is not location: inside Docker, `http://localhost:8080` is the name of the authorization server, and
//! `auth-service:8080` is where it listens.

use std::fmt;
use std::str::FromStr;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use url::{Host, Url};

/// One rule. An empty first host or port fits any; an empty second one is left as it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConnectTo {
    from_host: Option<String>,
    from_port: Option<u16>,
    to_host: Option<String>,
    to_port: Option<u16>,
    text: String,
}

/// Not `HOST1:PORT1:HOST2:PORT2`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not HOST1:PORT1:HOST2:PORT2 (an IPv6 address goes in brackets)")]
pub struct InvalidConnectTo(String);

/// Where a request goes and what it says in `Host`.
pub(super) struct Target {
    pub(super) url: Url,
    pub(super) host: String,
}

impl ConnectTo {
    /// Whether requests for this URL are sent elsewhere.
    #[must_use]
    pub fn fits(&self, url: &Url) -> bool {
        let host_fits = self.from_host.as_deref().is_none_or(|host| url.host_str() == Some(host));
        host_fits && self.from_port.is_none_or(|port| url.port_or_known_default() == Some(port))
    }

    /// With https the name stays in the URL, because the certificate is checked against it, and [`Fixed`] answers
    /// for it; a URL with an address has no name to check, so that case is refused.
    pub(super) fn target(&self, url: &Url) -> Option<Target> {
        let host = match url.port() {
            Some(port) => format!("{}:{port}", url.host_str()?),
            None => url.host_str()?.to_owned(),
        };
        let mut to = url.clone();
        if self.to_port.is_some() {
            to.set_port(self.to_port).ok()?;
        }
        if let (Some(to_host), false) = (&self.to_host, matches!(url.host(), Some(Host::Domain(_)))) {
            if url.scheme() == "https" {
                return None;
            }
            to.set_host(Some(to_host)).ok()?;
        }
        Some(Target { url: to, host })
    }
}

impl FromStr for ConnectTo {
    type Err = InvalidConnectTo;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let invalid = || InvalidConnectTo(text.to_owned());
        let fields = fields(text);
        let [from_host, from_port, to_host, to_port] = fields.as_slice() else {
            return Err(invalid());
        };
        Ok(Self {
            from_host: host(from_host).ok_or_else(invalid)?,
            from_port: port(from_port).ok_or_else(invalid)?,
            to_host: host(to_host).ok_or_else(invalid)?,
            to_port: port(to_port).ok_or_else(invalid)?,
            text: text.to_owned(),
        })
    }
}

impl fmt::Display for ConnectTo {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.text)
    }
}

/// Splits at colons outside brackets.
fn fields(text: &str) -> Vec<&str> {
    let mut in_brackets = false;
    text.split(|character| {
        match character {
            '[' => in_brackets = true,
            ']' => in_brackets = false,
            _ => {}
        }
        character == ':' && !in_brackets
    })
    .collect()
}

/// `Some(None)` is an empty field. The host is brought to the form that `url` gives it: lower case, IPv6 compressed.
fn host(field: &str) -> Option<Option<String>> {
    if field.is_empty() {
        return Some(None);
    }
    Host::parse(field).ok().map(|host| Some(host.to_string()))
}

fn port(field: &str) -> Option<Option<u16>> {
    if field.is_empty() {
        return Some(None);
    }
    field.parse().ok().filter(|port| *port != 0).map(Some)
}

/// A resolver that answers every name with the addresses of the rule's second host.
pub(super) struct Fixed(Option<String>);

impl Fixed {
    pub(super) fn for_rule(rule: &ConnectTo) -> Self {
        Self(rule.to_host.as_deref().map(|host| host.trim_matches(['[', ']']).to_owned()))
    }
}

impl Resolve for Fixed {
    fn resolve(&self, name: Name) -> Resolving {
        let host = self.0.clone().unwrap_or_else(|| name.as_str().to_owned());
        Box::pin(async move {
            // Port 0 stands for the port of the URL.
            let addresses: Vec<_> = tokio::net::lookup_host((host.as_str(), 0)).await?.collect();
            let addresses: Addrs = Box::new(addresses.into_iter());
            Ok(addresses)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(text: &str) -> ConnectTo {
        text.parse().unwrap()
    }

    fn url(text: &str) -> Url {
        text.parse().unwrap()
    }

    #[test]
    fn a_rule_fits_its_host_and_port_alone() {
        let rule = rule("LOCALHOST:8080:auth-service:8080");
        assert!(rule.fits(&url("http://localhost:8080/login")));
        assert!(!rule.fits(&url("http://localhost:8081/login")));
        assert!(!rule.fits(&url("http://127.0.0.1:8080/login")));
    }

    #[test]
    fn the_default_port_of_the_scheme_counts() {
        assert!(rule("example.com:443:127.0.0.1:8443").fits(&url("https://example.com/x")));
    }

    #[test]
    fn empty_fields_fit_anything_and_change_nothing() {
        let rule = rule("::auth-service:");
        assert!(rule.fits(&url("https://example.com/x")));
        let target = rule.target(&url("https://example.com/x")).unwrap();
        assert_eq!((target.url.as_str(), target.host.as_str()), ("https://example.com/x", "example.com"));
    }

    #[test]
    fn the_name_stays_in_url_and_host_header() {
        let target = rule("localhost:8080:auth-service:9999").target(&url("http://localhost:8080/login")).unwrap();
        assert_eq!(target.url.as_str(), "http://localhost:9999/login");
        assert_eq!(target.host, "localhost:8080");
    }

    #[test]
    fn an_address_is_replaced_over_http_and_refused_over_https() {
        let rule = rule("127.0.0.1:8080:auth-service:8080");
        let target = rule.target(&url("http://127.0.0.1:8080/")).unwrap();
        assert_eq!((target.url.as_str(), target.host.as_str()), ("http://auth-service:8080/", "127.0.0.1:8080"));
        assert!(rule.target(&url("https://127.0.0.1:8080/")).is_none());
    }

    #[test]
    fn ipv6_goes_in_brackets() {
        let rule = rule("[0:0::1]:8080:[::1]:9090");
        assert!(rule.fits(&url("http://[::1]:8080/")));
        assert_eq!(Fixed::for_rule(&rule).0.as_deref(), Some("::1"));
    }

    #[test]
    fn anything_else_is_an_error() {
        for text in ["", "a:1:b", "a:1:b:2:3", "a:0:b:1", "a:x:b:1", "a:1:b:70000", "::1:80:a:1", "a b:1:c:2"] {
            assert!(text.parse::<ConnectTo>().is_err(), "{text:?}");
        }
    }
}
