//! Access tokens for clients that act on somebody's behalf.

use shared_claims::claims::{AccessPrivate, AccessPublic, AccessToken, Actor};
use shared_claims::ids::{Audience, ClientId, Subject, TokenId};
use shared_claims::role::RoleSet;
use shared_claims::scope::ScopeSet;

use super::access::{AccessTokens, IssuedToken, OPERATOR_CLIENT, unnameable};
use crate::domain::authorization::Authorization;
use crate::domain::client::{Client, DEFAULT_LIFETIME};
use crate::domain::oauth_error::OAuthError;

impl AccessTokens {
    /// For `client` on behalf of a person who allowed it. `origin_jti` is the authorization that it comes of, so that what
    /// revokes that one revokes this one.
    ///
    /// # Errors
    /// If signing fails.
    pub fn for_person(
        &self,
        authorization: &Authorization,
        client: &Client,
        roles: RoleSet,
        audience: Audience,
        scope: ScopeSet,
    ) -> Result<IssuedToken, OAuthError> {
        let subject = Subject::new(&authorization.user_id).map_err(unnameable)?;
        let registered = self.registered(subject, audience, client.access_token_lifetime)?;
        let public = AccessPublic {
            client_id: client.client_id.clone(),
            scope,
            roles,
            auth_time: Some(authorization.signed_in_at()),
            act: None,
        };
        let origin = TokenId::new(&authorization.authorization_id).map_err(unnameable)?;
        self.sign(AccessToken::new(registered, public, AccessPrivate { origin_jti: Some(origin) }))
    }

    /// In exchange for `subject_token`: the same subject with `roles`, `client` acting for it, and no longer (RFC 8693).
    ///
    /// # Errors
    /// If signing fails.
    pub fn exchanged(
        &self,
        subject_token: &AccessToken,
        roles: RoleSet,
        client: &ClientId,
        audience: Audience,
        scope: ScopeSet,
    ) -> Result<IssuedToken, OAuthError> {
        let before = actor_before(subject_token)?.map(Box::new);
        let registered = self
            .registered(subject_token.subject().clone(), audience, DEFAULT_LIFETIME)?
            .no_later_than(subject_token.registered.expires_at);
        let public = AccessPublic {
            client_id: client.clone(),
            scope,
            roles,
            auth_time: subject_token.public.auth_time,
            act: Some(Actor { sub: Subject::new(client.as_str()).map_err(unnameable)?, act: before }),
        };
        let origin = subject_token.private.origin_jti.as_ref().unwrap_or(&subject_token.registered.token_id);
        let private = AccessPrivate { origin_jti: Some(origin.clone()) };
        let issued = self.sign(AccessToken::new(registered, public, private))?;
        Ok(IssuedToken { issued_token_type: Some(shared_claims::exchange::ACCESS_TOKEN_TYPE), ..issued })
    }
}

/// Who acted for the subject until now: the actor of the token, or the partner that a person or an account of its own acts
/// through.
fn actor_before(token: &AccessToken) -> Result<Option<Actor>, OAuthError> {
    let (client, subject) = (token.client_id().as_str(), token.subject().as_str());
    if token.public.act.is_some() || client == subject || client == OPERATOR_CLIENT {
        return Ok(token.public.act.clone());
    }
    Ok(Some(Actor { sub: Subject::new(client).map_err(unnameable)?, act: None }))
}
