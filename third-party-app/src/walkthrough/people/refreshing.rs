//! Step 19: a refresh token is for one use, for no more than was allowed, and a copy of it betrays itself.

use super::super::fault::Fault;
use super::super::stage::Stage;
use super::exchange::{exchange, refresh_token, refused};
use super::visit::Visit;
use crate::oauth::Tokens;

pub(super) const TITLE: &str = "the partner refreshes its tokens";

const LESS: &str = "orders:read";
const MORE: &str = "orders:read fulfilment:request";

pub(super) async fn step(stage: &mut Stage<'_>, visit: &mut Visit, tokens: Tokens) -> Result<Tokens, Fault> {
    stage.begin(19, TITLE)?;
    let more = visit.endpoint.refresh(refresh_token(&tokens)?, Some(MORE), None);
    refused(stage, more, "more than the person allowed", "invalid_scope").await?;

    let narrow = refresh(stage, visit, &tokens, (Some(LESS), None), "NARROW_TOKEN").await?;
    let token = stage.show_token("an access token with less scope", narrow.access_token.expose())?;
    let scope = token.claims.get("scope").and_then(|scope| scope.as_str()).unwrap_or_default().to_owned();
    stage.check("it allows what was asked for and no more", scope == LESS, || scope.clone())?;

    let old = visit.endpoint.refresh(refresh_token(&tokens)?, None, None);
    refused(stage, old, "the old refresh token again: somebody has a copy", "invalid_grant").await?;
    let newest = visit.endpoint.refresh(refresh_token(&narrow)?, None, None);
    refused(stage, newest, "so the newest is revoked too, whoever has it", "invalid_grant").await?;

    stage.note("The person is still signed in, so the partner starts again without bothering them.")?;
    let (pending, code) = visit.authorize_silently(stage).await?;
    let tokens = exchange(stage, visit, &pending, &code).await?;
    stage.pass()?;
    Ok(tokens)
}

/// New tokens, and demands that the refresh token is a new one too; `what` is scope and resource.
pub(super) async fn refresh(
    stage: &mut Stage<'_>,
    visit: &Visit,
    tokens: &Tokens,
    (scope, resource): (Option<&str>, Option<&str>),
    variable: &'static str,
) -> Result<Tokens, Fault> {
    let spent = refresh_token(tokens)?;
    stage.remember("OLD_REFRESH_TOKEN", spent.expose());
    let mut request = visit
        .endpoint
        .refresh(spent, scope, resource)
        .capture(variable, "access_token")
        .capture("REFRESH_TOKEN", "refresh_token");
    request.before.push("OLD_REFRESH_TOKEN=$REFRESH_TOKEN".to_owned());
    let answer = stage.send(request).await?;
    stage.expect_status(&answer, 200, "a refresh token for new tokens")?;
    let renewed = Tokens::read(&answer)?;
    let rotated = refresh_token(&renewed)? != spent;
    stage.check("with a new refresh token; the old one is spent", rotated, || "the same one".to_owned())?;
    Ok(renewed)
}
