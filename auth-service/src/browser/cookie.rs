//! The cookie: it names a browser, and, once somebody has signed in there, their session.
//!
//! It is there before that too, so that the sign-in form can be tied to it. At sign-in it gets a new value: whoever had
//! planted or read the old one has nothing (session fixation).

use std::fmt;

use actix_web::http::header::{COOKIE, HeaderMap, HeaderName, HeaderValue, InvalidHeaderValue, SET_COOKIE};
use aws_lc_rs::{digest, rand};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use shared_claims::ids::Issuer;

use crate::domain::client_secret::NoRandomness;

/// The random part, in bytes.
const BYTES: usize = 32;

/// What may stand around a cookie (RFC 6265 section 4.2.1). With Unicode's white space, a name that browsers take for no
/// `__Host-` one, and let any neighbour set, would be taken for ours.
const SPACE: [char; 2] = [' ', '\t'];

/// The value of the cookie: 256 random bits. It is a credential, so it prints as `[redacted]`.
#[derive(Clone)]
pub struct Cookie(String);

impl fmt::Debug for Cookie {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

impl Cookie {
    /// A new value.
    ///
    /// # Errors
    /// [`NoRandomness`].
    pub fn generate() -> Result<Self, NoRandomness> {
        let mut bytes = [0; BYTES];
        rand::fill(&mut bytes).map_err(|_| NoRandomness)?;
        Ok(Self(URL_SAFE_NO_PAD.encode(bytes)))
    }

    /// Only what we could have made.
    fn parse(text: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        (bytes.len() == BYTES).then(|| Self(text.to_owned()))
    }

    /// SHA-256 of the value: what is kept of it.
    #[must_use]
    pub fn digest(&self) -> Vec<u8> {
        digest::digest(&digest::SHA256, self.0.as_bytes()).as_ref().to_vec()
    }

    pub(super) fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

/// How the cookie is set and read.
#[derive(Debug, Clone, Copy)]
pub struct Cookies {
    secure: bool,
}

impl Cookies {
    /// With an https issuer the name starts with `__Host-`: then no other host, and nothing without TLS, can set it
    /// (RFC 6265bis section 4.1.3.2). Over http, which is for this machine only, browsers refuse that prefix.
    #[must_use]
    pub fn new(issuer: &Issuer) -> Self {
        Self { secure: issuer.as_str().starts_with("https://") }
    }

    /// The name.
    #[must_use]
    pub fn name(self) -> &'static str {
        if self.secure { "__Host-session" } else { "session" }
    }

    /// The cookie that the browser sent, if it sent one and one only. Of two, one was planted by somebody, and nothing
    /// tells which.
    #[must_use]
    pub fn read(self, headers: &HeaderMap) -> Option<Cookie> {
        let pairs = headers.get_all(COOKIE).flat_map(|header| header.as_bytes().split(|byte| *byte == b';'));
        // A neighbour's cookie that is no UTF-8 does not hide ours.
        let mut values = pairs.filter_map(|pair| {
            let (name, value) = str::from_utf8(pair).ok()?.split_once('=')?;
            (name.trim_matches(SPACE) == self.name()).then(|| value.trim_matches(SPACE))
        });
        match (values.next(), values.next()) {
            (Some(value), None) => Cookie::parse(value),
            _ => None,
        }
    }

    /// The header that sets it. It goes when the browser does: how long a session lives is decided here and not there.
    /// `SameSite=Lax` and not `Strict`: people come here by a redirect from a partner's page, and must be known then.
    ///
    /// # Errors
    /// None that can happen: the value has no other characters than those of base64url.
    pub fn set(self, cookie: &Cookie) -> Result<(HeaderName, HeaderValue), InvalidHeaderValue> {
        self.header(&cookie.0, "")
    }

    /// The header that takes it away.
    ///
    /// # Errors
    /// None that can happen.
    pub fn clear(self) -> Result<(HeaderName, HeaderValue), InvalidHeaderValue> {
        self.header("", "; Max-Age=0")
    }

    fn header(self, value: &str, end: &str) -> Result<(HeaderName, HeaderValue), InvalidHeaderValue> {
        let secure = if self.secure { "; Secure" } else { "" };
        let text = format!("{}={value}; Path=/; HttpOnly; SameSite=Lax{secure}{end}", self.name());
        let mut header = HeaderValue::from_str(&text)?;
        header.set_sensitive(true);
        Ok((SET_COOKIE, header))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cookies(issuer: &str) -> Cookies {
        Cookies::new(&Issuer::new(issuer).unwrap())
    }

    fn sent(lines: &[&str]) -> HeaderMap {
        lines.iter().map(|line| (COOKIE, HeaderValue::from_str(line).unwrap())).collect()
    }

    #[test]
    fn it_is_for_this_host_only_where_there_is_tls() {
        let cookie = Cookie::generate().unwrap();
        let (_, header) = cookies("https://auth.example.com").set(&cookie).unwrap();
        let expected = format!("__Host-session={}; Path=/; HttpOnly; SameSite=Lax; Secure", cookie.0);
        assert_eq!(header.to_str().unwrap(), expected);
        let (_, header) = cookies("http://localhost:8080").set(&cookie).unwrap();
        assert_eq!(header.to_str().unwrap(), format!("session={}; Path=/; HttpOnly; SameSite=Lax", cookie.0));
        let (_, header) = cookies("http://localhost:8080").clear().unwrap();
        assert_eq!(header.to_str().unwrap(), "session=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0");
    }

    #[test]
    fn it_reads_back_as_itself_among_others() {
        let (cookies, cookie) = (cookies("http://localhost:8080"), Cookie::generate().unwrap());
        let value = &cookie.0;
        for lines in [
            vec![format!("session={value}")],
            vec![format!("a=b; session={value};c=\"d\"")],
            vec!["xsession=1; session_2=x".to_owned(), format!("session={value}")],
        ] {
            let lines = lines.iter().map(String::as_str).collect::<Vec<_>>();
            assert_eq!(cookies.read(&sent(&lines)).unwrap().0, *value, "{lines:?}");
        }
        assert_eq!(value.len(), 43, "256 bits in base64url");
        assert_eq!(format!("{cookie:?}"), "[redacted]");
    }

    /// Browsers see no prefix in such a name and let any neighbour set it for us; who takes more for white space than the
    /// standard does (RFC 6265 section 4.2.1) takes it for ours.
    #[test]
    fn a_name_with_other_white_space_is_another_name() {
        let (cookies, cookie) = (cookies("https://auth.example.com"), Cookie::generate().unwrap());
        let value = &cookie.0;
        let own = format!("__Host-session={value}");
        assert!(cookies.read(&sent(&[&format!("a=b; \t{own}")])).is_some());
        for space in ["\u{2003}", "\u{a0}", "\u{85}", "\u{3000}"] {
            for name in [format!("{space}__Host-session"), format!("__Host-session{space}")] {
                let planted = format!("{name}={}", "A".repeat(43));
                let header =
                    |text: &str| HeaderMap::from_iter([(COOKIE, HeaderValue::from_bytes(text.as_bytes()).unwrap())]);
                assert!(cookies.read(&header(&planted)).is_none(), "{name:?}");
                let both = cookies.read(&header(&format!("{planted}; {own}")));
                assert_eq!(both.unwrap().0, *value, "{name:?} hides ours");
            }
        }
    }

    #[test]
    fn two_are_none_and_so_is_what_we_did_not_make() {
        let (cookies, cookie) = (cookies("http://localhost:8080"), Cookie::generate().unwrap());
        let value = &cookie.0;
        for lines in [
            vec![format!("session={value}; session={value}")],
            vec![format!("session={value}"), format!("session={value}")],
            vec![format!("session={value}; session=")],
            vec![format!("session={value}=")],
            vec![format!("session={}", &value[1..])],
            vec![format!("session=\"{value}\"")],
            vec![format!("SESSION={value}")],
            vec![format!("__Host-session={value}")],
            vec!["session=".to_owned(), "session".to_owned()],
            vec![],
        ] {
            let lines = lines.iter().map(String::as_str).collect::<Vec<_>>();
            assert!(cookies.read(&sent(&lines)).is_none(), "{lines:?}");
        }
    }
}
