//! Against forms that another site lets a browser send here (cross-site request forgery): a token in every form that only
//! our pages know, and a look at where the browser says that the form comes from. Either would do; the cookie's
//! `SameSite` is a third.

use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue, ORIGIN};
use aws_lc_rs::{constant_time, hmac};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use shared_claims::ids::Issuer;
use url::Url;

use super::cookie::Cookie;
use super::keys::Keys;

/// Fetch Metadata: how the site that sends a request is related to the one that gets it. Scripts cannot set it.
const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// What a form does. The token of one is none for another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FormKind {
    /// Sign in with a password.
    SignIn,
    /// Ask for a link by e-mail.
    Link,
    /// Sign in with a link.
    LinkConfirm,
    /// Allow or deny.
    Consent,
    /// Withdraw what was allowed.
    Withdraw,
    /// Sign out.
    SignOut,
}

impl FormKind {
    fn name(self) -> &'static str {
        match self {
            Self::SignIn => "sign-in",
            Self::Link => "link",
            Self::LinkConfirm => "link-confirm",
            Self::Consent => "consent",
            Self::Withdraw => "withdraw",
            Self::SignOut => "sign-out",
        }
    }
}

impl Keys {
    /// The token for a form on a page that is sent to the browser with this cookie. Whoever has no cookie of ours gets
    /// none, and a new cookie, as at sign-in, makes all earlier ones void.
    #[must_use]
    pub fn token(&self, form: FormKind, cookie: &Cookie) -> String {
        let mut context = hmac::Context::with_key(&self.csrf);
        context.update(form.name().as_bytes());
        // No name holds this byte, so no two pairs give the same text.
        context.update(&[0]);
        context.update(cookie.as_bytes());
        URL_SAFE_NO_PAD.encode(context.sign())
    }

    /// Whether `presented` is that token.
    #[must_use]
    pub fn accepts(&self, presented: &str, form: FormKind, cookie: &Cookie) -> bool {
        let expected = self.token(form, cookie);
        constant_time::verify_slices_are_equal(presented.as_bytes(), expected.as_bytes()).is_ok()
    }
}

/// Scheme, host and port of our pages (RFC 6454).
#[derive(Debug, Clone)]
pub struct Origin(String);

impl Origin {
    /// That of the issuer.
    #[must_use]
    pub fn of(issuer: &Issuer) -> Self {
        // An issuer that is no URL does not get past the settings; this one equals no origin that a browser sends.
        let origin = Url::parse(issuer.as_str()).map(|url| url.origin().ascii_serialization());
        Self(origin.unwrap_or_default())
    }

    /// Whether the browser says, or at least does not deny, that one of our own pages sent the request.
    ///
    /// `Origin: null` needs a look: browsers send it with the forms of a page whose policy is `Referrer-Policy:
    /// no-referrer`, as ours is (Fetch, "append a request `Origin` header"), and with those of a stranger's sandboxed
    /// frame. `Sec-Fetch-Site` tells the two apart, so then it must be there.
    #[must_use]
    pub fn sent(&self, headers: &HeaderMap) -> bool {
        let (Ok(origin), Ok(site)) = (only(headers, ORIGIN), only(headers, SEC_FETCH_SITE)) else { return false };
        let site_fits = matches!(site, None | Some(b"same-origin" | b"none"));
        let origin_fits = match origin {
            None => true,
            Some(b"null") => site == Some(b"same-origin"),
            Some(origin) => origin == self.0.as_bytes(),
        };
        site_fits && origin_fits
    }
}

/// The header stands twice.
struct Repeated;

fn only(headers: &HeaderMap, name: HeaderName) -> Result<Option<&[u8]>, Repeated> {
    let mut values = headers.get_all(name);
    let first = values.next();
    if values.next().is_some() { Err(Repeated) } else { Ok(first.map(HeaderValue::as_bytes)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_good_for_one_form_and_one_browser() {
        let keys = Keys::of(b"csrf", b"sealed");
        let (ours, other) = (Cookie::generate().unwrap(), Cookie::generate().unwrap());
        let token = keys.token(FormKind::Consent, &ours);
        assert!(keys.accepts(&token, FormKind::Consent, &ours));
        assert!(!keys.accepts(&token, FormKind::Withdraw, &ours));
        assert!(!keys.accepts(&token, FormKind::Consent, &other));
        assert!(!Keys::of(b"another", b"sealed").accepts(&token, FormKind::Consent, &ours));
        for wrong in ["", &token[1..], &format!("{token}A"), &token.to_lowercase()] {
            assert!(!keys.accepts(wrong, FormKind::Consent, &ours), "{wrong}");
        }
    }

    fn sent(issuer: &str, headers: &[(&'static str, &'static str)]) -> bool {
        let name = |name| HeaderName::from_static(name);
        let mut map = HeaderMap::new();
        for (header, value) in headers {
            map.append(name(header), HeaderValue::from_static(value));
        }
        Origin::of(&Issuer::new(issuer).unwrap()).sent(&map)
    }

    #[test]
    fn a_form_comes_from_our_own_pages_or_from_a_program_that_says_nothing() {
        for good in [
            &[][..],
            &[("origin", "http://localhost:8080")],
            &[("origin", "http://localhost:8080"), ("sec-fetch-site", "same-origin")],
            &[("origin", "null"), ("sec-fetch-site", "same-origin")],
            &[("sec-fetch-site", "none")],
        ] {
            assert!(sent("http://localhost:8080", good), "{good:?}");
        }
        assert!(sent("https://auth.example.com/", &[("origin", "https://auth.example.com")]));
    }

    #[test]
    fn a_form_of_any_other_origin_is_refused() {
        for bad in [
            &[("origin", "http://localhost:8081")][..],
            &[("origin", "https://localhost:8080")],
            &[("origin", "http://localhost:8080/")],
            &[("origin", "http://localhost:8080.example.com")],
            &[("origin", "HTTP://LOCALHOST:8080")],
            &[("origin", "null")],
            &[("origin", "null"), ("sec-fetch-site", "none")],
            &[("origin", "null"), ("sec-fetch-site", "cross-site")],
            &[("origin", "")],
            &[("origin", "http://localhost:8080"), ("origin", "http://localhost:8080")],
            &[("origin", "http://localhost:8080"), ("sec-fetch-site", "same-site")],
            &[("origin", "http://localhost:8080"), ("sec-fetch-site", "cross-site")],
            &[("sec-fetch-site", "cross-site")],
            &[("sec-fetch-site", "")],
        ] {
            assert!(!sent("http://localhost:8080", bad), "{bad:?}");
        }
    }
}
