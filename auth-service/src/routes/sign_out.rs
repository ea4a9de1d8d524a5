//! `GET` and `POST /sign-out`: the session ends, and with it what lives no longer than it.

use actix_web::http::StatusCode;
use actix_web::{Error, HttpRequest, HttpResponse, web};
use service_kit::Problem;

use super::Shared;
use super::page_form::PageForm;
use super::sign_in::see_other;
use crate::browser::FormKind;
use crate::pages::{Page as _, PageError, Shown, SignOut, SignedOut};
use crate::visitor::{self, signed_in};

/// A page that asks; where nobody is signed in, it says so.
pub async fn show(state: Shared, request: HttpRequest) -> Result<HttpResponse, PageError> {
    let Some((cookie, person)) = signed_in(&state, request.headers()).await? else {
        return Ok(SignedOut.answer(StatusCode::OK, None));
    };
    let csrf = state.browsers.keys.token(FormKind::SignOut, &cookie);
    Ok(SignOut { csrf: &csrf, email: Shown(person.user.email.as_str()) }.answer(StatusCode::OK, None))
}

/// The form is sent. The cookie goes too; the session would be over even if somebody had kept it.
pub async fn submit(
    state: Shared,
    request: HttpRequest,
    body: Result<web::Bytes, Error>,
) -> Result<HttpResponse, PageError> {
    PageForm::read(&state, &request, body, FormKind::SignOut)?;
    if let Some((_, person)) = signed_in(&state, request.headers()).await? {
        visitor::sign_out(&state, &person).await?;
    }
    let (name, value) = state.browsers.cookies.clear().map_err(Problem::internal)?;
    let mut answer = see_other("/sign-out");
    answer.headers_mut().insert(name, value);
    Ok(answer)
}
