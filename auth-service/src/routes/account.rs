//! `GET /account`: who is signed in and what they have allowed. `POST /account/withdraw`: they take it back.

use actix_web::http::StatusCode;
use actix_web::{Error, HttpRequest, HttpResponse, web};
use service_kit::{AuditEvent, Outcome, Problem};

use super::Shared;
use super::page_form::PageForm;
use super::path_id;
use super::sign_in::see_other;
use crate::browser::FormKind;
use crate::pages::{Account, Allowed, Day, Page as _, PageError, Shown};
use crate::state::State;
use crate::store::consents::{self, Consent};
use crate::visitor::signed_in;

pub async fn show(state: Shared, request: HttpRequest) -> Result<HttpResponse, PageError> {
    let Some((cookie, person)) = signed_in(&state, request.headers()).await? else { return Ok(see_other("/sign-in")) };
    let mut allowed = Vec::new();
    for consent in consents::of_user(&state.database, &person.user.user_id).await? {
        allowed.push(described(&state, consent).await?);
    }
    let page = Account {
        csrf: &state.browsers.keys.token(FormKind::Withdraw, &cookie),
        name: Shown(&person.user.name),
        email: Shown(person.user.email.as_str()),
        allowed: &allowed,
    };
    Ok(page.answer(StatusCode::OK, None))
}

/// A partner that is deleted at this moment goes by its id.
async fn described(state: &State, consent: Consent) -> Result<Allowed, Problem> {
    let client = state.clients.find(consent.client_id.as_str()).await?;
    Ok(Allowed {
        consent_id: consent.consent_id,
        client_name: client.map_or_else(|| consent.client_id.to_string(), |client| client.client_name.clone()),
        scope: consent.scope,
        since: Day(consent.given_at),
    })
}

/// All that came of it is revoked too. What is another person's is not there.
pub async fn withdraw(
    state: Shared,
    request: HttpRequest,
    body: Result<web::Bytes, Error>,
) -> Result<HttpResponse, PageError> {
    let form = PageForm::read(&state, &request, body, FormKind::Withdraw)?;
    let Some((_, person)) = signed_in(&state, request.headers()).await? else { return Ok(see_other("/sign-in")) };
    let consent_id = path_id(form.fields.get("consent_id").unwrap_or_default().to_owned())?;
    let (user_id, now) = (person.user.user_id, state.clock.micros());
    let (actor, object) = (user_id.clone(), consent_id.clone());
    let row = move |client_id: &str| {
        AuditEvent::new("consent.withdraw", Outcome::Allowed, &actor, now)
            .subject(&actor)
            .object(&object)
            .partner(client_id)
    };
    consents::withdraw(&state.database, &user_id, &consent_id, now, state.audit.clone(), row).await?;
    Ok(see_other("/account"))
}
