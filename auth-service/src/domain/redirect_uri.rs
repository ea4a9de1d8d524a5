//! Where a browser may be sent back to, with a code or without: the texts that a client registered (RFC 6749 section
//! 3.1.2), compared as texts (RFC 9700 section 2.1).
//!
//! Nothing is normalized at a comparison. Two parsers that read one URL in two ways are how codes get lost, so a
//! registered URI has to be in the one form that a browser would give it, and what is asked for has to be that text.

use serde::{Deserialize, Serialize};
use url::{Host, Url};

/// Longest registered redirect URI, in bytes.
pub const MAX_BYTES: usize = 512;

/// Most redirect URIs of one client.
pub const MOST: usize = 10;

/// The numeric loopback hosts, whose port an application chooses when it runs (RFC 8252 section 7.3). `localhost` is a
/// name, and names can be made to lead elsewhere (section 8.3).
const ANY_PORT: [&str; 2] = ["http://127.0.0.1", "http://[::1]"];

/// The text is no URI to which we would send a browser.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "must be https, or http on 127.0.0.1, [::1] or localhost; absolute, in the form that a browser gives it, at most \
     {MAX_BYTES} bytes, without user, fragment or asterisk"
)]
pub struct InvalidRedirectUri;

/// A URI to which a browser may be sent.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RedirectUri(String);

impl RedirectUri {
    /// Checks the text once. It is kept as it is.
    ///
    /// # Errors
    /// [`InvalidRedirectUri`].
    pub fn parse(text: &str) -> Result<Self, InvalidRedirectUri> {
        let fits = text.len() <= MAX_BYTES && text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'*');
        let url = Url::parse(text).ok().filter(|url| fits && is_normal(text, url) && is_plain(url));
        match (url.as_ref().map(Url::scheme), url.as_ref().and_then(Url::host)) {
            (Some("https"), Some(host)) if is_plain_host(&host) => Ok(Self(text.to_owned())),
            (Some("http"), Some(host)) if is_loopback(&host) => Ok(Self(text.to_owned())),
            _ => Err(InvalidRedirectUri),
        }
    }

    /// The text, as it was registered or asked for.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether a request may ask for `asked`: the same text, or the same but for the port on a numeric loopback host.
    #[must_use]
    pub fn matches(&self, asked: &str) -> bool {
        self.0 == asked || ANY_PORT.iter().any(|host| self.matches_but_for_port(host, asked))
    }

    /// `asked`, as the place to go to, if [`Self::matches`] it: with the port of the request and not that of the
    /// registration.
    #[must_use]
    pub fn matched(&self, asked: &str) -> Option<Self> {
        self.matches(asked).then(|| Self(asked.to_owned()))
    }

    fn matches_but_for_port(&self, host: &str, asked: &str) -> bool {
        let registered = self.0.strip_prefix(host).and_then(without_port);
        registered.is_some() && registered == asked.strip_prefix(host).and_then(without_port)
    }

    /// Scheme, host and port: where a page of this URI comes from (RFC 6454 section 6.2).
    #[must_use]
    pub fn origin(&self) -> &str {
        let host = self.0.find("://").map_or(0, |at| at + 3);
        let end = self.0.get(host..).and_then(|rest| rest.find(['/', '?'])).map_or(self.0.len(), |at| host + at);
        self.0.get(..end).unwrap_or_default()
    }
}

/// Written as it is sent: no dot segments, no capitals in the host, no `:443`, no backslash, no address in another
/// notation. An empty path may stay empty.
fn is_normal(text: &str, url: &Url) -> bool {
    let normal = url.as_str();
    normal == text || (url.path() == "/" && url.query().is_none() && normal.strip_suffix('/') == Some(text))
}

fn is_plain(url: &Url) -> bool {
    let nobody = url.username().is_empty() && url.password().is_none();
    nobody && url.fragment().is_none() && url.port() != Some(0)
}

/// A name of letters, digits, dots and hyphens. The URL standard allows more in a host, `;` for one, which would end
/// the directive of a Content-Security-Policy that it is written into.
fn is_plain_host(host: &Host<&str>) -> bool {
    match host {
        Host::Domain(name) => name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-')),
        Host::Ipv4(_) | Host::Ipv6(_) => true,
    }
}

fn is_loopback(host: &Host<&str>) -> bool {
    match host {
        Host::Domain(name) => *name == "localhost",
        Host::Ipv4(address) => *address == std::net::Ipv4Addr::LOCALHOST,
        Host::Ipv6(address) => *address == std::net::Ipv6Addr::LOCALHOST,
    }
}

/// What follows the port, if there is one; `None` for a port that is none, or written as no browser writes it.
fn without_port(rest: &str) -> Option<&str> {
    let Some(rest) = rest.strip_prefix(':') else { return Some(rest) };
    let (port, rest) = rest.split_at(rest.bytes().take_while(u8::is_ascii_digit).count());
    let good = !port.starts_with('0') && port.parse::<u16>().is_ok();
    good.then_some(rest)
}

impl TryFrom<String> for RedirectUri {
    type Error = InvalidRedirectUri;
    fn try_from(text: String) -> Result<Self, InvalidRedirectUri> {
        Self::parse(&text)
    }
}

impl From<RedirectUri> for String {
    fn from(uri: RedirectUri) -> Self {
        uri.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn uri(text: &str) -> RedirectUri {
        RedirectUri::parse(text).unwrap_or_else(|_| panic!("{text}"))
    }

    /// Each is refused for `registered`.
    #[track_caller]
    fn refuses(registered: &str, asked: &[&str]) {
        let registered = uri(registered);
        for asked in asked {
            assert!(!registered.matches(asked), "{registered:?} takes {asked:?}");
            assert_eq!(registered.matched(asked), None);
        }
    }

    #[test]
    fn https_anywhere_and_http_on_this_machine_can_be_registered() {
        let longest = format!("https://partner.example/{}", "x".repeat(MAX_BYTES - 24));
        for text in [
            "https://partner.example/callback",
            "https://partner.example",
            "https://partner.example/",
            "https://partner.example:8443/callback?tenant=7&x=%2F",
            "https://xn--mnchen-3ya.example/callback",
            "https://192.0.2.7/callback",
            "https://[2001:db8::1]/callback",
            "http://127.0.0.1/callback",
            "http://127.0.0.1",
            "http://127.0.0.1:8083/callback",
            "http://[::1]/callback",
            "http://localhost:8083/callback",
            &longest,
        ] {
            assert_eq!(uri(text).as_str(), text);
            assert!(uri(text).matches(text));
        }
    }

    #[test]
    fn everything_else_cannot() {
        let too_long = format!("https://partner.example/{}", "x".repeat(MAX_BYTES - 23));
        for text in [
            "",
            " ",
            "callback",
            "/callback",
            "//partner.example/callback",
            "partner.example/callback",
            "https:",
            "https://",
            "https:///callback",
            "https:/partner.example/callback",
            "https:partner.example",
            "HTTPS://partner.example/callback",
            "https://PARTNER.example/callback",
            "https://partner.example:443/callback",
            "https://partner.example:0/callback",
            "https://partner.example:/callback",
            "https://partner.example:99999/callback",
            "https://partner.example/a/../callback",
            "https://partner.example/./callback",
            "https://partner.example/a/%2e%2e/callback",
            "https://partner.example\\callback",
            "https://partner.example\\@evil.example/callback",
            "https://user@partner.example/callback",
            "https://user:password@partner.example/callback",
            "https://:@partner.example/callback",
            "https://@partner.example/callback",
            "https://partner.example/callback#",
            "https://partner.example/callback#fragment",
            "https://*.partner.example/callback",
            "https://partner.example/*",
            "https://partner.example/callback?x=*",
            "https://partner.example/call back",
            "https://partner.example/callback\r\nSet-Cookie: x=1",
            "https://partner.example/call\tback",
            "https://partner.example/callback\u{0}",
            "https://partner.example/\u{7f}",
            "https://p\u{e4}rtner.example/callback",
            "https://p\u{430}rtner.example/callback",
            "https://partner.example/c\u{430}llback",
            "https://partner%2eexample/callback",
            "https://partner.example;script-src/callback",
            "https://partner.example,evil.example/callback",
            "https://partner_1.example/callback",
            "https://'self'/callback",
            "https://2130706433/callback",
            "https://0x7f.1/callback",
            "https://[::ffff:127.0.0.1]/callback",
            "http://partner.example/callback",
            "http://127.0.0.2/callback",
            "http://127.1/callback",
            "http://127.0.0.01/callback",
            "http://2130706433/callback",
            "http://0.0.0.0/callback",
            "http://[::]/callback",
            "http://[0:0:0:0:0:0:0:1]/callback",
            "http://[::ffff:127.0.0.1]/callback",
            "http://[::1%25lo]/callback",
            "http://localhost./callback",
            "http://127.0.0.1./callback",
            "http://app.localhost/callback",
            "http://localhost.evil.example/callback",
            "http://127.0.0.1.evil.example/callback",
            "http://127.0.0.1:80/callback",
            "http://127.0.0.1:80@evil.example/callback",
            "javascript:alert(1)",
            "data:text/html,x",
            "ftp://127.0.0.1/callback",
            "myapp://callback",
            "com.example.app:/callback",
            "urn:ietf:wg:oauth:2.0:oob",
            "null",
            &too_long,
        ] {
            assert_eq!(RedirectUri::parse(text), Err(InvalidRedirectUri), "{text:?}");
        }
    }

    /// A comparison that was looser than the text let codes go to others: by a wildcard, by a prefix, by a host that
    /// only looks like the loopback one.
    #[test]
    fn cve_2024_8883_and_2026_7504_only_the_same_text_matches() {
        refuses(
            "https://partner.example/callback",
            &[
                "",
                "https://partner.example",
                "https://partner.example/",
                "https://partner.example/callbac",
                "https://partner.example/callback/",
                "https://partner.example/callback/x",
                "https://partner.example/callback2",
                "https://partner.example/Callback",
                "https://partner.example/callback?",
                "https://partner.example/callback?x=1",
                "https://partner.example/callback#",
                "https://partner.example/callback#x",
                "https://partner.example/callback;x",
                "https://partner.example//callback",
                "https://partner.example/./callback",
                "https://partner.example/x/../callback",
                "https://partner.example/callback/..%2fx",
                "https://partner.example/%63allback",
                "https://partner.example/callback%00",
                "https://partner.example/callback\u{0}",
                "https://partner.example/callback\n",
                "https://partner.example/callback\r\nLocation: https://evil.example",
                " https://partner.example/callback",
                "https://partner.example/callback ",
                "https://partner.example/callback https://evil.example",
                "https://partner.example:443/callback",
                "https://partner.example:8443/callback",
                "https://partner.example./callback",
                "https://partner.example\\callback",
                "https:\\\\partner.example\\callback",
                "https:/partner.example/callback",
                "https://partner.example@evil.example/callback",
                "https://user@partner.example/callback",
                "https://evil.example/callback?https://partner.example/callback",
                "https://evil.example/https://partner.example/callback",
                "https://www.partner.example/callback",
                "https://partner.example.evil.example/callback",
                "https://evilpartner.example/callback",
                "https://artner.example/callback",
                "https://partner.exampl/callback",
                "HTTPS://partner.example/callback",
                "https://PARTNER.EXAMPLE/callback",
                "http://partner.example/callback",
                "//partner.example/callback",
                "https://p\u{430}rtner.example/callback",
                "https://partner.example\u{2044}callback",
                "https://partner\u{3002}example/callback",
                "https://\u{ff50}artner.example/callback",
                "https://*/callback",
                "*",
                "javascript:alert(1)//partner.example/callback",
            ],
        );
    }

    #[test]
    fn on_a_numeric_loopback_host_any_port_matches() {
        for (registered, host) in [
            ("http://127.0.0.1/callback", "http://127.0.0.1"),
            ("http://127.0.0.1:8083/callback", "http://127.0.0.1"),
            ("http://[::1]/callback", "http://[::1]"),
            ("http://[::1]:8083/callback", "http://[::1]"),
        ] {
            for port in ["", ":1", ":80", ":8083", ":49152", ":65535"] {
                let asked = format!("{host}{port}/callback");
                assert_eq!(uri(registered).matched(&asked).unwrap().as_str(), asked);
            }
        }
        let with_query = uri("http://127.0.0.1/callback?app=1");
        assert!(with_query.matches("http://127.0.0.1:49152/callback?app=1"));
        let without_path = uri("http://127.0.0.1");
        assert!(without_path.matches("http://127.0.0.1:49152") && !without_path.matches("http://127.0.0.1:49152/"));
    }

    #[test]
    fn and_nothing_but_the_port_may_differ() {
        refuses(
            "http://127.0.0.1/callback",
            &[
                "http://127.0.0.1:0/callback",
                "http://127.0.0.1:/callback",
                "http://127.0.0.1:65536/callback",
                "http://127.0.0.1:99999/callback",
                "http://127.0.0.1:099999999999999999999/callback",
                "http://127.0.0.1:080/callback",
                "http://127.0.0.1:+80/callback",
                "http://127.0.0.1:-80/callback",
                "http://127.0.0.1: 80/callback",
                "http://127.0.0.1:80 /callback",
                "http://127.0.0.1:0x50/callback",
                "http://127.0.0.1:\u{661}/callback",
                "http://127.0.0.1:80:80/callback",
                "http://127.0.0.1:80@evil.example/callback",
                "http://127.0.0.1:80@evil",
                "http://127.0.0.1@evil.example/callback",
                "http://user@127.0.0.1:80/callback",
                "http://127.0.0.1.evil.example/callback",
                "http://127.0.0.1.evil.example:80/callback",
                "http://127.0.0.1:80.evil.example/callback",
                "http://127.0.0.1:80\\@evil.example/callback",
                "http://127.0.0.1\\callback",
                "http://127.0.0.1:80\\callback",
                "http://127.0.0.1%2eevil.example/callback",
                "http://127.0.0.1:80%40evil.example/callback",
                "http://127.0.0.1:80/callback/",
                "http://127.0.0.1:80/Callback",
                "http://127.0.0.1:80//callback",
                "http://127.0.0.1:80/x/../callback",
                "http://127.0.0.1:80/callback?x=1",
                "http://127.0.0.1:80/callback#x",
                "http://127.0.0.1:80/callback\r\n",
                "http://127.0.0.1:80",
                "http://127.0.0.1:80/",
                "http://127.0.0.1",
                "https://127.0.0.1/callback",
                "https://127.0.0.1:80/callback",
                "HTTP://127.0.0.1:80/callback",
                "http://127.0.0.2:80/callback",
                "http://127.1:80/callback",
                "http://0177.0.0.1:80/callback",
                "http://2130706433:80/callback",
                "http://127.0.0.1.:80/callback",
                "http://127.0.0.11/callback",
                "http://\u{ff11}27.0.0.1:80/callback",
                "http://127\u{3002}0.0.1:80/callback",
                "http://localhost/callback",
                "http://localhost:80/callback",
                "http://[::1]/callback",
                "http://[::ffff:127.0.0.1]:80/callback",
            ],
        );
        refuses(
            "http://[::1]/callback",
            &[
                "http://[::1]:0/callback",
                "http://[::1]:/callback",
                "http://[::1]80/callback",
                "http://[::1]:80@evil.example/callback",
                "http://[::1]@evil.example/callback",
                "http://[::1].evil.example/callback",
                "http://[0:0:0:0:0:0:0:1]:80/callback",
                "http://[::01]:80/callback",
                "http://[::1%251]:80/callback",
                "http://[::]:80/callback",
                "http://::1:80/callback",
                "http://[::1:80/callback",
                "http://127.0.0.1:80/callback",
            ],
        );
        refuses(
            "http://127.0.0.1",
            &["http://127.0.0.1:80@evil", "http://127.0.0.1@evil", "http://127.0.0.1.evil", "http://127.0.0.1/"],
        );
    }

    /// A name is resolved, and by whom is not ours to know (RFC 8252 section 8.3).
    #[test]
    fn localhost_and_https_have_no_such_exception() {
        refuses(
            "http://localhost/callback",
            &["http://localhost:8083/callback", "http://127.0.0.1/callback", "http://localhost./callback"],
        );
        refuses("http://localhost:8083/callback", &["http://localhost/callback", "http://localhost:8084/callback"]);
        refuses("https://127.0.0.1/callback", &["https://127.0.0.1:8443/callback"]);
        refuses("https://[::1]/callback", &["https://[::1]:8443/callback"]);
    }

    #[test]
    fn the_origin_is_that_of_what_was_asked_for() {
        let asked = uri("http://127.0.0.1/callback").matched("http://127.0.0.1:49152/callback").unwrap();
        assert_eq!(asked.origin(), "http://127.0.0.1:49152");
        for (text, origin) in [
            ("https://partner.example/callback", "https://partner.example"),
            ("https://partner.example:8443", "https://partner.example:8443"),
            ("https://partner.example/?x=//y", "https://partner.example"),
            ("http://[::1]/callback", "http://[::1]"),
        ] {
            assert_eq!(uri(text).origin(), origin);
        }
    }
}
