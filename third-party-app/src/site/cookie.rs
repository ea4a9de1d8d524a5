//! The cookie: it names a browser, and nothing else.
//!
//! It is there before an account is connected, so that the form which connects one can be tied to it. Once one is
//! connected it has a new value: whoever had planted or read the old one has nothing (session fixation).

use actix_web::http::header::{COOKIE, HeaderMap, HeaderName, HeaderValue, InvalidHeaderValue, SET_COOKIE};
use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use url::Url;

use crate::random::{NoRandom, unguessable};
use crate::secret::Secret;

/// How long the random part is, in bytes.
const BYTES: usize = 32;

/// What may stand around a cookie (RFC 6265 section 4.2.1). With Unicode's white space, a name that browsers take for no
/// `__Host-` one, and let any neighbour set, would be taken for ours.
const SPACE: [char; 2] = [' ', '\t'];

/// What a browser is known by here: SHA-256 of its cookie. How long a comparison takes says nothing about a cookie.
pub(super) type Key = [u8; 32];

/// The name of a browser, the value of its cookie: 256 random bits.
pub(super) struct Browser(Secret);

impl Browser {
    pub(super) fn new() -> Result<Self, NoRandom> {
        Ok(Self(unguessable()?.into()))
    }

    /// Only what this site could have made.
    fn parse(text: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        (bytes.len() == BYTES).then(|| Self(text.into()))
    }

    pub(super) fn key(&self) -> Key {
        sha256(self.0.expose().as_bytes())
    }

    /// What stands in every form of this browser, and in no other site's: who does not know the cookie cannot make it.
    /// So nothing has to be kept for somebody who only looks.
    pub(super) fn csrf(&self) -> Secret {
        let input = [b"form of ", self.0.expose().as_bytes()].concat();
        URL_SAFE_NO_PAD.encode(sha256(&input)).into()
    }
}

/// How the cookie is set and read.
pub(super) struct Cookies {
    secure: bool,
}

impl Cookies {
    pub(super) fn new(public_url: &Url) -> Self {
        Self { secure: public_url.scheme() == "https" }
    }

    /// A name of its own, since cookies do not know ports, and another site on this machine may have one too. With
    /// `__Host-` no other host, and nothing without TLS, can set it (RFC 6265bis section 4.1.3.2). Over http, which is
    /// for this machine only, browsers refuse that prefix.
    pub(super) fn name(&self) -> &'static str {
        if self.secure { "__Host-bright-books" } else { "bright-books" }
    }

    /// The browser, if it sent one such cookie and one only: of two, one was planted, and nothing tells which.
    ///
    /// The header is read as it stands. Who decodes names takes `%5F%5FHost-bright-books` for ours, which every
    /// neighbour may set; and what other sites set, in whatever bytes, does not hide ours.
    pub(super) fn read(&self, headers: &HeaderMap) -> Option<Browser> {
        let pairs = headers.get_all(COOKIE).flat_map(|header| header.as_bytes().split(|byte| *byte == b';'));
        let mut values = pairs.filter_map(|pair| {
            let (name, value) = std::str::from_utf8(pair).ok()?.split_once('=')?;
            (name.trim_matches(SPACE) == self.name()).then(|| value.trim_matches(SPACE))
        });
        match (values.next(), values.next()) {
            (Some(value), None) => Browser::parse(value),
            _ => None,
        }
    }

    /// The header that sets it: for this host alone, and out of reach of scripts. `Lax` and not `Strict`, because the
    /// way back from the authorization server is a link from another site.
    pub(super) fn set(&self, browser: &Browser) -> Result<(HeaderName, HeaderValue), InvalidHeaderValue> {
        let secure = if self.secure { "; Secure" } else { "" };
        let text = format!("{}={}; Path=/; HttpOnly; SameSite=Lax{secure}", self.name(), browser.0.expose());
        let mut header = HeaderValue::from_str(&text)?;
        header.set_sensitive(true);
        Ok((SET_COOKIE, header))
    }
}

fn sha256(input: &[u8]) -> Key {
    let mut hash = [0; 32];
    hash.copy_from_slice(digest(&SHA256, input).as_ref());
    hash
}
