//! An authorization request that waits while a person signs in or decides. It is carried by the pages themselves, signed,
//! so that nothing is stored for whoever only knocks. It is readable: all of it came through the browser before.

use std::time::Duration;

use aws_lc_rs::hmac;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

use super::keys::Keys;

/// How long a person may take.
pub const LIFETIME: Duration = Duration::from_secs(30 * 60);

/// The request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sealed {
    /// As it came to the authorization endpoint, form-encoded.
    pub query: String,
    /// When, in microseconds since the epoch.
    pub asked_at: i64,
}

impl Sealed {
    /// As text that can stand in a URL. It is bound to no browser and can be opened more than once.
    #[must_use]
    pub fn seal(&self, keys: &Keys) -> String {
        // Texts and a number: nothing in it that JSON could refuse.
        let content = serde_json::to_vec(self).unwrap_or_default();
        let content = URL_SAFE_NO_PAD.encode(content);
        let tag = URL_SAFE_NO_PAD.encode(hmac::sign(&keys.sealed, content.as_bytes()));
        format!("{content}.{tag}")
    }

    /// The request, if we sealed `text` less than [`LIFETIME`] before `now` (microseconds since the
    /// epoch).
    #[must_use]
    pub fn open(keys: &Keys, text: &str, now: i64) -> Option<Self> {
        let (content, tag) = text.split_once('.')?;
        let tag = URL_SAFE_NO_PAD.decode(tag).ok()?;
        hmac::verify(&keys.sealed, content.as_bytes(), &tag).ok()?;
        let request: Self = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(content).ok()?).ok()?;
        let age = u128::try_from(now.saturating_sub(request.asked_at)).unwrap_or_default();
        (age < LIFETIME.as_micros()).then_some(request)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ASKED_AT: i64 = 1_795_314_600_123_456;
    const MINUTE: i64 = 60_000_000;

    fn keys() -> Keys {
        Keys::of(b"csrf", b"sealed")
    }

    fn request() -> Sealed {
        Sealed { query: "client_id=cli_1&state=%F0%9F%98%80\"\\".to_owned(), asked_at: ASKED_AT }
    }

    #[test]
    fn it_opens_as_it_was_for_half_an_hour() {
        let text = request().seal(&keys());
        let open = |now| Sealed::open(&keys(), &text, now);
        assert_eq!(open(ASKED_AT), Some(request()));
        assert_eq!(open(ASKED_AT + 30 * MINUTE - 1), Some(request()));
        assert_eq!(open(ASKED_AT + 30 * MINUTE), None);
        assert_eq!(open(ASKED_AT - MINUTE), Some(request()), "another replica's clock");
        assert!(text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte)), "fits into a URL");
    }

    #[test]
    fn it_is_of_one_house() {
        let text = request().seal(&keys());
        assert_eq!(Sealed::open(&Keys::of(b"csrf", b"another"), &text, ASKED_AT), None);
        assert_eq!(Sealed::open(&Keys::of(b"sealed", b"csrf"), &text, ASKED_AT), None);
    }

    #[test]
    fn every_change_is_noticed() {
        let text = request().seal(&keys());
        for at in 0..text.len() {
            let mut altered = text.clone().into_bytes();
            altered[at] = if altered[at] == b'A' { b'B' } else { b'A' };
            let altered = String::from_utf8(altered).unwrap();
            assert_eq!(Sealed::open(&keys(), &altered, ASKED_AT), None, "{at}");
        }
        let (content, tag) = text.split_once('.').unwrap();
        for altered in ["", ".", content, &format!("{content}."), &format!(".{tag}"), &format!("{text}."), &text[1..]] {
            assert_eq!(Sealed::open(&keys(), altered, ASKED_AT), None, "{altered}");
        }
    }
}
