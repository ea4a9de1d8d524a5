//! Whose e-mail address and password these are: the one check behind the sign-in page and `POST /login`. A try is counted,
//! costs the same and leaves a row, whoever it names.

use std::net::IpAddr;

use service_kit::database::CALL_LIMIT;
use service_kit::secret::Secret;
use service_kit::{AuditEvent, Outcome, Problem};
use tokio::time::timeout;

use crate::domain::email::Email;
use crate::domain::password::MAX_BYTES;
use crate::domain::user::{User, UserStatus};
use crate::hashing::HashingError;
use crate::state::State;
use crate::store::users;

/// What was typed.
pub struct Typed<'a> {
    /// It may be no address at all.
    pub email: &'a str,
    /// It may be as long as the body allowed.
    pub password: Secret,
}

/// The person who may sign in with these. `None`, with a row in the audit trail under `action`, for an unknown person, a
/// wrong password and a suspended person: nobody is told which.
///
/// # Errors
/// 429 after too many tries, 503 if too many passwords are being hashed, and the database's.
pub async fn check(
    state: &State,
    typed: Typed<'_>,
    address: Option<IpAddr>,
    action: &'static str,
) -> Result<Option<User>, Problem> {
    // What is no address is nobody's; the try counts, costs and is recorded all the same.
    let email = Email::parse(typed.email).ok();
    count(state, email.as_ref(), address, action)?;
    let user = match &email {
        Some(email) => users::find_by_email(&state.database, email).await?,
        None => None,
    };
    let hash = user.as_ref().map(|user| user.password_hash.clone());
    // Nobody has a password that long, and nobody may make us hash one.
    let fits = typed.password.expose().len() <= MAX_BYTES;
    let check = state.passwords.verify(typed.password, hash.filter(|_| fits));
    let matches = timeout(CALL_LIMIT, check).await.unwrap_or(Err(HashingError::Busy)).map_err(hashing_fault)?;
    match user {
        Some(user) if matches && user.status == UserStatus::Active => return Ok(Some(user)),
        Some(user) => {
            let reason = if matches { "suspended_user" } else { "wrong_password" };
            refuse(state, &user.user_id, action, reason).await?;
        }
        None => refuse(state, "unknown", action, "unknown_user").await?,
    }
    Ok(None)
}

/// Counts a try to sign in, by a password or otherwise. A 429 is counted and leaves no row: a limit that costs a write for
/// each try would be none.
///
/// # Errors
/// 429.
pub fn count(
    state: &State,
    email: Option<&Email>,
    address: Option<IpAddr>,
    action: &'static str,
) -> Result<(), Problem> {
    let Err(wait) = state.limits.count(email, address) else { return Ok(()) };
    log::info!("{action} refused: too many tries");
    metrics::counter!("login_refused_total", "service" => "auth-service", "reason" => "too_many_tries").increment(1);
    Err(Problem::too_many_requests(wait.as_secs() + 1))
}

async fn refuse(state: &State, actor: &str, action: &'static str, reason: &'static str) -> Result<(), Problem> {
    log::info!("{action} refused: {reason}");
    let event = AuditEvent::new(action, Outcome::Refused, actor, state.clock.micros()).reason(reason);
    Ok(state.audit.record(event).await?)
}

fn hashing_fault(error: HashingError) -> Problem {
    match error {
        HashingError::Busy => Problem::unavailable(2),
        other => Problem::internal(other.to_string()),
    }
}
