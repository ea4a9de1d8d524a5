//! `GET` and `POST /oauth/authorize` (RFC 6749 section 3.1, OpenID Connect Core section 3.1.2): a client sends a person's
//! browser here, and gets it back with a code or an error.

mod answer;
mod asked;
mod code;
mod issue;
#[cfg(feature = "legacy-flows")]
mod legacy;
mod proceed;

pub use answer::Stop;
pub use asked::{Asked, LONGEST, REQUEST_URI, check};
pub use issue::issue;
pub use proceed::{Next, proceed, verify_hint};

use actix_web::{Error, HttpRequest, HttpResponse, web};

use super::Shared;
use answer::see_other;

pub async fn get(state: Shared, request: HttpRequest) -> HttpResponse {
    arrive(&state, &request, request.query_string().as_bytes()).await
}

/// The same with the parameters in the body (OpenID Connect Core section 3.1.2.1). Those in the URL are not looked at.
///
/// A form that another site sends brings no cookie, which is `SameSite=Lax`; so the browser is sent on by GET, which does.
pub async fn post(state: Shared, body: Result<web::Bytes, Error>) -> HttpResponse {
    let Ok(body) = body else { return Stop::unreadable().answer(&state) };
    match Asked::read(&state, &body, state.clock.micros()).await {
        Ok(asked) => see_other("/consent", &[("request", &asked.seal(&state))]),
        Err(stop) => stop.answer(&state),
    }
}

async fn arrive(state: &Shared, request: &HttpRequest, parameters: &[u8]) -> HttpResponse {
    let asked = match Asked::read(state, parameters, state.clock.micros()).await {
        Ok(asked) => asked,
        Err(stop) => return stop.answer(state),
    };
    match proceed(state, request, &asked).await {
        Ok(Next::SignIn) => see_other("/sign-in", &[("request", &asked.seal(state))]),
        Ok(Next::Consent(_)) => see_other("/consent", &[("request", &asked.seal(state))]),
        Ok(Next::Back(answer)) => answer,
        Err(error) => asked.way_back.refuse(state, error),
    }
}
