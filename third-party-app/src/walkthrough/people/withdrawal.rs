//! Step 20: what was allowed is taken back.

use super::super::discover::below;
use super::super::fault::Fault;
use super::super::stage::Stage;
use super::consent::{consent_form, names_the_partner};
use super::exchange::{refresh_token, refused};
use super::visit::Visit;
use crate::discovery::issuer_url;
use crate::html::{Form, Page};
use crate::http::Request;
use crate::oauth::{Pending, RedirectError, Tokens};
use crate::report::mask_url;

pub(super) const TITLE: &str = "the person withdraws what they allowed, and signs out";

pub(super) async fn step(stage: &mut Stage<'_>, visit: &mut Visit, tokens: &Tokens) -> Result<(), Fault> {
    stage.begin(20, TITLE)?;
    withdraw(stage, visit).await?;
    let refresh = visit.endpoint.refresh(refresh_token(tokens)?, None, None);
    refused(stage, refresh, "the partner can no longer refresh", "invalid_grant").await?;
    still_alive(stage, visit, tokens).await?;
    asked_again(stage, visit).await?;
    sign_out(stage, visit).await?;
    stage.pass()
}

async fn withdraw(stage: &mut Stage<'_>, visit: &mut Visit) -> Result<(), Fault> {
    let account = below(&issuer_url(&visit.client.issuer)?, "/account");
    let request = visit.browser.get(account).capture_field("CONSENT_ID", "consent_id");
    let page = visit.browser.page(stage, request, 200, "what have I allowed?").await?;
    names_the_partner(stage, &page)?;
    let request = visit.browser.submit(&page, form(&page, "/account/withdraw")?, &[]);
    let to = visit.browser.redirected(stage, request, "withdrawn").await?;
    let page = visit.arrive(stage, to, "the list again").await?;
    let gone = page.form("/account/withdraw").is_none();
    stage.check("nothing is left to withdraw", gone, || page.text.clone())
}

/// By when a live access token stops working is stated by the services, not discoverable, and so not demanded here.
async fn still_alive(stage: &mut Stage<'_>, visit: &Visit, tokens: &Tokens) -> Result<(), Fault> {
    let orders = below(&visit.api.base, "/orders");
    let answer = stage.send(Request::get(orders).bearer(tokens.access_token.expose())).await?;
    let live = if answer.status.as_u16() == 200 { "still works" } else { "no longer works" };
    let life = tokens.expires_in;
    stage.note(&format!("The access token that the partner still holds {live}; it was for {life} s from its issue."))
}

/// The next authorization is as the first.
async fn asked_again(stage: &mut Stage<'_>, visit: &mut Visit) -> Result<(), Fault> {
    let pending = visit.pend(stage)?;
    let request = visit.authorization(&pending, Some("none"));
    let to = visit.browser.redirected(stage, request, "prompt=none: no page may be shown").await?;
    comes_back_with(stage, &pending, &to, "consent_required")?;

    let pending = visit.pend(stage)?;
    let request = visit.authorization(&pending, None);
    let to = visit.browser.redirected(stage, request, "the next authorization").await?;
    let page = visit.arrive(stage, to, "the person is asked again").await?;
    names_the_partner(stage, &page)?;
    let request = visit.browser.submit(&page, consent_form(&page)?, &[("decision", "deny")]);
    let to = visit.browser.redirected(stage, request, "and says no").await?;
    comes_back_with(stage, &pending, &to, "access_denied")
}

fn comes_back_with(stage: &mut Stage<'_>, pending: &Pending, to: &url::Url, demanded: &str) -> Result<(), Fault> {
    let found = pending.read_redirect(to.query().unwrap_or_default());
    let holds = matches!(&found, Err(RedirectError::Refused { error, .. }) if error == demanded);
    stage.check(&format!("the browser comes back with error={demanded}, state and iss"), holds, || format!("{found:?}"))
}

async fn sign_out(stage: &mut Stage<'_>, visit: &mut Visit) -> Result<(), Fault> {
    let issuer = issuer_url(&visit.client.issuer)?;
    let request = visit.browser.get(below(&issuer, "/sign-out"));
    let page = visit.browser.page(stage, request, 200, "a GET signs nobody out").await?;
    let request = visit.browser.submit(&page, form(&page, "/sign-out")?, &[]);
    let to = visit.browser.redirected(stage, request, "signed out").await?;
    visit.arrive(stage, to, "the page says so").await?;
    let request = visit.browser.get(below(&issuer, "/account"));
    let to = visit.browser.redirected(stage, request, "the account needs a sign-in again").await?;
    stage.check("it goes to the sign-in page", to.path() == "/sign-in", || mask_url(to.as_str()))
}

fn form<'p>(page: &'p Page, path: &str) -> Result<&'p Form, Fault> {
    page.form(path).ok_or_else(|| Fault::Differs(format!("the page has no form that posts to {path}")))
}
