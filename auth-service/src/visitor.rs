//! Who is at the browser: its cookie, and the person who has signed in there.

use actix_web::http::header::HeaderMap;
use service_kit::ids::new_id;
use service_kit::{AuditEvent, Outcome, Problem, StoreError};

use crate::browser::Cookie;
use crate::domain::authorization::after;
use crate::domain::session::{LIFETIME, Session};
use crate::domain::user::{User, UserStatus};
use crate::state::State;
use crate::store::sessions::{self, Beginning, Begun, Proof};
use crate::store::users;

/// A person who is signed in.
pub struct SignedIn {
    /// Since when, and how.
    pub session: Session,
    /// Who.
    pub user: User,
}

/// Who is at the browser that sent these headers: nobody, if it has no cookie, if the session of its cookie is over, or if
/// the person was suspended.
///
/// # Errors
/// The database's.
pub async fn signed_in(state: &State, headers: &HeaderMap) -> Result<Option<(Cookie, SignedIn)>, StoreError> {
    let Some(cookie) = state.browsers.cookies.read(headers) else { return Ok(None) };
    let session = sessions::find_live(&state.database, cookie.digest(), state.clock.micros()).await?;
    let Some(session) = session else { return Ok(None) };
    let user = users::find(&state.database, &session.user_id).await?;
    let user = user.filter(|user| user.status == UserStatus::Active);
    Ok(user.map(|user| (cookie, SignedIn { session, user })))
}

/// Begins a session for `user`, who has just proved who they are; or says why not, for they may have been suspended
/// meanwhile. The browser gets the cookie that is returned; the session that it had before, if any, ends (session fixation:
/// nothing of before is good afterwards).
///
/// # Errors
/// The database's, or that there is no randomness.
pub async fn sign_in(
    state: &State,
    headers: &HeaderMap,
    user: &User,
    proof: Proof,
    action: &'static str,
) -> Result<Result<Cookie, Begun>, Problem> {
    let before = signed_in(state, headers).await?.map(|(_, person)| person.session.session_id);
    let cookie = Cookie::generate().map_err(Problem::internal)?;
    let now = state.clock.micros();
    let session = Session {
        session_id: new_id("ses"),
        user_id: user.user_id.clone(),
        method: proof.method(),
        authenticated_at: now,
        expires_at: after(now, LIFETIME),
    };
    let event = AuditEvent::new(action, Outcome::Allowed, &user.user_id, now)
        .subject(&user.user_id)
        .object(&session.session_id);
    let beginning = Beginning { digest: cookie.digest(), before, proof };
    match sessions::insert(&state.database, session, beginning, (state.audit.clone(), event)).await? {
        Begun::Done => Ok(Ok(cookie)),
        refused => Ok(Err(refused)),
    }
}

/// Ends the session, and what lives with it.
///
/// # Errors
/// The database's.
pub async fn sign_out(state: &State, person: &SignedIn) -> Result<(), StoreError> {
    let SignedIn { session, user } = person;
    let now = state.clock.micros();
    let event = AuditEvent::new("session.end", Outcome::Allowed, &user.user_id, now)
        .subject(&user.user_id)
        .object(&session.session_id);
    sessions::end(&state.database, session.session_id.clone(), now, (state.audit.clone(), event)).await.map(drop)
}
