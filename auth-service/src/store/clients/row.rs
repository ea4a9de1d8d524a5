//! A client as a row: names as text, lists as JSON arrays.

use std::collections::BTreeSet;
use std::time::Duration;

use diesel::prelude::*;
use serde::Serialize;
use shared_claims::ids::{Audience, ClientId};
use shared_claims::scope::ScopeSet;

use super::RegistrationKey;
use crate::domain::client::{AuthMethod, Client, ClientStatus};
use crate::domain::grant_type::GrantType;
use crate::domain::redirect_uri::RedirectUri;
use crate::store::CorruptRow;
use crate::store::schema::clients;
use crate::store::secrets::SecretRow;

#[derive(Queryable, Selectable, Insertable, Clone)]
#[diesel(table_name = clients)]
pub(super) struct ClientRow {
    pub(super) client_id: String,
    client_name: String,
    status: String,
    scope: String,
    resources: String,
    access_token_lifetime: i64,
    token_endpoint_auth_method: String,
    jwks: Option<String>,
    registration_key: Option<String>,
    pub(super) registration_fingerprint: Option<String>,
    created_at: i64,
    grant_types: String,
    redirect_uris: String,
    post_logout_redirect_uris: String,
}

pub(super) fn row_of(client: &Client, key: Option<RegistrationKey>) -> ClientRow {
    let (registration_key, registration_fingerprint) = key.map(|key| (key.key, key.fingerprint)).unzip();
    ClientRow {
        client_id: client.client_id.to_string(),
        client_name: client.client_name.clone(),
        status: status_text(client.status).to_owned(),
        scope: client.scope.to_string(),
        resources: client.resources.iter().map(Audience::as_str).collect::<Vec<_>>().join(" "),
        access_token_lifetime: i64::try_from(client.access_token_lifetime.as_secs()).unwrap_or(i64::MAX),
        token_endpoint_auth_method: method_text(client.auth_method).to_owned(),
        jwks: client.jwks.clone(),
        registration_key,
        registration_fingerprint,
        created_at: client.created_at,
        grant_types: list_text(&client.grant_types),
        redirect_uris: list_text(&client.redirect_uris),
        post_logout_redirect_uris: list_text(&client.post_logout_redirect_uris),
    }
}

pub(super) fn client_of(row: ClientRow, secrets: Vec<SecretRow>) -> Result<Client, CorruptRow> {
    let corrupt = || CorruptRow("clients");
    let resources = row.resources.split(' ').map(Audience::new).collect::<Result<_, _>>().map_err(|_| corrupt())?;
    let lifetime = u64::try_from(row.access_token_lifetime).map_err(|_| corrupt())?;
    Ok(Client {
        client_id: ClientId::new(row.client_id).map_err(|_| corrupt())?,
        client_name: row.client_name,
        status: status_of(&row.status).ok_or_else(corrupt)?,
        scope: row.scope.parse::<ScopeSet>().map_err(|_| corrupt())?,
        resources,
        access_token_lifetime: Duration::from_secs(lifetime),
        auth_method: method_of(&row.token_endpoint_auth_method).ok_or_else(corrupt)?,
        grant_types: grants_of(&row.grant_types).ok_or_else(corrupt)?,
        redirect_uris: uris_of(&row.redirect_uris).ok_or_else(corrupt)?,
        post_logout_redirect_uris: uris_of(&row.post_logout_redirect_uris).ok_or_else(corrupt)?,
        first_party: false,
        jwks: row.jwks,
        created_at: row.created_at,
        secrets: secrets.into_iter().map(Into::into).collect(),
    })
}

/// The status as it is kept.
#[must_use]
pub fn status_text(status: ClientStatus) -> &'static str {
    match status {
        ClientStatus::Active => "active",
        ClientStatus::Suspended => "suspended",
    }
}

fn status_of(text: &str) -> Option<ClientStatus> {
    [ClientStatus::Active, ClientStatus::Suspended].into_iter().find(|status| status_text(*status) == text)
}

fn method_text(method: AuthMethod) -> &'static str {
    match method {
        AuthMethod::ClientSecretBasic => "client_secret_basic",
        AuthMethod::ClientSecretPost => "client_secret_post",
        AuthMethod::PrivateKeyJwt => "private_key_jwt",
        AuthMethod::None => "none",
    }
}

pub(in crate::store) fn method_of(text: &str) -> Option<AuthMethod> {
    AuthMethod::ALL.into_iter().find(|method| method_text(*method) == text)
}

/// A list of texts as it is kept. Texts can always be written as JSON.
pub fn list_text(list: &impl Serialize) -> String {
    serde_json::to_string(list).unwrap_or_default()
}

/// The grant of the lab, which a build with the feature `legacy-flows` may have written, grants nothing without it.
fn grants_of(text: &str) -> Option<BTreeSet<GrantType>> {
    let names: Vec<String> = serde_json::from_str(text).ok()?;
    let is_here = |name: &&String| cfg!(feature = "legacy-flows") || *name != "implicit";
    names.iter().filter(is_here).map(|name| GrantType::parse(name)).collect()
}

fn uris_of(text: &str) -> Option<Vec<RedirectUri>> {
    serde_json::from_str(text).ok()
}
