//! `GET` and `POST /oauth/logout`: a client asks for the person to be signed out (OpenID Connect RP-Initiated Logout 1.0).
//!
//! With an ID token of the session that this browser has, it is done at once. Anybody else's request leads to a page that
//! asks: a stranger's link must sign nobody out.

use actix_web::{Error, HttpRequest, HttpResponse, web};
use shared_claims::claims::IdToken;
use shared_claims::verify::Raw;
use url::form_urlencoded::Serializer;

use super::Shared;
use super::authorize::verify_hint;
use super::sign_in::see_other;
use crate::domain::form::Form;
use crate::pages::PageError;
use crate::state::State;
use crate::visitor::{sign_out, signed_in};

/// What the endpoint looks at (section 2).
const PARAMETERS: [&str; 4] = ["id_token_hint", "client_id", "post_logout_redirect_uri", "state"];

pub async fn get(state: Shared, request: HttpRequest) -> Result<HttpResponse, PageError> {
    log_out(&state, &request, request.query_string().as_bytes()).await
}

/// The same with the parameters in the body. A form that another site sends brings no cookie, which is `SameSite=Lax`; so
/// the browser is sent on by GET, which does.
pub async fn post(body: Result<web::Bytes, Error>) -> HttpResponse {
    let form = Form::parse(&body.unwrap_or_default()).unwrap_or_default();
    let parameters = PARAMETERS.iter().filter_map(|name| Some((*name, form.get(name)?)));
    let query = Serializer::new(String::new()).extend_pairs(parameters).finish();
    see_other(&format!("/oauth/logout?{query}"))
}

async fn log_out(state: &State, request: &HttpRequest, parameters: &[u8]) -> Result<HttpResponse, PageError> {
    let form = Form::parse(parameters).unwrap_or_default();
    let visitor = signed_in(state, request.headers()).await?;
    let Some(hint) = hint(state, &form).await else { return Ok(ask()) };
    let back = way_back(state, &form, &hint).await?;
    match visitor {
        // Signed out already, or never in: there is nothing to do, and the client wants the browser back.
        None => Ok(back.unwrap_or_else(ask)),
        Some((_, person)) if person.session.session_id == hint.public.sid => {
            sign_out(state, &person).await?;
            Ok(back.unwrap_or_else(ask))
        }
        Some(_) => Ok(ask()),
    }
}

/// The ID token of the request, if it is one of ours, for the client that asks.
async fn hint(state: &State, form: &Form) -> Option<IdToken> {
    let hint = form.get("id_token_hint")?;
    let unverified = Raw::new(hint.as_bytes()).well_formed().ok()?;
    // Unverified: it only tells for whom it has to be good.
    let audience = unverified.unverified_audience()?;
    if form.get("client_id").is_some_and(|client_id| client_id != audience) {
        return None;
    }
    verify_hint(state, audience, hint).await
}

/// Back to the client, where it has registered that (section 3). Nobody is redirected anywhere else.
async fn way_back(state: &State, form: &Form, hint: &IdToken) -> Result<Option<HttpResponse>, PageError> {
    let Some(asked) = form.get("post_logout_redirect_uri") else { return Ok(None) };
    let audience = hint.registered.audience.first().map(ToString::to_string).unwrap_or_default();
    let client = state.clients.find(&audience).await?;
    let known = client.is_some_and(|client| client.post_logout_redirect_uri(asked).is_some());
    if !known {
        log::info!("post_logout_redirect_uri is not registered");
        return Ok(None);
    }
    let location = match form.get("state") {
        None => asked.to_owned(),
        Some(text) => {
            let joint = if asked.contains('?') { '&' } else { '?' };
            format!("{asked}{joint}{}", Serializer::new(String::new()).append_pair("state", text).finish())
        }
    };
    Ok(Some(see_other(&location)))
}

/// To the page that asks; it says so where nobody is signed in any more.
fn ask() -> HttpResponse {
    see_other("/sign-out")
}
