//! Step 17: who is it? The ID token says so to the partner, and to nobody else.

use reqwest::Method;
use serde_json::json;

use super::super::boundaries;
use super::super::discover::below;
use super::super::fault::Fault;
use super::super::receipt::three_checks;
use super::super::stage::Stage;
use super::refreshing::refresh;
use super::visit::Visit;
use crate::clock::unix_now;
use crate::http::Request;
use crate::inspect::KeySet;
use crate::oauth::{Expected, Identity, Pending, Tokens, UserInfo, inspect_id_token, verify_id_token};
use crate::secret::Secret;

pub(super) const TITLE: &str = "the partner verifies the ID token, and asks who it is";

pub(super) async fn step(
    stage: &mut Stage<'_>,
    visit: &Visit,
    pending: &Pending,
    tokens: Tokens,
) -> Result<(Tokens, Identity), Fault> {
    stage.begin(17, TITLE)?;
    let identity = verify(stage, visit, pending, &tokens).await?;
    if let Some(expected) = &visit.user_id {
        stage.check("it is the customer", identity.subject == *expected, || identity.subject.clone())?;
    }

    let id_token = tokens.id_token.as_ref().map(|token| token.expose().to_owned()).unwrap_or_default();
    let request = Request::new(Method::GET, below(&visit.api.base, "/orders")).bearer(&id_token);
    let answer = stage.send(request).await?;
    let what = "an ID token is no key: orders-service does not take it";
    boundaries::refused(stage, &answer, 401, what, Some("invalid_token"))?;

    stage.note("For the UserInfo endpoint the access token must be for the authorization server itself (RFC 8707).")?;
    let (ours, tokens) = for_user_info(stage, visit, tokens).await?;
    let request = Request::get(visit.provider.userinfo_endpoint.clone()).bearer(ours.access_token.expose());
    let answer = stage.send(request).await?;
    stage.expect_status(&answer, 200, "who it is")?;
    let info = UserInfo::read(&answer, &identity)?;
    stage.holds("it speaks of the person whom the ID token names (OpenID Connect Core section 5.3.2)")?;
    let told = info.name.is_some() && info.email.as_ref() == Some(&visit.email);
    stage.check("name and the customer's e-mail address are told, as was allowed", told, || format!("{info:?}"))?;
    stage.pass()?;
    Ok((tokens, identity))
}

async fn verify(stage: &mut Stage<'_>, visit: &Visit, pending: &Pending, tokens: &Tokens) -> Result<Identity, Fault> {
    let answer = stage.send(Request::get(visit.provider.jwks_uri.clone())).await?;
    stage.expect_status(&answer, 200, "the keys of the authorization server")?;
    let keys = KeySet::read(answer.json()?)?;
    let id_token = tokens.id_token.as_ref().map(Secret::expose).unwrap_or_default();
    stage.show_token("the ID token", id_token)?;
    let expected = Expected {
        issuer: &visit.client.issuer,
        client_id: &visit.client.client_id,
        nonce: pending.nonce.expose(),
        access_token: tokens.access_token.expose(),
    };
    three_checks(stage, &inspect_id_token(id_token, &keys, expected, unix_now()))?;
    Ok(verify_id_token(id_token, &keys, expected, unix_now())?)
}

/// A token for the UserInfo endpoint, and the tokens to go on with: a refresh token is spent by its use.
async fn for_user_info(stage: &mut Stage<'_>, visit: &Visit, tokens: Tokens) -> Result<(Tokens, Tokens), Fault> {
    let issuer = visit.client.issuer.as_str();
    let ours = refresh(stage, visit, &tokens, (None, Some(issuer)), "USERINFO_TOKEN").await?;
    let shown = stage.show_token("the access token for the UserInfo endpoint", ours.access_token.expose())?;
    let audience = shown.claims.get("aud").cloned().unwrap_or_default();
    stage.check("it is for the authorization server alone", audience == json!(issuer), || audience.to_string())?;
    let mut going_on = tokens;
    going_on.refresh_token = ours.refresh_token.clone();
    Ok((ours, going_on))
}
