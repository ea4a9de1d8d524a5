//! Rows of authorizations, codes and refresh tokens.

use diesel::prelude::*;
use shared_claims::ids::{Audience, ClientId};

use crate::domain::authorization::Authorization;
use crate::store::schema::{authorization_codes, authorizations, refresh_tokens};
use crate::store::{CorruptRow, sessions};

#[derive(Queryable, Selectable, Insertable, Clone)]
#[diesel(table_name = authorizations)]
pub(super) struct AuthorizationRow {
    pub(super) authorization_id: String,
    pub(super) user_id: String,
    pub(super) client_id: String,
    pub(super) session_id: String,
    pub(super) scope: String,
    pub(super) resource: Option<String>,
    pub(super) nonce: Option<String>,
    pub(super) method: String,
    pub(super) authenticated_at: i64,
    pub(super) used_at: i64,
    pub(super) expires_at: i64,
    pub(super) revoked_at: Option<i64>,
}

#[derive(Queryable, Selectable, Insertable, Clone)]
#[diesel(table_name = authorization_codes)]
pub(super) struct CodeRow {
    pub(super) digest: Vec<u8>,
    pub(super) authorization_id: String,
    pub(super) redirect_uri: String,
    pub(super) code_challenge: String,
    pub(super) expires_at: i64,
    pub(super) spent_at: Option<i64>,
}

#[derive(Queryable, Selectable, Insertable, Clone)]
#[diesel(table_name = refresh_tokens)]
pub(super) struct RefreshTokenRow {
    pub(super) digest: Vec<u8>,
    pub(super) authorization_id: String,
    pub(super) expires_at: i64,
    pub(super) spent_at: Option<i64>,
}

pub(super) fn row_of(authorization: &Authorization, now: i64) -> AuthorizationRow {
    AuthorizationRow {
        authorization_id: authorization.authorization_id.clone(),
        user_id: authorization.user_id.clone(),
        client_id: authorization.client_id.to_string(),
        session_id: authorization.session_id.clone(),
        scope: authorization.scope.to_string(),
        resource: authorization.resource.as_ref().map(ToString::to_string),
        nonce: authorization.nonce.clone(),
        method: authorization.method.as_str().to_owned(),
        authenticated_at: authorization.authenticated_at,
        used_at: now,
        expires_at: authorization.expires_at,
        revoked_at: None,
    }
}

pub(super) fn authorization_of(row: AuthorizationRow) -> Result<Authorization, CorruptRow> {
    let corrupt = || CorruptRow("authorizations");
    Ok(Authorization {
        authorization_id: row.authorization_id,
        user_id: row.user_id,
        client_id: ClientId::new(row.client_id).map_err(|_| corrupt())?,
        session_id: row.session_id,
        scope: row.scope.parse().map_err(|_| corrupt())?,
        resource: row.resource.map(Audience::new).transpose().map_err(|_| corrupt())?,
        nonce: row.nonce,
        method: sessions::method_of(&row.method).ok_or_else(corrupt)?,
        authenticated_at: row.authenticated_at,
        expires_at: row.expires_at,
    })
}
