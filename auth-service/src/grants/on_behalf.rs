//! What the grants have in common in which a client acts for a person who allowed it: look at what is presented, make the
//! tokens, and then spend it by one conditional statement, together with the record of what was issued.

use std::sync::Arc;

use service_kit::{AuditEvent, Outcome};
use shared_claims::agreement::LEEWAY;
use shared_claims::ids::{Audience, Subject};
use shared_claims::scope::{Scope, ScopeSet};

use super::{Granted, requested_scope};
use crate::client_auth::AuthenticatedClient;
use crate::domain::authorization::{Authorization, after};
use crate::domain::authorization_request::api_part;
use crate::domain::client::Client;
use crate::domain::client_secret;
use crate::domain::form::Form;
use crate::domain::grant_type::GrantType;
use crate::domain::oauth_error::{ErrorCode, OAuthError};
use crate::domain::one_time::{Presented, Verdict, judge};
use crate::domain::partner_id::concerning;
use crate::domain::resource::ResourceName;
use crate::domain::user::{User, UserStatus, roles_at, scope_at};
use crate::state::State;
use crate::store::authorizations::{self, Found, Next, OneTime};
use crate::store::users;
use crate::tokens::{Beside, IssuedToken};

/// Something that is good once, and may be spent by the client that presents it.
pub(super) struct Spendable {
    pub(super) found: Found,
    pub(super) client: Arc<Client>,
}

/// Looks at it. A second use revokes all that came of the first, with `reason` in the audit trail.
pub(super) async fn spendable(
    state: &State,
    client: &AuthenticatedClient,
    one_time: &OneTime,
    reason: &'static str,
) -> Result<Spendable, OAuthError> {
    let AuthenticatedClient::Registered(client) = client else {
        return Err(ErrorCode::UnauthorizedClient.because("inside_client", "This client may only exchange tokens."));
    };
    let now = state.clock.micros();
    let found = authorizations::find(&state.database, one_time, now).await?;
    let found = found.ok_or(OAuthError::invalid_grant("unknown"))?;
    let presented = Presented {
        is_of_client: found.authorization.client_id == client.client_id,
        expired: now >= found.expires_at,
        spent: found.spent,
        authorization: found.standing,
    };
    match judge(presented) {
        Verdict::Spend => Ok(Spendable { found, client: Arc::clone(client) }),
        Verdict::Refuse(refusal) => Err(OAuthError::invalid_grant(refusal.reason())),
        Verdict::Reuse => {
            let event = revocation(state, &found.authorization, reason);
            let audit = (state.audit.clone(), event);
            authorizations::revoke(&state.database, &found.authorization.authorization_id, now, audit).await?;
            Err(OAuthError::invalid_grant(reason))
        }
    }
}

/// Makes the tokens, spends what was presented, and records both.
pub(super) async fn issue(
    state: &State,
    client: &Client,
    authorization: &Authorization,
    one_time: OneTime,
    form: &Form,
) -> Result<Granted, OAuthError> {
    let user = users::find(&state.database, &authorization.user_id).await?;
    let user = user.filter(|user| user.status == UserStatus::Active).ok_or(OAuthError::invalid_grant("user_gone"))?;
    let mut token = access_token(state, client, authorization, &user, form)?;
    let is_first = matches!(one_time, OneTime::Code(_));
    if is_first && authorization.scope.contains(Scope::OpenId) {
        let beside = Beside { access_token: Some(&token.access_token), code: None };
        token.id_token = Some(state.id_tokens.issue(authorization, beside)?);
    }
    let now = state.clock.micros();
    let next = match client.may(GrantType::RefreshToken) {
        false => Next::Nothing { over_at: after(now, client.access_token_lifetime + LEEWAY) },
        true => {
            let (secret, digest) = client_secret::generate().map_err(|_| no_randomness())?;
            token.refresh_token = Some(secret.expose().clone());
            Next::RefreshToken { digest, expires_at: authorization.refresh_token_expires_at(now) }
        }
    };
    let (action, reuse) =
        if is_first { ("token.issue", "code_reused") } else { ("token.refresh", "refresh_token_reused") };
    let issued = AuditEvent::new(action, Outcome::Allowed, client.client_id.as_str(), now)
        .subject(&authorization.user_id)
        .object(&token.token_id);
    let audit =
        (state.audit.clone(), concerning(issued, client.client_id.as_str()), revocation(state, authorization, reuse));
    let id = &authorization.authorization_id;
    match authorizations::spend(&state.database, one_time, id, next, now, audit).await? {
        Verdict::Spend => {
            let subject = Subject::new(&authorization.user_id)
                .map_err(|_| ErrorCode::ServerError.because("unnameable", "The service has a fault."))?;
            Ok(Granted { token, subject, is_recorded: true })
        }
        Verdict::Reuse => Err(OAuthError::invalid_grant(reuse)),
        Verdict::Refuse(refusal) => Err(OAuthError::invalid_grant(refusal.reason())),
    }
}

/// An access token of what was authorized, as `form` narrows it down.
///
/// # Errors
/// `invalid_target` and `invalid_scope` if the form asks for more; `invalid_grant` if nothing is left of it.
pub fn access_token(
    state: &State,
    client: &Client,
    authorization: &Authorization,
    user: &User,
    form: &Form,
) -> Result<IssuedToken, OAuthError> {
    let (audience, name, scope) = target(state, client, authorization, user, form)?;
    state.tokens.for_person(authorization, client, roles_at(name, &user.roles), audience, scope)
}

/// For whom the access token is, and what it allows. `resource` may be the API that was authorized, or this server itself,
/// whose `/oauth/userinfo` tells who the person is: one token is never for both (RFC 8707 section 2.2).
fn target(
    state: &State,
    client: &Client,
    authorization: &Authorization,
    user: &User,
    form: &Form,
) -> Result<(Audience, ResourceName, ScopeSet), OAuthError> {
    let invalid = |reason| ErrorCode::InvalidTarget.because(reason, "Name a resource that was authorized.");
    let has_identity = authorization.scope.contains(Scope::OpenId);
    let own = state.resources.audience(ResourceName::Auth);
    let audience = match (form.get("resource"), &authorization.resource) {
        (None, Some(resource)) => resource,
        (None, None) => own,
        (Some(asked), Some(resource)) if *resource == *asked => resource,
        (Some(asked), _) if has_identity && *own == *asked => own,
        _ => return Err(invalid("resource_not_authorized")),
    };
    let name = state.resources.named(audience.as_str()).ok_or_else(|| invalid("unknown_resource"))?;
    // What the agreement with the partner, or what the person is, no longer allows is not given on.
    let agreed = authorization.scope.intersection(&client.scope);
    if authorization.is_offline() && !agreed.contains(Scope::OfflineAccess) {
        return Err(OAuthError::invalid_grant("offline_no_longer_agreed"));
    }
    let granted = match name {
        ResourceName::Auth => agreed.intersection(&Scope::IDENTITY.into_iter().collect()),
        _ => api_part(&agreed).intersection(&scope_at(name, user)),
    };
    let asked = requested_scope(form)?.map(|asked| (asked.intersection(&granted), asked));
    let scope = match asked {
        None => granted,
        // Clients may repeat all that was authorized (RFC 6749 section 6), and some do with each refresh; what of it is for
        // this audience is given.
        Some((here, asked)) if asked.is_subset(&authorization.scope) && !here.is_empty() => here,
        Some(_) => {
            let description = "The scope is more than was authorized at this resource.";
            return Err(ErrorCode::InvalidScope.because("scope_beyond_authorization", description));
        }
    };
    if scope.is_empty() {
        return Err(OAuthError::invalid_grant("nothing_left"));
    }
    Ok((audience.clone(), name, scope))
}

fn revocation(state: &State, authorization: &Authorization, reason: &'static str) -> AuditEvent {
    let client_id = authorization.client_id.as_str();
    AuditEvent::new("authorization.revoke", Outcome::Allowed, client_id, state.clock.micros())
        .subject(&authorization.user_id)
        .object(&authorization.authorization_id)
        .reason(reason)
}

fn no_randomness() -> OAuthError {
    ErrorCode::ServerError.because("no_randomness", "The service has a fault. Try again.")
}
