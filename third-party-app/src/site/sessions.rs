//! Which browser is which: a random cookie, and what belongs to it, in this process alone.

use std::collections::HashMap;
use std::sync::{Arc, Mutex as Lock, PoisonError};
use std::time::{Duration, Instant};

use actix_web::HttpRequest;
use actix_web::cookie::{Cookie, SameSite};
use aws_lc_rs::digest::{SHA256, digest};
use tokio::sync::Mutex;

use super::connection::Connection;
use crate::oauth::Pending;
use crate::random::{NoRandom, unguessable};
use crate::secret::Secret;

/// What the cookie is called: a name of its own, since cookies do not know ports, and another site on this machine may
/// have one too.
pub(super) const COOKIE: &str = "bright-books";

/// No more browsers are remembered; the one that was here longest ago is forgotten.
const MOST: usize = 1_000;

/// How long a session lives without being used.
const IDLE: Duration = Duration::from_secs(8 * 60 * 60);

/// What belongs to a browser.
pub(super) struct Session {
    /// Stands in every form, and in no other site's (OWASP: synchronizer token).
    pub(super) csrf: Secret,
    /// Locked while a request works with it, so that no two of them spend the same refresh token.
    pub(super) state: Mutex<SessionState>,
}

#[derive(Default)]
pub(super) struct SessionState {
    /// The authorization that the browser was sent away for, if it is not back.
    pub(super) pending: Option<(Pending, Instant)>,
    /// The person's account, if it is connected.
    pub(super) connection: Option<Connection>,
}

/// All browsers, and when each was here last.
#[derive(Default)]
pub(super) struct Sessions(Lock<Known>);

/// By the hash of the cookie: how long a comparison takes says nothing about a cookie.
type Known = HashMap<[u8; 32], (Arc<Session>, Instant)>;

/// A session, and the cookie that the browser is to keep for it.
pub(super) struct NewSession {
    pub(super) session: Arc<Session>,
    pub(super) cookie: String,
}

impl Sessions {
    /// That of the browser.
    pub(super) fn find(&self, request: &HttpRequest) -> Option<Arc<Session>> {
        let key = key(request.cookie(COOKIE)?.value());
        let mut sessions = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        sessions.retain(|_, (_, used)| used.elapsed() < IDLE);
        let (session, used) = sessions.get_mut(&key)?;
        *used = Instant::now();
        Some(Arc::clone(session))
    }

    /// A new one with this in it. What the browser had before is forgotten, so a cookie that somebody planted in it is
    /// worth nothing once a person has connected their account.
    pub(super) fn begin(&self, request: &HttpRequest, state: SessionState) -> Result<NewSession, NoRandom> {
        let (cookie, csrf) = (unguessable()?, unguessable()?.into());
        let session = Arc::new(Session { csrf, state: Mutex::new(state) });
        let mut sessions = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(old) = request.cookie(COOKIE) {
            sessions.remove(&key(old.value()));
        }
        if sessions.len() >= MOST {
            let oldest = sessions.iter().min_by_key(|(_, (_, used))| *used).map(|(key, _)| *key);
            oldest.and_then(|oldest| sessions.remove(&oldest));
        }
        sessions.insert(key(&cookie), (Arc::clone(&session), Instant::now()));
        Ok(NewSession { session, cookie })
    }
}

/// For this host alone, out of reach of scripts, and with no form of another site. `Lax` and not `Strict`, because the
/// way back from the authorization server is a link from another site.
pub(super) fn cookie(value: String, secure: bool) -> Cookie<'static> {
    Cookie::build(COOKIE, value).path("/").http_only(true).same_site(SameSite::Lax).secure(secure).finish()
}

fn key(cookie: &str) -> [u8; 32] {
    let mut key = [0; 32];
    key.copy_from_slice(digest(&SHA256, cookie.as_bytes()).as_ref());
    key
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn request(cookie: &str) -> HttpRequest {
        TestRequest::default().cookie(Cookie::new(COOKIE, cookie.to_owned())).to_http_request()
    }

    #[test]
    fn a_session_is_found_by_its_cookie_alone() {
        let sessions = Sessions::default();
        let new = sessions.begin(&TestRequest::default().to_http_request(), SessionState::default()).unwrap();
        assert!(sessions.find(&request(&new.cookie)).is_some());
        assert!(sessions.find(&request("planted")).is_none());
        assert!(sessions.find(&TestRequest::default().to_http_request()).is_none());
    }

    #[test]
    fn beginning_anew_forgets_what_the_browser_had() {
        let sessions = Sessions::default();
        let old = sessions.begin(&TestRequest::default().to_http_request(), SessionState::default()).unwrap();
        let new = sessions.begin(&request(&old.cookie), SessionState::default()).unwrap();
        assert!(sessions.find(&request(&old.cookie)).is_none());
        assert!(sessions.find(&request(&new.cookie)).is_some());
        assert!(!old.session.csrf.is(new.session.csrf.expose()));
    }

    #[test]
    fn no_more_browsers_are_remembered_than_fit() {
        let sessions = Sessions::default();
        let nobody = TestRequest::default().to_http_request();
        let first = sessions.begin(&nobody, SessionState::default()).unwrap();
        for _ in 0..MOST {
            sessions.begin(&nobody, SessionState::default()).unwrap();
        }
        assert_eq!(sessions.0.lock().unwrap().len(), MOST);
        assert!(sessions.find(&request(&first.cookie)).is_none());
    }
}
