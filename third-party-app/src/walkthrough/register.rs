//! Step 2: the operator registers two partners. What is registered is "the agreement".

use reqwest::Method;
use serde_json::json;
use uuid::Uuid;

use super::fault::{Fault, text};
use super::sign_in::Operator;
use super::stage::Stage;
use crate::tokens::Registration;

pub(super) const TITLE: &str = "the operator registers two partners";

const SCOPE: &str = "orders:read orders:write accounts:read accounts:write fulfilment:request";

/// A partner to be, and the shell variables of its registration.
struct Applicant {
    name: &'static str,
    key: &'static str,
    client_id: &'static str,
    client_secret: &'static str,
}

const FIRST: Applicant =
    Applicant { name: "Bright Books", key: "PARTNER_KEY", client_id: "CLIENT_ID", client_secret: "CLIENT_SECRET" };
const OTHER: Applicant = Applicant {
    name: "Other Outlet",
    key: "OTHER_PARTNER_KEY",
    client_id: "OTHER_CLIENT_ID",
    client_secret: "OTHER_CLIENT_SECRET",
};

pub(super) async fn step(stage: &mut Stage<'_>, operator: &Operator) -> Result<[Registration; 2], Fault> {
    stage.begin(2, TITLE)?;
    let first = register(stage, operator, &FIRST).await?;
    let other = register(stage, operator, &OTHER).await?;
    let differ = first.client_id != other.client_id;
    stage.check("the two have different ids", differ, || first.client_id.clone())?;
    stage.pass()?;
    Ok([first, other])
}

async fn register(stage: &mut Stage<'_>, operator: &Operator, applicant: &Applicant) -> Result<Registration, Fault> {
    let key = fresh(stage, applicant.key, "partner");
    let mut request = operator
        .request(Method::POST, "/partners")
        .idempotency_key(&key.value)
        .json(json!({"client_name": applicant.name, "scope": SCOPE}))
        .capture(applicant.client_id, "client_id")
        .capture(applicant.client_secret, "client_secret");
    request.before.push(key.set_by);
    let answer = stage.send(request).await?;
    stage.expect_status(&answer, 201, "the partner is registered")?;
    let body = answer.json()?;
    let client_secret = text(&body, "client_secret")?;
    stage.holds("its secret is shown, this once")?;
    Ok(Registration { name: applicant.name, client_id: text(&body, "client_id")?, client_secret: client_secret.into() })
}

/// A value nobody used before, and the shell line that makes another one: whoever pastes the commands walks the
/// sequence anew instead of repeating this walk's requests.
pub(super) struct Fresh {
    pub(super) value: String,
    pub(super) set_by: String,
}

pub(super) fn fresh(stage: &mut Stage<'_>, variable: &str, prefix: &str) -> Fresh {
    let value = format!("{prefix}-{}", Uuid::now_v7());
    stage.remember(variable, &value);
    // `$RANDOM` is in bash and zsh; `uuidgen` is not on every machine.
    Fresh { value, set_by: format!("{variable}={prefix}-$RANDOM-$RANDOM-$RANDOM") }
}
