//! Whose pages may call this API from a browser.

use std::str::FromStr;

use shared_claims::settings::check_identity;
use url::Url;

/// The origins that are allowed: none, or a list separated by commas. Each is written as browsers write it in the
/// header `Origin` (RFC 6454 section 6.2), and compared with it byte for byte.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AllowedOrigins(Vec<String>);

/// A text that is no origin, or not one that we allow.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidOrigin {
    /// Not scheme, host and port and nothing else, as a browser writes them.
    #[error("{0:?} is no origin; write scheme, host and port as the browser does: https://app.example.com")]
    Form(String),
    /// A page that came without TLS may have been changed on its way.
    #[error("{0:?} must be https, or http on this machine")]
    Insecure(String),
}

impl AllowedOrigins {
    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The origins.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }

    /// Whether pages of `origin` are allowed; it is compared byte for byte.
    pub(crate) fn contains(&self, origin: &[u8]) -> bool {
        self.0.iter().any(|allowed| allowed.as_bytes() == origin)
    }
}

impl FromStr for AllowedOrigins {
    type Err = InvalidOrigin;

    fn from_str(list: &str) -> Result<Self, InvalidOrigin> {
        if list.trim().is_empty() {
            return Ok(Self::default());
        }
        list.split(',').map(|text| origin(text.trim())).collect::<Result<_, _>>().map(Self)
    }
}

fn origin(text: &str) -> Result<String, InvalidOrigin> {
    // To the URL standard `*` is a letter of a name like any other.
    let is_exact = Url::parse(text).is_ok_and(|url| url.origin().ascii_serialization() == text) && !text.contains('*');
    if !is_exact {
        return Err(InvalidOrigin::Form(text.to_owned()));
    }
    check_identity("ALLOWED_ORIGINS", text).map_err(|_| InvalidOrigin::Insecure(text.to_owned()))?;
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_scheme_host_and_port_as_a_browser_writes_them() {
        for good in ["https://app.example.com", "https://app.example.com:8443", "http://localhost:5173", "http://[::1]"]
        {
            assert!(good.parse::<AllowedOrigins>().unwrap().contains(good.as_bytes()), "{good}");
        }
        for bad in [
            "https://app.example.com/",
            "https://app.example.com/page",
            "https://app.example.com?a",
            "https://app.example.com#a",
            "https://user@app.example.com",
            "https://app.example.com:443",
            "https://App.example.com",
            "HTTPS://app.example.com",
            "https://b\u{fc}cher.example",
            "https://*.example.com",
            "app.example.com",
            "https://",
            "blob:https://app.example.com",
            "*",
            "null",
            "https://a.example,",
            "https://a.example https://b.example",
        ] {
            assert!(matches!(bad.parse::<AllowedOrigins>(), Err(InvalidOrigin::Form(_))), "{bad}");
        }
    }

    #[test]
    fn an_origin_off_this_machine_has_tls() {
        for bad in [
            "http://app.example.com",
            "http://localhost.example.com",
            "http://127.0.0.1.example.com",
            "ftp://localhost",
        ] {
            assert_eq!(bad.parse::<AllowedOrigins>(), Err(InvalidOrigin::Insecure(bad.to_owned())));
        }
    }

    #[test]
    fn nothing_is_a_list_of_none_and_blanks_around_an_origin_are_no_part_of_it() {
        assert!("".parse::<AllowedOrigins>().unwrap().is_empty() && " ".parse::<AllowedOrigins>().unwrap().is_empty());
        let two: AllowedOrigins = "https://a.example, https://b.example".parse().unwrap();
        assert_eq!(two.iter().collect::<Vec<_>>(), ["https://a.example", "https://b.example"]);
    }
}
