//! What the site asks of the authorization server, and as whom it calls the API.

use std::time::Instant;

use serde_json::Value;
use tokio::sync::OnceCell;
use url::Url;

use super::connection::Connection;
use super::trouble::Trouble;
use crate::clock::unix_now;
use crate::discovery::{DiscoveryError, ProtectedResource, metadata_url};
use crate::http::{Answer, ConnectTo, Http, HttpError, Request};
use crate::inspect::KeySet;
use crate::oauth::{
    Ask, Client, Code, Expected, Identity, Pending, Provider, TokenEndpoint, Tokens, UserInfo, provider_url,
    verify_id_token,
};
use crate::secret::Secret;

/// What a person is asked for: who they are, and their orders, also when they are not there.
const SCOPE: &str = "openid profile email offline_access orders:read orders:write accounts:read accounts:write";

/// The partner's program.
pub(super) struct Partner {
    http: Http,
    client: Client,
    orders_url: Url,
    found: OnceCell<Found>,
}

/// What it has found out.
struct Found {
    provider: Provider,
    /// The name of the API: the audience of its tokens.
    resource: String,
}

impl Partner {
    pub(super) fn new(client: Client, orders_url: Url, connect_to: &[ConnectTo]) -> Result<Self, HttpError> {
        Ok(Self { http: Http::new(connect_to)?, client, orders_url, found: OnceCell::new() })
    }

    /// With whom a person has their account.
    pub(super) fn issuer(&self) -> &str {
        &self.client.issuer
    }

    /// Where the browser is sent, and what is kept until it comes back.
    pub(super) async fn authorization(&self) -> Result<(Url, Pending), Trouble> {
        let Found { provider, resource } = self.found().await?;
        let pending = Pending::begin(&self.client)?;
        let url = pending.url(provider, &self.client, Ask { scope: SCOPE, resource, prompt: None });
        Ok((url, pending))
    }

    /// A code for a connected account: tokens, then who it is, then what they are called.
    pub(super) async fn connect(&self, pending: &Pending, code: &Code) -> Result<Connection, Trouble> {
        let Found { provider, .. } = self.found().await?;
        let endpoint = TokenEndpoint::new(provider, &self.client);
        let asked = Instant::now();
        let mut tokens = Tokens::read(&self.http.send(&endpoint.exchange(pending, code)).await?)?;
        let identity = self.identity(provider, pending, &tokens).await?;
        // The UserInfo endpoint wants a token of its own, since the first is for the API alone (RFC 8707).
        let mut info = None;
        if let Some(spent) = tokens.refresh_token.take() {
            let refresh = endpoint.refresh(&spent, None, Some(&self.client.issuer));
            let for_user_info = Tokens::read(&self.http.send(&refresh).await?)?;
            let request = Request::get(provider.userinfo_endpoint.clone());
            let answer = self.http.send(&request.bearer(for_user_info.access_token.expose())).await?;
            info = Some(UserInfo::read(&answer, &identity)?);
            tokens.refresh_token = for_user_info.refresh_token;
        }
        Ok(Connection::new(identity, info, tokens, asked))
    }

    async fn identity(&self, provider: &Provider, pending: &Pending, tokens: &Tokens) -> Result<Identity, Trouble> {
        // Fetched each time: a person signs in seldom, and a key that was withdrawn is then not believed.
        let keys = KeySet::read(self.json(provider.jwks_uri.clone()).await?)?;
        let id_token = tokens.id_token.as_ref().map(Secret::expose).unwrap_or_default();
        let expected = Expected {
            issuer: &self.client.issuer,
            client_id: &self.client.client_id,
            nonce: pending.nonce.expose(),
            access_token: tokens.access_token.expose(),
        };
        Ok(verify_id_token(id_token, &keys, expected, unix_now())?)
    }

    /// Calls the API for the person, with new tokens if the old are over.
    pub(super) async fn call(
        &self,
        connection: &mut Connection,
        path: &str,
        request: impl Fn(Url) -> Request,
    ) -> Result<Answer, Trouble> {
        let mut url = self.orders_url.clone();
        url.set_path(&format!("{}{path}", url.path().trim_end_matches('/')));
        let first = self.token(connection).await?;
        let answer = self.http.send(&request(url.clone()).bearer(&first)).await?;
        if answer.status.as_u16() != 401 {
            return Ok(answer);
        }
        // It may have been withdrawn before its time. Once: who is refused with a new token is refused.
        connection.expire();
        let second = self.token(connection).await?;
        Ok(self.http.send(&request(url).bearer(&second)).await?)
    }

    async fn token(&self, connection: &mut Connection) -> Result<String, Trouble> {
        match connection.access_token() {
            Some(token) => Ok(token.expose().to_owned()),
            None => self.refresh(connection).await,
        }
    }

    /// Whatever comes of it, the refresh token was sent and may be spent: sent again it would look stolen.
    async fn refresh(&self, connection: &mut Connection) -> Result<String, Trouble> {
        let Found { provider, resource } = self.found().await?;
        let spent = connection.spend_refresh_token().ok_or(Trouble::NotConnected)?;
        let asked = Instant::now();
        let request = TokenEndpoint::new(provider, &self.client).refresh(&spent, None, Some(resource));
        let tokens = Tokens::read(&self.http.send(&request).await?).map_err(Trouble::Over)?;
        let token = tokens.access_token.expose().to_owned();
        connection.renew(tokens, asked);
        Ok(token)
    }

    async fn found(&self) -> Result<&Found, Trouble> {
        self.found.get_or_try_init(|| self.discover()).await
    }

    /// The API must accept the issuer that is configured; neither of the two chooses the other.
    async fn discover(&self) -> Result<Found, Trouble> {
        let mut called = self.orders_url.clone();
        called.set_path(&format!("{}/orders", called.path().trim_end_matches('/')));
        let refused = self.http.send(&Request::get(called.clone())).await?;
        let challenge = refused.bearer_challenge().ok_or(DiscoveryError::NoMetadataUrl)?;
        let metadata = challenge.get("resource_metadata").ok_or(DiscoveryError::NoMetadataUrl)?;
        let resource = ProtectedResource::read(self.json(metadata_url(metadata, &called)?).await?, &called)?;
        resource.accepts(&self.client.issuer)?;
        let metadata = self.json(provider_url(&self.client.issuer)?).await?;
        let provider = Provider::read(metadata, &self.client.issuer)?;
        Ok(Found { provider, resource: resource.resource })
    }

    async fn json(&self, url: Url) -> Result<Value, Trouble> {
        let answer = self.http.send(&Request::get(url)).await?;
        match answer.status.as_u16() {
            200 => Ok(answer.json()?),
            status => Err(Trouble::Unexpected(answer.url.to_string(), status)),
        }
    }
}
