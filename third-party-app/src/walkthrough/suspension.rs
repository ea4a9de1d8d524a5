//! Step 11: the operator suspends the partner.

use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::Value;

use super::expiry::BOUND;
use super::fault::{Fault, text};
use super::session::Session;
use super::sign_in::Operator;
use super::stage::Stage;

const TITLE: &str = "the operator suspends the partner";

pub(super) async fn step(
    stage: &mut Stage<'_>,
    operator: Option<&Operator>,
    client: &mut Session,
) -> Result<(), Fault> {
    let Some(operator) = operator else {
        return stage.skip(11, TITLE, "nobody plays the operator");
    };
    stage.begin(11, TITLE)?;
    let path = format!("/partners/{}/suspend", client.tokens.registration.client_id);
    let answer = stage.send(operator.request(Method::POST, &path)).await?;
    stage.expect_status(&answer, 200, "the partner is suspended")?;
    let status = text(&answer.json()?, "status")?;
    stage.check("its status is suspended", status == "suspended", || status.clone())?;
    let suspended = Instant::now();

    let bound = Duration::from_secs(BOUND).saturating_add(Duration::from_secs(1));
    let answer = loop {
        let answer = stage.send(client.tokens.ask(None)).await?;
        if answer.status.as_u16() != 200 || suspended.elapsed() > bound {
            break answer;
        }
        stage.wait(Duration::from_secs(1), "for the suspension to be seen").await?;
    };
    stage.expect_status(&answer, 401, &format!("no new token, within {BOUND} s"))?;
    let error = answer.json()?.get("error").and_then(Value::as_str).unwrap_or("none").to_owned();
    stage.check("error is invalid_client (RFC 6749 section 5.2)", error == "invalid_client", || error.clone())?;

    // By when live tokens stop working is stated by the services, not discoverable, and so not demanded here.
    let answer = client.call(stage, client.request(Method::GET, "/orders")).await?;
    let left = client.expires_in.saturating_sub(client.received.elapsed().as_secs());
    let live = if answer.status.as_u16() == 200 { "still works" } else { "no longer works" };
    stage.note(&format!("The token of step 3 {live}; by itself it would expire in {left} s."))?;
    stage.pass()
}
