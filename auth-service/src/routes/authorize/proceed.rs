//! What happens next with an authorization request.

use std::sync::Arc;
use std::time::Duration;

use actix_web::{HttpRequest, HttpResponse};
use jsonwebtoken::Algorithm;
use shared_claims::agreement::Agreement;
use shared_claims::claims::{IdToken, Kind};
use shared_claims::ids::Audience;
use shared_claims::verify::Verifier;

use super::asked::Asked;
use super::issue::issue;
use crate::browser::Cookie;
use crate::domain::authorization_request::{Situation, Step};
use crate::domain::oauth_error::{ErrorCode, OAuthError};
use crate::domain::session::LIFETIME;
use crate::domain::user::{User, scope_at};
use crate::state::State;
use crate::store::consents;
use crate::visitor::{SignedIn, signed_in};

/// What happens next.
pub enum Next {
    /// The person has to sign in.
    SignIn,
    /// The person has to be asked. They are signed in at the browser with this cookie.
    Consent(Box<(Cookie, SignedIn)>),
    /// The browser goes back to the client.
    Back(HttpResponse),
}

/// Goes on with a request as far as nobody has to be asked.
///
/// # Errors
/// What the client is told in the redirect: that somebody would have to be asked and may not, or that we cannot tell.
pub async fn proceed(state: &State, http: &HttpRequest, asked: &Asked) -> Result<Next, OAuthError> {
    let request = &asked.request;
    let visitor = signed_in(state, http.headers()).await?;
    let expected_user = match &request.id_token_hint {
        Some(hint) => Some(user_of_hint(state, asked.client.client_id.as_str(), hint).await?),
        None => None,
    };
    let consent = match &visitor {
        Some((_, person)) => consents::find(&state.database, &person.user.user_id, &asked.client.client_id).await?,
        None => None,
    };
    let step = request.next_step(Situation {
        session: visitor.as_ref().map(|(_, person)| &person.session),
        expected_user: expected_user.as_deref(),
        consent: consent.as_ref().map(|consent| &consent.scope),
        is_first_party: asked.client.first_party,
        is_public: asked.client.is_public(),
        asked_at: asked.asked_at,
        now: state.clock.micros(),
    });
    let silent = request.is_silent();
    if let Some((_, person)) = &visitor
        && step != Step::SignIn
        && !may_allow(state, asked, &person.user)
    {
        let description = "The person who is signed in may not allow this.";
        return Err(ErrorCode::AccessDenied.because("role_missing", description));
    }
    match (step, visitor) {
        (Step::Issue, Some((_, person))) => Ok(Next::Back(issue(state, asked, &person, false).await?)),
        (Step::Consent, Some(_)) if silent => {
            Err(ErrorCode::ConsentRequired.because("consent_required", "The person would have to be asked."))
        }
        (Step::Consent, Some(visitor)) => Ok(Next::Consent(Box::new(visitor))),
        _ if silent => Err(ErrorCode::LoginRequired.because("login_required", "Somebody would have to sign in.")),
        _ => Ok(Next::SignIn),
    }
}

/// Whether what is asked for is the person's to give.
fn may_allow(state: &State, asked: &Asked, user: &User) -> bool {
    let name = asked.request.resource.as_ref().and_then(|resource| state.resources.named(resource.as_str()));
    name.is_none_or(|name| asked.request.api_scope().is_subset(&scope_at(name, user)))
}

/// Whom an ID token of ours speaks about that was issued to this client. It may have expired, as long as a session lasts.
async fn user_of_hint(state: &State, client_id: &str, hint: &str) -> Result<String, OAuthError> {
    let hint = verify_hint(state, client_id, hint).await;
    let hint = hint.ok_or(
        ErrorCode::InvalidRequest.because("id_token_hint", "The id_token_hint is no ID token of this client."),
    )?;
    Ok(hint.registered.subject.to_string())
}

/// An ID token of ours for `client_id`.
pub async fn verify_hint(state: &State, client_id: &str, hint: &str) -> Option<IdToken> {
    let algorithms = [Algorithm::ES256, Algorithm::RS256, Algorithm::EdDSA];
    let audience = Audience::new(client_id).ok()?;
    let agreement = Agreement::new(state.issuer.clone(), audience, IdToken::TYP, &algorithms).ok()?;
    let agreement = agreement.with_leeway(LIFETIME + Duration::from_secs(60));
    let verifier = Verifier::<IdToken>::new(agreement, Arc::new(state.ring.key_set().clone()), state.clock.clone());
    let verified = verifier.verify(hint.as_bytes()).await;
    verified.map_err(|refusal| log::info!("id_token_hint refused: {refusal}")).ok().map(|hint| (*hint).clone())
}
