//! Step 9: what is refused, and how (RFC 6750 section 3.1).

use reqwest::Method;
use serde_json::json;

use super::expiry::first_short_token;
use super::fault::Fault;
use super::orders::Order;
use super::register::fresh;
use super::session::Session;
use super::sign_in::Operator;
use super::stage::Stage;
use crate::http::{Answer, Request};
use crate::tokens::Registration;

/// How many characters of the signature are replaced, and by what: `A` is six zero bits, so the text stays
/// well-formed base64url and it is check 2 that refuses it.
const REPLACED: usize = 5;

/// The other partner's client, if there is one, comes back with a token that step 10 lets expire.
pub(super) async fn step(
    stage: &mut Stage<'_>,
    client: &mut Session,
    order: &Order,
    others: Option<(&Operator, Registration)>,
) -> Result<Option<Session>, Fault> {
    stage.begin(9, "the boundaries")?;
    no_token(stage, client).await?;
    altered_token(stage, client).await?;
    let Some((operator, registration)) = others else {
        stage.skip_part(
            "a token for another audience, too little scope and another partner's order need the operator",
        )?;
        stage.pass()?;
        return Ok(None);
    };
    let request = client.request(Method::GET, "/orders").bearer(&operator.access_token);
    let answer = stage.send(request).await?;
    refused(stage, &answer, 401, "a good token, but for admin-service", Some("invalid_token"))?;

    let mut other = first_short_token(stage, operator, client.api.clone(), registration).await?;
    missing_scope(stage, &mut other).await?;
    let answer = other.call(stage, other.request(Method::GET, &order.path())).await?;
    stage.expect_status(&answer, 404, "another partner's order does not exist for this one")?;
    stage.pass()?;
    Ok(Some(other))
}

async fn no_token(stage: &mut Stage<'_>, client: &Session) -> Result<(), Fault> {
    let mut request = client.request(Method::GET, "/orders");
    request.auth = crate::http::Auth::None;
    let answer = stage.send(request).await?;
    refused(stage, &answer, 401, "no token", None)
}

async fn altered_token(stage: &mut Stage<'_>, client: &Session) -> Result<(), Fault> {
    let kept = client.access_token.len().saturating_sub(REPLACED);
    let altered: String = client.access_token.chars().take(kept).chain("A".repeat(REPLACED).chars()).collect();
    stage.remember("ALTERED_TOKEN", &altered);
    let mut request: Request = client.request(Method::GET, "/orders").bearer(&altered);
    let (any, new) = ("?".repeat(REPLACED), "A".repeat(REPLACED));
    request.before.push(format!("ALTERED_TOKEN=\"${{ACCESS_TOKEN%{any}}}{new}\""));
    let answer = stage.send(request).await?;
    refused(stage, &answer, 401, "an altered token", Some("invalid_token"))
}

async fn missing_scope(stage: &mut Stage<'_>, other: &mut Session) -> Result<(), Fault> {
    let user = fresh(stage, "OTHER_EXTERNAL_ID", "reader");
    let mut request =
        other.request(Method::POST, "/accounts").json(json!({"external_id": user.value, "display_name": "Nobody"}));
    request.before.push(user.set_by);
    let answer = other.call(stage, request).await?;
    refused(stage, &answer, 403, "a token with orders:read alone", Some("insufficient_scope"))?;
    let scope = answer.bearer_challenge().and_then(|challenge| challenge.get("scope").map(str::to_owned));
    stage.check("the challenge says what is missing", scope.as_deref() == Some("accounts:write"), || {
        format!("{scope:?}")
    })
}

/// Demands a status and the `error` of the `Bearer` challenge; `None` demands a challenge without one.
pub(super) fn refused(
    stage: &mut Stage<'_>,
    answer: &Answer,
    status: u16,
    what: &str,
    error: Option<&str>,
) -> Result<(), Fault> {
    stage.expect_status(answer, status, what)?;
    let challenge =
        answer.bearer_challenge().ok_or_else(|| Fault::Differs("there is no Bearer challenge".to_owned()))?;
    let found = challenge.get("error").map(str::to_owned);
    let demanded = error.map_or_else(|| "the challenge names no error".to_owned(), |error| format!("error is {error}"));
    stage.check(&demanded, found.as_deref() == error, || format!("{found:?}"))
}
