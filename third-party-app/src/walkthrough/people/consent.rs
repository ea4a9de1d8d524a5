//! Step 15: the person is asked, and says yes.

use super::super::fault::Fault;
use super::super::stage::Stage;
use super::customer::PARTNER;
use super::visit::Visit;
use crate::html::{Form, Page};
use crate::oauth::{Code, Pending};

pub(super) const TITLE: &str = "the person is told who asks for what, and allows it";

pub(super) async fn step(
    stage: &mut Stage<'_>,
    visit: &mut Visit,
    pending: &Pending,
    page: &Page,
) -> Result<Code, Fault> {
    stage.begin(15, TITLE)?;
    names_the_partner(stage, page)?;
    let request = visit.browser.submit(page, consent_form(page)?, &[("decision", "allow")]);
    let request = request.capture_parameter("CODE", "code");
    let to = visit.browser.redirected(stage, request, "allowed").await?;
    let code = visit.read_redirect(stage, pending, &to)?;
    let sent = visit.browser.cookies_for(&to);
    let what = format!("the authorization server's cookie is not sent to {}", to.host_str().unwrap_or_default());
    stage.check(&what, sent.is_empty(), || sent.clone())?;
    stage.pass()?;
    Ok(code)
}

pub(super) fn names_the_partner(stage: &mut Stage<'_>, page: &Page) -> Result<(), Fault> {
    stage.check(&format!("the page names {PARTNER}"), page.text.contains(PARTNER), || page.text.clone())
}

pub(super) fn consent_form(page: &Page) -> Result<&Form, Fault> {
    page.form("/consent").ok_or_else(|| Fault::Differs("the page has no form that posts to /consent".to_owned()))
}
