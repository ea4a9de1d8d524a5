//! Step 4: the partner creates an account for one of its users.

use reqwest::Method;
use serde_json::json;

use super::fault::{Fault, text};
use super::register::fresh;
use super::session::Session;
use super::stage::Stage;

pub(super) async fn step(stage: &mut Stage<'_>, client: &mut Session) -> Result<String, Fault> {
    stage.begin(4, "POST /accounts: an account for a user of the partner")?;
    let (user, key) = (fresh(stage, "EXTERNAL_ID", "reader"), fresh(stage, "ACCOUNT_KEY", "account"));
    let mut request = client
        .request(Method::POST, "/accounts")
        .idempotency_key(&key.value)
        .json(json!({"external_id": user.value, "display_name": "A reader of books"}))
        .capture("ACCOUNT_ID", "account_id");
    request.before.extend([user.set_by, key.set_by]);
    let answer = client.call(stage, request).await?;
    stage.expect_status(&answer, 201, "the account is created")?;
    let body = answer.json()?;
    let external_id = text(&body, "external_id")?;
    let same = external_id == user.value;
    stage.check("it carries the partner's own name for the user", same, || external_id.clone())?;
    stage.pass()?;
    text(&body, "account_id")
}
