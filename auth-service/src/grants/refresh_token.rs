//! The refresh token grant (RFC 6749 section 6). Each refresh token is good once and the next one comes with the answer
//! (RFC 9700 section 4.14.2); there is no grace for a second use.

use super::Granted;
use super::on_behalf::{self, Spendable};
use crate::client_auth::AuthenticatedClient;
use crate::domain::client_secret::digest_of;
use crate::domain::form::Form;
use crate::domain::oauth_error::{ErrorCode, OAuthError};
use crate::state::State;
use crate::store::authorizations::OneTime;

pub(super) async fn grant(state: &State, client: &AuthenticatedClient, form: &Form) -> Result<Granted, OAuthError> {
    let missing = ErrorCode::InvalidRequest.because("no_refresh_token", "The parameter refresh_token is missing.");
    let token = OneTime::RefreshToken(digest_of(form.get("refresh_token").ok_or(missing)?));
    let Spendable { found, client } = on_behalf::spendable(state, client, &token, "refresh_token_reused").await?;
    on_behalf::issue(state, &client, &found.authorization, token, form).await
}
