//! Step 3, and what comes of it: a client with an access token.

use std::time::Instant;

use reqwest::Method;
use serde_json::{Value, json};
use url::Url;

use super::discover::{below, resource, server};
use super::fault::Fault;
use super::stage::Stage;
use crate::discovery::ProtectedResource;
use crate::http::{Answer, Request};
use crate::inspect::Decoded;
use crate::tokens::{Registration, TokenAnswer, TokenClient};

const TITLE: &str = "the client finds out where tokens come from, and gets one";

/// How long an access token lives unless the operator said otherwise, in seconds.
const DEFAULT_LIFETIME: u64 = 300;

/// What the client has found out about the API.
#[derive(Clone)]
pub(super) struct Api {
    pub(super) base: Url,
    pub(super) resource: ProtectedResource,
    pub(super) server: crate::discovery::AuthorizationServer,
}

/// A client and its current token.
pub(super) struct Session {
    pub(super) api: Api,
    pub(super) tokens: TokenClient,
    pub(super) access_token: String,
    /// Seconds.
    pub(super) expires_in: u64,
    pub(super) received: Instant,
    /// How many calls were made with a token.
    pub(super) calls: u32,
    /// How many of the token requests were announced as repetitions.
    pub(super) repetitions: u32,
    variable: &'static str,
}

impl Session {
    /// Step 3. A client that the operator has registered for this walk has a token of the default lifetime.
    pub(super) async fn begin(
        stage: &mut Stage<'_>,
        issuer: &str,
        orders_url: &Url,
        registration: Registration,
        registered_now: bool,
    ) -> Result<Self, Fault> {
        stage.begin(3, TITLE)?;
        let called = below(orders_url, "/orders");
        let resource = resource(stage, &called).await?;
        let server = server(stage, &resource, issuer).await?;
        let api = Api { base: orders_url.clone(), resource, server };

        let session = Self::authenticate(stage, api, registration, None, "ACCESS_TOKEN").await?;
        if registered_now {
            let found = session.expires_in;
            let holds = found == DEFAULT_LIFETIME;
            stage.check(&format!("it lives {DEFAULT_LIFETIME} s"), holds, || format!("{found} s"))?;
        }
        stage.note("To the client the token is opaque (RFC 9068 section 6); it is decoded here for you.")?;
        let token = stage.show_token("the client's access token", &session.access_token)?;
        session.check_token(stage, &token)?;
        stage.pass()?;
        Ok(session)
    }

    /// Gets a first token.
    pub(super) async fn authenticate(
        stage: &mut Stage<'_>,
        api: Api,
        registration: Registration,
        scope: Option<&str>,
        variable: &'static str,
    ) -> Result<Self, Fault> {
        let mut tokens = TokenClient::new(registration, &api.server, &api.resource.resource);
        let (answer, received) = ask(stage, &mut tokens, scope, variable).await?;
        Ok(Self {
            api,
            tokens,
            access_token: answer.access_token,
            expires_in: answer.expires_in,
            received,
            calls: 0,
            repetitions: 0,
            variable,
        })
    }

    /// Gets another token in place of the present one.
    pub(super) async fn authenticate_again(&mut self, stage: &mut Stage<'_>, scope: Option<&str>) -> Result<(), Fault> {
        let (answer, received) = ask(stage, &mut self.tokens, scope, self.variable).await?;
        self.access_token = answer.access_token;
        self.expires_in = answer.expires_in;
        self.received = received;
        Ok(())
    }

    /// A call with the token, without contacting the authorization server.
    pub(super) fn request(&self, method: Method, path: &str) -> Request {
        Request::new(method, below(&self.api.base, path)).bearer(&self.access_token)
    }

    /// Sends such a call and counts it.
    pub(super) async fn call(&mut self, stage: &mut Stage<'_>, request: Request) -> Result<Answer, Fault> {
        self.calls = self.calls.saturating_add(1);
        stage.send(request).await
    }

    fn check_token(&self, stage: &mut Stage<'_>, token: &Decoded) -> Result<(), Fault> {
        let typ = token.parameter("typ").unwrap_or_default().to_owned();
        stage.check("its typ is at+jwt (RFC 9068 section 2.1)", typ == "at+jwt", || typ.clone())?;
        let mut demand = |what: &str, claim: &str, value: &str| {
            let found = token.claims.get(claim).cloned().unwrap_or_default();
            stage.check(what, found == json!(value), || format!("{claim} = {found}"))
        };
        demand("it is for orders-service alone (RFC 8707)", "aud", &self.api.resource.resource)?;
        demand("its issuer is the one that the client is registered with", "iss", &self.api.server.issuer)?;
        demand("its client_id is the client's", "client_id", &self.tokens.registration.client_id)
    }
}

async fn ask(
    stage: &mut Stage<'_>,
    tokens: &mut TokenClient,
    scope: Option<&str>,
    variable: &'static str,
) -> Result<(TokenAnswer, Instant), Fault> {
    let request = tokens.ask(scope).capture(variable, "access_token");
    let answer = stage.send(request).await?;
    let received = Instant::now();
    stage.expect_status(&answer, 200, &format!("{} gets a token", tokens.registration.name))?;
    let cache = answer.header("cache-control").unwrap_or("nothing").to_owned();
    stage.check("the answer may not be stored (RFC 6749 section 5.1)", cache.contains("no-store"), || cache.clone())?;
    let answer: TokenAnswer = read(answer.json()?)?;
    let token_type = answer.token_type.clone();
    stage.check("token_type is Bearer", token_type.eq_ignore_ascii_case("Bearer"), || token_type.clone())?;
    let without = answer.refresh_token.is_none();
    stage.check("there is no refresh token (RFC 6749 section 4.4.3)", without, || "one".to_owned())?;
    Ok((answer, received))
}

fn read(body: Value) -> Result<TokenAnswer, Fault> {
    serde_json::from_value(body).map_err(|error| Fault::Differs(format!("the token answer cannot be read: {error}")))
}
