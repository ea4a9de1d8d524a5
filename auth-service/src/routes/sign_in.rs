//! `GET` and `POST /sign-in`: a person signs in, on the way to a client or to their own account.

use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, HeaderValue, LOCATION, WWW_AUTHENTICATE};
use actix_web::{Error, HttpRequest, HttpResponse, web};
use service_kit::Problem;
use service_kit::secret::Secret;
use url::form_urlencoded::Serializer;

use super::Shared;
use super::authorize::{Asked, Stop};
use super::page_form::PageForm;
use crate::browser::{Cookie, FormKind};
use crate::domain::email::Email;
use crate::domain::form::Form;
use crate::pages::{Page as _, PageError, Shown, SignIn};
use crate::password_check::{self, Typed};
use crate::state::State;
use crate::store::sessions::Proof;
use crate::visitor::{self, signed_in};

/// Its verb in the audit trail.
const ACTION: &str = "sign_in.password";

pub async fn show(state: Shared, request: HttpRequest) -> Result<HttpResponse, PageError> {
    let query = Form::parse(request.query_string().as_bytes()).unwrap_or_default();
    let waiting = match Waiting::unseal(&state, query.get("request")).await {
        Ok(waiting) => waiting,
        Err(stop) => return Ok(stop.answer(&state)),
    };
    // Whoever comes with a request is asked, even if somebody is signed in: it may be that they are not the right one.
    if waiting.is_none() && signed_in(&state, request.headers()).await?.is_some() {
        return Ok(see_other("/account"));
    }
    let hint = waiting.as_ref().and_then(|waiting| waiting.asked.request.login_hint.as_deref());
    let email = address_in(hint.unwrap_or_default());
    match state.browsers.cookies.read(request.headers()) {
        Some(cookie) => Ok(ask(&state, &cookie, waiting.as_ref(), email, None)),
        None => {
            let cookie = Cookie::generate().map_err(Problem::internal)?;
            with_cookie(&state, &cookie, ask(&state, &cookie, waiting.as_ref(), email, None))
        }
    }
}

/// The form is sent. Right or wrong, nothing of what was typed goes on from here.
pub async fn submit(
    state: Shared,
    request: HttpRequest,
    body: Result<web::Bytes, Error>,
) -> Result<HttpResponse, PageError> {
    let form = PageForm::read(&state, &request, body, FormKind::SignIn)?;
    let waiting = match Waiting::unseal(&state, form.fields.get("request")).await {
        Ok(waiting) => waiting,
        Err(stop) => return Ok(stop.answer(&state)),
    };
    let email = form.fields.get("email").unwrap_or_default();
    let password = Secret::from(form.fields.get("password").unwrap_or_default().to_owned());
    let address = request.peer_addr().map(|peer| peer.ip());
    let cookie = match password_check::check(&state, Typed { email, password }, address, ACTION).await? {
        Some(user) => {
            let proof = Proof::Password(user.password_hash.clone());
            visitor::sign_in(&state, request.headers(), &user, proof, ACTION).await?.ok()
        }
        None => None,
    };
    match cookie {
        Some(cookie) => go_on(&state, &cookie, form.fields.get("request").unwrap_or_default()),
        None => Ok(wrong(&state, &form, waiting.as_ref(), address_in(email))),
    }
}

/// A person has signed in: the browser gets its new cookie, and goes on with the sealed request that waited, or to the
/// person's account. The page of the consent is where a request goes on; it asks nothing where nothing is to be asked.
///
/// # Errors
/// None that can happen.
pub fn go_on(state: &State, cookie: &Cookie, sealed: &str) -> Result<HttpResponse, PageError> {
    let location = match sealed {
        "" => "/account".to_owned(),
        sealed => format!("/consent?{}", Serializer::new(String::new()).append_pair("request", sealed).finish()),
    };
    with_cookie(state, cookie, see_other(&location))
}

/// An authorization request that waits for somebody to sign in.
struct Waiting<'a> {
    sealed: &'a str,
    asked: Asked,
}

impl<'a> Waiting<'a> {
    async fn unseal(state: &State, sealed: Option<&'a str>) -> Result<Option<Self>, Stop> {
        match sealed {
            None => Ok(None),
            Some(sealed) => Ok(Some(Self { sealed, asked: Asked::unseal(state, sealed).await? })),
        }
    }
}

fn ask(
    state: &State,
    cookie: &Cookie,
    waiting: Option<&Waiting<'_>>,
    email: &str,
    error: Option<&'static str>,
) -> HttpResponse {
    let page = SignIn {
        csrf: &state.browsers.keys.token(FormKind::SignIn, cookie),
        link_csrf: &state.browsers.keys.token(FormKind::Link, cookie),
        request: waiting.map(|waiting| waiting.sealed),
        client_name: waiting.map(|waiting| Shown(&waiting.asked.client.client_name)),
        email: Shown(email),
        error,
    };
    let status = if error.is_some() { StatusCode::UNAUTHORIZED } else { StatusCode::OK };
    page.answer(status, waiting.map(|waiting| waiting.asked.way_back.redirect_uri().as_str()))
}

/// What may stand in the field for the address. Anything else that was typed, or that a link holds, is not shown again.
fn address_in(text: &str) -> &str {
    if Email::parse(text).is_ok() { text } else { "" }
}

/// One page for an unknown person, a wrong password and a suspended person. A 401 names a scheme (RFC 9110 section
/// 15.5.2); of this one browsers know nothing to do, and show the page.
fn wrong(state: &State, form: &PageForm, waiting: Option<&Waiting<'_>>, email: &str) -> HttpResponse {
    let message = "The e-mail address or the password is wrong.";
    let mut answer = ask(state, &form.cookie, waiting, email, Some(message));
    answer.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static("Form realm=\"auth-service\""));
    answer
}

fn with_cookie(state: &State, cookie: &Cookie, mut answer: HttpResponse) -> Result<HttpResponse, PageError> {
    let (name, value) = state.browsers.cookies.set(cookie).map_err(Problem::internal)?;
    answer.headers_mut().insert(name, value);
    Ok(answer)
}

/// 303: whatever the method was, go on with GET.
pub(super) fn see_other(location: &str) -> HttpResponse {
    HttpResponse::SeeOther().insert_header((LOCATION, location)).insert_header((CACHE_CONTROL, "no-store")).finish()
}
