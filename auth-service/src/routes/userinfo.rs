//! `GET` and `POST /oauth/userinfo` (OpenID Connect Core section 5.3): who the person is, for a token that is for this
//! server and has the scope `openid`.

use actix_web::HttpResponse;
use actix_web::http::header::{CACHE_CONTROL, WWW_AUTHENTICATE};
use serde::Serialize;
use service_kit::Problem;
use shared_claims::extract::Caller;
use shared_claims::permission::auth::ReadIdentity;
use shared_claims::scope::Scope;

use super::Shared;
use crate::domain::user::UserStatus;
use crate::store::{authorizations, users};

/// The claims (section 5.1) that the scope asks for (section 5.4).
#[derive(Serialize)]
struct UserInfo {
    sub: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<String>,
    /// Whether somebody has shown that the address is theirs, by opening a link that was sent there.
    #[serde(skip_serializing_if = "Option::is_none")]
    email_verified: Option<bool>,
}

pub async fn show(caller: Caller<ReadIdentity>, state: Shared) -> Result<HttpResponse, Problem> {
    let token = caller.token();
    let now = state.clock.micros();
    let live = match &token.private.origin_jti {
        Some(origin) => authorizations::is_live(&state.database, origin.as_str(), now).await?,
        None => false,
    };
    let client = state.clients.find(token.client_id().as_str()).await?;
    let live = live && client.is_some_and(|client| client.is_active());
    let user = users::find(&state.database, caller.subject().as_str()).await?;
    let user = user.filter(|user| live && user.status == UserStatus::Active).ok_or_else(over)?;
    let (profile, email) = (token.public.scope.contains(Scope::Profile), token.public.scope.contains(Scope::Email));
    let info = UserInfo {
        sub: user.user_id,
        name: profile.then_some(user.name),
        email: email.then(|| user.email.into()),
        email_verified: email.then_some(user.email_verified_at.is_some()),
    };
    Ok(HttpResponse::Ok().insert_header((CACHE_CONTROL, "no-store")).json(info))
}

/// The token has not expired, but what it came of is over, or the client or the person may not go on: here that is known at
/// once.
fn over() -> Problem {
    Problem::unauthorized("What this token came of was withdrawn, or is over.")
        .with_header(WWW_AUTHENTICATE, "Bearer realm=\"auth-service\", error=\"invalid_token\"")
}
