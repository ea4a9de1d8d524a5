//! Step 10: a token expires. The first time, and when the token expires, are the only times a client authenticates.
//!
//! The first partner's token lives 5 minutes, so it is the other partner that shows it: before its first token,
//! the operator has shortened its tokens to 5 s. Both are counted: the first asks once in the whole walk, the other
//! twice, however many calls they make.

use std::time::Duration;

use reqwest::Method;
use serde_json::json;

use super::boundaries::refused;
use super::fault::Fault;
use super::session::{Api, Session};
use super::sign_in::Operator;
use super::stage::Stage;
use crate::inspect::LEEWAY_SECONDS;
use crate::tokens::Registration;

const TITLE: &str = "the token expires, and the client authenticates again";

/// The lifetime that the operator sets, in seconds: the shortest there is.
const SHORT_LIFETIME: u64 = 5;

/// Within this many seconds a change of a client is seen everywhere: auth-service keeps clients in memory.
pub(super) const BOUND: u64 = 5;

/// A client-only walk waits for its token if it lives no longer than this, in seconds.
const LONGEST_WAIT: u64 = 60;

const SCOPE: Option<&str> = Some("orders:read");

/// The other partner's first token: short-lived, and for reading alone.
pub(super) async fn first_short_token(
    stage: &mut Stage<'_>,
    operator: &Operator,
    api: Api,
    registration: Registration,
) -> Result<Session, Fault> {
    stage.note("For step 10 the operator shortens the other partner's tokens, before it has its first.")?;
    let path = format!("/partners/{}", registration.client_id);
    let request = operator.request(Method::PATCH, &path).json(json!({"access_token_lifetime": SHORT_LIFETIME}));
    let answer = stage.send(request).await?;
    stage.expect_status(&answer, 200, "the agreement is changed")?;
    let found = answer.json()?.get("access_token_lifetime").cloned().unwrap_or_default();
    stage.check("its tokens live 5 s", found == json!(SHORT_LIFETIME), || found.to_string())?;

    let mut session = Session::authenticate(stage, api, registration, SCOPE, "OTHER_ACCESS_TOKEN").await?;
    for _ in 0..=BOUND {
        if session.expires_in == SHORT_LIFETIME {
            break;
        }
        stage.note("auth-service still had the old agreement in memory; this request counts as a repetition")?;
        stage.wait(Duration::from_secs(1), "for the change to be seen").await?;
        session.authenticate_again(stage, SCOPE).await?;
        session.repetitions = session.repetitions.saturating_add(1);
    }
    let found = session.expires_in;
    stage.check("the token lives 5 s", found == SHORT_LIFETIME, || format!("{found} s"))?;
    Ok(session)
}

pub(super) async fn step(
    stage: &mut Stage<'_>,
    client: &mut Session,
    other: Option<&mut Session>,
) -> Result<(), Fault> {
    match other {
        Some(other) => {
            stage.begin(10, TITLE)?;
            expire(stage, other, SCOPE).await?;
            count(stage, client, 1)?;
            count(stage, other, 2)?;
            stage.pass()
        }
        None if client.expires_in <= LONGEST_WAIT => {
            stage.begin(10, TITLE)?;
            expire(stage, client, None).await?;
            count(stage, client, 2)?;
            stage.pass()
        }
        None => {
            let why = format!("the token lives {} s; an operator could shorten it", client.expires_in);
            stage.skip(10, TITLE, &why)
        }
    }
}

async fn expire(stage: &mut Stage<'_>, session: &mut Session, scope: Option<&str>) -> Result<(), Fault> {
    let answer = session.call(stage, session.request(Method::GET, "/orders")).await?;
    stage.expect_status(&answer, 200, "the token is still good")?;

    // Counted from when the answer came, no clock but ours is needed. The last second covers rounding.
    let gone = session.expires_in.saturating_add(LEEWAY_SECONDS.unsigned_abs()).saturating_add(1);
    let left = Duration::from_secs(gone).saturating_sub(session.received.elapsed());
    stage.wait(left, "until the token has expired, with 5 s of leeway").await?;

    let answer = session.call(stage, session.request(Method::GET, "/orders")).await?;
    refused(stage, &answer, 401, "the token has expired", Some("invalid_token"))?;
    session.authenticate_again(stage, scope).await?;
    let answer = session.call(stage, session.request(Method::GET, "/orders")).await?;
    stage.expect_status(&answer, 200, "the new token is good")
}

/// Demands that a client has asked for a token this often, besides announced repetitions.
fn count(stage: &mut Stage<'_>, session: &Session, times: u32) -> Result<(), Fault> {
    let (name, calls) = (session.tokens.registration.name, session.calls);
    let asked = session.tokens.requests();
    stage.count_token_requests(name, asked);
    let what = format!("{name} made {calls} calls and asked for a token {times} time(s)");
    stage.check(&what, asked == times.saturating_add(session.repetitions), || format!("{asked} time(s)"))
}
