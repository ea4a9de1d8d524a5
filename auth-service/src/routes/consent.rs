//! `GET` and `POST /consent`: a person is asked whether a partner may act for them. Whoever has signed in on the way
//! comes back here too; if nothing is left to be asked, the browser goes on to the client at once.

use actix_web::http::StatusCode;
use actix_web::{Error, HttpRequest, HttpResponse, web};
use service_kit::{AuditEvent, Outcome};
use shared_claims::scope::Scope;
use url::form_urlencoded::Serializer;

use super::Shared;
use super::authorize::{Asked, Next, issue, proceed};
use super::page_form::PageForm;
use super::sign_in::see_other;
use crate::browser::{Cookie, FormKind};
use crate::domain::form::Form;
use crate::domain::oauth_error::{ErrorCode, OAuthError};
use crate::domain::partner_id::concerning;
use crate::pages::{Consent, Page as _, PageError, Shown};
use crate::state::State;
use crate::store::pushed_requests;
use crate::visitor::{SignedIn, signed_in};

pub async fn show(state: Shared, request: HttpRequest) -> HttpResponse {
    let form = Form::parse(request.query_string().as_bytes()).unwrap_or_default();
    let sealed = form.get("request").unwrap_or_default();
    let asked = match Asked::unseal(&state, sealed).await {
        Ok(asked) => asked,
        Err(stop) => return stop.answer(&state),
    };
    match proceed(&state, &request, &asked).await {
        Ok(Next::SignIn) => to_sign_in(sealed),
        Ok(Next::Consent(visitor)) => ask(&state, &asked, sealed, &visitor.0, &visitor.1),
        Ok(Next::Back(answer)) => answer,
        Err(error) => asked.way_back.refuse(&state, error),
    }
}

/// The form of the page is sent. The person may have been signed out meanwhile; then they sign in, and are asked again.
pub async fn decide(
    state: Shared,
    request: HttpRequest,
    body: Result<web::Bytes, Error>,
) -> Result<HttpResponse, PageError> {
    let form = PageForm::read(&state, &request, body, FormKind::Consent)?.fields;
    let sealed = form.get("request").unwrap_or_default();
    let asked = match Asked::unseal(&state, sealed).await {
        Ok(asked) => asked,
        Err(stop) => return Ok(stop.answer(&state)),
    };
    let Some((_, person)) = signed_in(&state, request.headers()).await? else { return Ok(to_sign_in(sealed)) };
    let done = match form.get("decision") {
        // What the request demands is looked at again: it may be another one than the form was made for.
        Some("allow") => match proceed(&state, &request, &asked).await {
            Ok(Next::SignIn) => return Ok(to_sign_in(sealed)),
            Ok(Next::Consent(visitor)) => issue(&state, &asked, &visitor.1, true).await,
            Ok(Next::Back(answer)) => Ok(answer),
            Err(error) => Err(error),
        },
        Some("deny") => deny(&state, &asked, &person).await,
        _ => Err(ErrorCode::InvalidRequest.because("no_decision", "Nothing was decided.")),
    };
    Ok(done.unwrap_or_else(|error| asked.way_back.refuse(&state, error)))
}

fn ask(state: &State, asked: &Asked, sealed: &str, cookie: &Cookie, person: &SignedIn) -> HttpResponse {
    let redirect_uri = asked.way_back.redirect_uri();
    let page = Consent {
        csrf: &state.browsers.keys.token(FormKind::Consent, cookie),
        request: sealed,
        client_name: Shown(&asked.client.client_name),
        client_origin: Shown(redirect_uri.origin()),
        scope: &asked.request.scope,
        offline_access: asked.request.scope.contains(Scope::OfflineAccess),
        name: Shown(&person.user.name),
        email: Shown(person.user.email.as_str()),
        not_you: &sign_in_path(sealed),
    };
    page.answer(StatusCode::OK, Some(redirect_uri.as_str()))
}

/// The person said no. That is a decision too, so it is recorded before the client hears of it.
async fn deny(state: &State, asked: &Asked, person: &SignedIn) -> Result<HttpResponse, OAuthError> {
    let user_id = &person.user.user_id;
    let event = AuditEvent::new("authorization.deny", Outcome::Allowed, user_id, state.clock.micros()).subject(user_id);
    let event = concerning(event, asked.client.client_id.as_str());
    match &asked.pushed {
        // An answer was given, so it is used up (RFC 9126 section 4).
        Some(pushed) => pushed_requests::deny(&state.database, pushed.clone(), (state.audit.clone(), event)).await?,
        None => state.audit.record(event).await?,
    }
    Err(ErrorCode::AccessDenied.because("person_denied", "The person said no."))
}

fn to_sign_in(sealed: &str) -> HttpResponse {
    see_other(&sign_in_path(sealed))
}

fn sign_in_path(sealed: &str) -> String {
    let query = Serializer::new(String::new()).append_pair("request", sealed).finish();
    format!("/sign-in?{query}")
}
