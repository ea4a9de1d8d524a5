//! The lab of the feature `legacy-flows`: tokens in the redirect (RFC 6749 section 4.2.2, OpenID Connect Core sections
//! 3.2.2.5 and 3.3.2.5). Nothing here is spent, and nobody has to prove anything: whoever reads the redirect has it all.

use service_kit::{AuditEvent, Outcome};

use super::asked::Asked;
use super::code::{Issued, with_code};
use crate::domain::authorization::Authorization;
use crate::domain::form::Form;
use crate::domain::legacy_response::LegacyResponse;
use crate::domain::oauth_error::OAuthError;
use crate::domain::partner_id::concerning;
use crate::domain::user::User;
use crate::grants;
use crate::state::State;
use crate::tokens::Beside;

/// What goes into the fragment.
///
/// # Errors
/// What the client is told there.
pub(super) fn with_tokens(
    state: &State,
    asked: &Asked,
    user: &User,
    authorization: &Authorization,
    response: &LegacyResponse,
) -> Result<Issued, OAuthError> {
    let mut issued = match response.challenge() {
        Some(challenge) => with_code(state, asked, challenge)?,
        None => Issued::default(),
    };
    if response.has_token() {
        // All that was authorized, at the audience that was: there is no second request that could ask for less.
        let token = grants::access_token(state, &asked.client, authorization, user, &Form::default())?;
        let client_id = asked.client.client_id.as_str();
        let event = AuditEvent::new("token.issue", Outcome::Allowed, client_id, state.clock.micros())
            .subject(&authorization.user_id)
            .object(&token.token_id);
        issued.events.push(concerning(event, client_id));
        issued.parameters.extend([
            ("access_token", token.access_token),
            ("token_type", token.token_type.to_owned()),
            ("expires_in", token.expires_in.to_string()),
            ("scope", token.scope.to_string()),
        ]);
    }
    if response.has_id_token() {
        let sent = |wanted| issued.parameters.iter().find(|(name, _)| *name == wanted).map(|(_, value)| value.as_str());
        let beside = Beside { access_token: sent("access_token"), code: sent("code") };
        let id_token = state.id_tokens.issue(authorization, beside)?;
        issued.parameters.push(("id_token", id_token));
    }
    Ok(issued)
}
