//! Sign in without a password: `POST /sign-in/link` sends a link to an address, `GET /sign-in/link` shows what it would
//! do, and `POST /sign-in/link/confirm` does it.
//!
//! Whoever asks learns nothing of who is known here: nobody is looked up before the link comes back. Nor does the page say
//! whether a letter went: a mailbox gets only so many, whoever asks for them. The `GET` changes nothing, because programs
//! that look after mail open links too.

use std::net::IpAddr;

use actix_web::http::StatusCode;
use actix_web::{Error, HttpRequest, HttpResponse, web};
use service_kit::ids::new_id;
use service_kit::{AuditEvent, Outcome, Problem};
use shared_claims::role::Role;

use super::Shared;
use super::authorize::Asked;
use super::page_form::PageForm;
use super::sign_in::{go_on, see_other};
use crate::browser::{Cookie, FormKind};
use crate::domain::authorization::after;
use crate::domain::email::Email;
use crate::domain::form::Form;
use crate::domain::user::{User, UserStatus};
use crate::mail::{Letter, MailAddress};
use crate::pages::{ErrorPage, LinkConfirm, LinkSent, Page as _, PageError, Shown};
use crate::password_check::count;
use crate::state::State;
use crate::store::ChangeError;
use crate::store::sessions::{Begun, Proof};
use crate::store::sign_in_links::{self, NewLink};
use crate::store::users;
use crate::tokens::{BrowserDigest, LINK_LIFETIME, LinkRefusal};
use crate::visitor;

/// Its verb in the audit trail.
const ACTION: &str = "sign_in.link";
/// The reason for a link that is not there, or not any more.
const SPENT: &str = "link_spent";

/// Where the browser goes after asking.
pub const SENT_PATH: &str = "/sign-in/link/sent";

/// Somebody asks for a link.
pub async fn ask(
    state: Shared,
    request: HttpRequest,
    body: Result<web::Bytes, Error>,
) -> Result<HttpResponse, PageError> {
    let form = PageForm::read(&state, &request, body, FormKind::Link)?;
    let email = Email::parse(form.fields.get("email").unwrap_or_default()).ok();
    count(&state, email.as_ref(), address(&request), ACTION)?;
    let sealed = form.fields.get("request").unwrap_or_default();
    if !sealed.is_empty()
        && let Err(stop) = Asked::unseal(&state, sealed).await
    {
        return Ok(stop.answer(&state));
    }
    if let Some(email) = email {
        send(&state, (&form.cookie, address(&request)), email, sealed).await?;
    }
    // Another page, so that to load it again sends no other letter.
    Ok(see_other(SENT_PATH))
}

/// What comes after asking, for everybody.
pub async fn sent() -> HttpResponse {
    LinkSent.answer(StatusCode::OK, None)
}

/// Keeps the link first: one that comes by mail and is not known would be no use.
async fn send(
    state: &State,
    (cookie, address): (&Cookie, Option<IpAddr>),
    email: Email,
    sealed: &str,
) -> Result<(), Problem> {
    let (link_id, now) = (new_id("lnk"), state.clock.micros());
    let to = match recipient(state, &email, address) {
        Ok(to) => to,
        Err(reason) => {
            log::info!("sign-in link not sent: {reason}");
            metrics::counter!("sign_in_link_not_sent_total", "service" => "auth-service", "reason" => reason)
                .increment(1);
            return Ok(());
        }
    };
    let browser = BrowserDigest::of(cookie);
    let link = state.sign_in_links.issue(&link_id, &browser).map_err(|error| Problem::internal(error.to_string()))?;
    let text = (link_id.as_str(), link.expose().as_str());
    let letter = Letter::sign_in_link(state.mailer.sender(), &to, state.issuer.as_str(), text, now)
        .map_err(|error| Problem::internal(error.to_string()))?;
    let event = AuditEvent::new("sign_in_link.send", Outcome::Allowed, "unknown", now).object(&link_id);
    let row = NewLink {
        link_id,
        email,
        browser_digest: browser.as_str().to_owned(),
        request: sealed.to_owned(),
        created_at: now,
        expires_at: after(now, LINK_LIFETIME),
    };
    sign_in_links::insert(&state.database, row, (state.audit.clone(), event)).await?;
    state.mailer.send(letter);
    Ok(())
}

/// Where the letter goes; or why none goes, which stands in log and metrics, without the address, and nowhere else: a row
/// in the trail for each would be a way to fill it.
fn recipient(state: &State, email: &Email, asked_at: Option<IpAddr>) -> Result<MailAddress, &'static str> {
    let to = MailAddress::try_from(email).map_err(|_| "no_mail_address")?;
    if state.mailboxes.allows(email, asked_at) { Ok(to) } else { Err("mailbox_limit") }
}

/// The link is opened, by the person or by a program that looks after their mail.
pub async fn show(state: Shared, request: HttpRequest) -> Result<HttpResponse, PageError> {
    let query = Form::parse(request.query_string().as_bytes()).unwrap_or_default();
    let token = query.get("token").unwrap_or_default();
    let Some(cookie) = state.browsers.cookies.read(request.headers()) else {
        let refusal = state.sign_in_links.verify(token, None).await.err();
        return Ok(refuse(refusal.map_or("other_browser", LinkRefusal::reason)));
    };
    let browser = BrowserDigest::of(&cookie);
    let link_id = match state.sign_in_links.verify(token, Some(&browser)).await {
        Ok(link_id) => link_id,
        Err(refusal) => return Ok(refuse(refusal.reason())),
    };
    let Some(link) =
        sign_in_links::find_open(&state.database, link_id.as_str(), browser.as_str(), state.clock.micros()).await?
    else {
        return Ok(refuse(SPENT));
    };
    let page = LinkConfirm {
        csrf: &state.browsers.keys.token(FormKind::LinkConfirm, &cookie),
        token,
        email: Shown(link.email.as_str()),
    };
    // The form leads on to the client, so the policy of the page must name it.
    let asked = match link.request.as_str() {
        "" => None,
        sealed => Asked::unseal(&state, sealed).await.ok(),
    };
    Ok(page.answer(StatusCode::OK, asked.as_ref().map(|asked| asked.way_back.redirect_uri().as_str())))
}

/// The person says that they want to be signed in.
pub async fn confirm(
    state: Shared,
    request: HttpRequest,
    body: Result<web::Bytes, Error>,
) -> Result<HttpResponse, PageError> {
    let form = PageForm::read(&state, &request, body, FormKind::LinkConfirm)?;
    count(&state, None, address(&request), ACTION)?;
    let browser = BrowserDigest::of(&form.cookie);
    let token = form.fields.get("token").unwrap_or_default();
    let link_id = match state.sign_in_links.verify(token, Some(&browser)).await {
        Ok(link_id) => link_id,
        Err(refusal) => return refuse_and_record(&state, "unknown", None, refusal.reason()).await,
    };
    let (link_id, now) = (link_id.as_str(), state.clock.micros());
    let Some(link) = sign_in_links::find_open(&state.database, link_id, browser.as_str(), now).await? else {
        return refuse_and_record(&state, "unknown", Some(link_id), SPENT).await;
    };
    let user = person(&state, link.email, now).await?;
    let proof = Proof::Link { link_id: link_id.to_owned(), browser_digest: browser.as_str().to_owned() };
    match visitor::sign_in(&state, request.headers(), &user, proof, ACTION).await? {
        Ok(cookie) => go_on(&state, &cookie, &link.request),
        Err(Begun::LinkSpent) => refuse_and_record(&state, "unknown", Some(link_id), SPENT).await,
        Err(_) => refuse_and_record(&state, &user.user_id, Some(link_id), "suspended_user").await,
    }
}

/// The person with this address: whoever reads its mail. A first link makes them known here, as a customer without a
/// password; nobody can have taken the address before with a password of their own choice, since only operators do that.
async fn person(state: &State, email: Email, now: i64) -> Result<User, Problem> {
    if let Some(user) = users::find_by_email(&state.database, &email).await? {
        return Ok(user);
    }
    let user = User {
        user_id: new_id("usr"),
        name: email.as_str().split('@').next().unwrap_or_default().to_owned(),
        email: email.clone(),
        password_hash: String::new(),
        roles: std::iter::once(Role::Customer).collect(),
        status: UserStatus::Active,
        email_verified_at: Some(now),
        created_at: now,
    };
    let event = AuditEvent::new("user.create", Outcome::Allowed, &user.user_id, now)
        .subject(&user.user_id)
        .object(&user.user_id);
    match users::insert(&state.database, user.clone(), (state.audit.clone(), event)).await {
        Ok(()) => Ok(user),
        // Another link to the same address was faster.
        Err(ChangeError::Conflict(_)) => {
            let found = users::find_by_email(&state.database, &email).await?;
            found.ok_or_else(|| Problem::internal("a person is there and not there"))
        }
        Err(error) => Err(error.into()),
    }
}

fn address(request: &HttpRequest) -> Option<IpAddr> {
    request.peer_addr().map(|peer| peer.ip())
}

async fn refuse_and_record(
    state: &State,
    actor: &str,
    link_id: Option<&str>,
    reason: &'static str,
) -> Result<HttpResponse, PageError> {
    let event = AuditEvent::new(ACTION, Outcome::Refused, actor, state.clock.micros()).reason(reason);
    let event = match link_id {
        Some(link_id) => event.object(link_id),
        None => event,
    };
    state.audit.record(event).await?;
    Ok(refuse(reason))
}

/// Two pages: what to do about it differs only where it is the wrong browser.
fn refuse(reason: &'static str) -> HttpResponse {
    log::info!("sign-in link refused: {reason}");
    let page = if reason == LinkRefusal::OtherBrowser.reason() {
        ErrorPage::new(
            "This link belongs to another browser",
            "Open it in the browser in which you asked for it, or ask for a new one here.",
        )
    } else {
        ErrorPage::new(
            "This link is not good any more",
            "A link is good once and for ten minutes. Go back to where you wanted to sign in, and ask for a new one.",
        )
    };
    page.answer(StatusCode::BAD_REQUEST, None)
}
