//! The authorization code grant (RFC 6749 section 4.1.3) with PKCE (RFC 7636).

use super::Granted;
use super::on_behalf::{self, Spendable};
use crate::client_auth::AuthenticatedClient;
use crate::domain::client_secret::digest_of;
use crate::domain::form::Form;
use crate::domain::oauth_error::{ErrorCode, OAuthError};
use crate::state::State;
use crate::store::authorizations::OneTime;

pub(super) async fn grant(state: &State, client: &AuthenticatedClient, form: &Form) -> Result<Granted, OAuthError> {
    let missing = |reason, description| ErrorCode::InvalidRequest.because(reason, description);
    let code = form.get("code").ok_or(missing("no_code", "The parameter code is missing."))?;
    let redirect_uri =
        form.get("redirect_uri").ok_or(missing("no_redirect_uri", "The parameter redirect_uri is missing."))?;
    let verifier =
        form.get("code_verifier").ok_or(missing("no_code_verifier", "The parameter code_verifier is missing."))?;
    let code = OneTime::Code(digest_of(code));
    let Spendable { found, client } = on_behalf::spendable(state, client, &code, "code_reused").await?;
    // Neither of these spends it: whoever does not know them cannot take it from whoever does.
    let (sent_to, challenge) = found.code.as_ref().ok_or(OAuthError::invalid_grant("no_code"))?;
    if sent_to != redirect_uri {
        return Err(OAuthError::invalid_grant("redirect_uri_mismatch"));
    }
    if !challenge.is_met_by(verifier) {
        return Err(OAuthError::invalid_grant("code_verifier_mismatch"));
    }
    on_behalf::issue(state, &client, &found.authorization, code, form).await
}
