//! Step 16: a code is worth tokens once, and only to whoever asked for it.

use super::super::fault::Fault;
use super::super::register::fresh;
use super::super::stage::Stage;
use super::visit::Visit;
use crate::http::{Body, Request};
use crate::oauth::{Code, GrantError, Pending, Tokens};

pub(super) const TITLE: &str = "the partner exchanges the code for tokens";

pub(super) async fn step(
    stage: &mut Stage<'_>,
    visit: &mut Visit,
    pending: Pending,
    code: &Code,
) -> Result<(Tokens, Pending), Fault> {
    stage.begin(16, TITLE)?;
    let first = exchange(stage, visit, &pending, code).await?;
    refused(stage, visit.endpoint.exchange(&pending, code), "the same code again", "invalid_grant").await?;
    let refresh = visit.endpoint.refresh(refresh_token(&first)?, None, None);
    refused(
        stage,
        refresh,
        "what came of the first exchange is revoked, for one of the two was a thief",
        "invalid_grant",
    )
    .await?;

    stage.note("So the browser is sent again. A second page is not shown.")?;
    let (pending, code) = visit.authorize_silently(stage).await?;
    let guessed = fresh(stage, "GUESSED_VERIFIER", "a-verifier-that-a-thief-made-up");
    let mut stolen = visit.endpoint.exchange(&pending, &code);
    stolen.before.push(guessed.set_by);
    if let Body::Form(parameters) = &mut stolen.body {
        let verifier = parameters.iter_mut().find(|(name, _)| *name == "code_verifier");
        verifier.into_iter().for_each(|(_, value)| value.clone_from(&guessed.value));
    }
    refused(stage, stolen, "a stolen code: the thief does not have its code_verifier (RFC 7636)", "invalid_grant")
        .await?;

    let (pending, code) = visit.authorize_silently(stage).await?;
    let tokens = exchange(stage, visit, &pending, &code).await?;
    stage.pass()?;
    Ok((tokens, pending))
}

/// A code for tokens.
pub(super) async fn exchange(
    stage: &mut Stage<'_>,
    visit: &Visit,
    pending: &Pending,
    code: &Code,
) -> Result<Tokens, Fault> {
    let request = visit
        .endpoint
        .exchange(pending, code)
        .capture("PERSON_TOKEN", "access_token")
        .capture("REFRESH_TOKEN", "refresh_token")
        .capture("ID_TOKEN", "id_token");
    let answer = stage.send(request).await?;
    stage.expect_status(&answer, 200, "the code, with its verifier")?;
    let tokens = Tokens::read(&answer)?;
    let all = tokens.refresh_token.is_some() && tokens.id_token.is_some();
    stage.check("an access token, a refresh token and an ID token", all, || "not all three".to_owned())?;
    Ok(tokens)
}

/// Demands that the token endpoint says no, and why.
pub(super) async fn refused(stage: &mut Stage<'_>, request: Request, what: &str, error: &str) -> Result<(), Fault> {
    let answer = stage.send(request).await?;
    stage.expect_status(&answer, 400, what)?;
    let found = Tokens::read(&answer).err();
    let holds = found.as_ref().is_some_and(|found: &GrantError| found.is(error));
    stage.check(&format!("error is {error} (RFC 6749 section 5.2)"), holds, || format!("{found:?}"))
}

/// The refresh token that the contract promises.
pub(super) fn refresh_token(tokens: &Tokens) -> Result<&crate::secret::Secret, Fault> {
    tokens.refresh_token.as_ref().ok_or_else(|| Fault::Differs("there is no refresh token".to_owned()))
}
