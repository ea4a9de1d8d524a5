//! What a client asks for, from its parameters or from those that it pushed.

use std::sync::Arc;

use super::answer::{Stop, WayBack};
use crate::browser::Sealed;
use crate::domain::authorization_request::{self, AuthorizationRequest};
use crate::domain::client::Client;
use crate::domain::client_secret::digest_of;
use crate::domain::form::Form;
use crate::domain::oauth_error::{ErrorCode, OAuthError};
use crate::domain::response::ResponseMode;
use crate::state::State;
use crate::store::pushed_requests;

/// How a pushed request is named (RFC 9126 section 2.2).
pub const REQUEST_URI: &str = "urn:ietf:params:oauth:request_uri:";

/// Longest request, in bytes: it goes through the pages in a URL.
pub const LONGEST: usize = 4096;

/// An authorization request of a known client, with a way back.
pub struct Asked {
    /// Who asks.
    pub client: Arc<Client>,
    /// For what.
    pub request: AuthorizationRequest,
    /// Where the answer goes.
    pub way_back: WayBack,
    /// Digest of the pushed request that this is.
    pub pushed: Option<Vec<u8>>,
    /// When it came, in microseconds since the epoch.
    pub asked_at: i64,
    /// As it came.
    parameters: String,
}

impl Asked {
    /// Reads a request that came at `asked_at`.
    ///
    /// # Errors
    /// [`Stop`]: a page until it is known that the redirect URI is the client's, and the error of the standard from then on.
    pub async fn read(state: &State, parameters: &[u8], asked_at: i64) -> Result<Self, Stop> {
        let parameters = std::str::from_utf8(parameters).ok().filter(|text| text.len() <= LONGEST);
        let parameters = parameters.ok_or_else(Stop::unreadable)?;
        let read = |text: &str| Form::parse_with_repeated(text.as_bytes()).map_err(|_| Stop::unreadable());
        let (outer, outer_repeated) = read(parameters)?;
        let client = client(state, &outer, &outer_repeated).await?;
        let (pushed, form, repeated) = match outer.get("request_uri") {
            None => (None, outer, outer_repeated),
            Some(_) if outer_repeated.iter().any(|name| name == "request_uri") => return Err(Stop::unreadable()),
            // An address is never asked: that would be a request forged at the server.
            Some(request_uri) if !request_uri.starts_with(REQUEST_URI) => {
                let description = "Only pushed requests are read by request_uri (RFC 9126).";
                let error = ErrorCode::RequestUriNotSupported.because("request_uri", description);
                return Err(Stop::Back(way_back(&client, &outer, &outer_repeated)?, error));
            }
            Some(request_uri) => {
                let (digest, inner) = pushed(state, &client, request_uri, asked_at).await?;
                let (form, repeated) = read(&inner)?;
                (Some(digest), form, repeated)
            }
        };
        let way_back = way_back(&client, &form, &repeated)?;
        let back = |error| Stop::Back(way_back.clone(), error);
        if !repeated.is_empty() {
            let description = "A parameter stands more than once.";
            return Err(back(ErrorCode::InvalidRequest.because("repeated_parameter", description)));
        }
        if !client.is_active() {
            let description = "This client is suspended.";
            return Err(back(ErrorCode::UnauthorizedClient.because("suspended_client", description)));
        }
        authorization_request::state(&form).map_err(back)?;
        let request = AuthorizationRequest::read(&form, &client, &state.resources).map_err(back)?;
        Ok(Self { client, request, way_back, pushed, asked_at, parameters: parameters.to_owned() })
    }

    /// Reads a request that went through a page.
    ///
    /// # Errors
    /// As [`Self::read`]; a page too if the text is not one that we made, or is too old.
    pub async fn unseal(state: &State, sealed: &str) -> Result<Self, Stop> {
        let opened = Sealed::open(&state.browsers.keys, sealed, state.clock.micros());
        let Sealed { query, asked_at } =
            opened.ok_or_else(|| Stop::page("This page has been open for too long", "sealed_request"))?;
        Self::read(state, query.as_bytes(), asked_at).await
    }

    /// As a text that goes through pages and comes back unchanged.
    pub fn seal(&self, state: &State) -> String {
        let sealed = Sealed { query: self.parameters.clone(), asked_at: self.asked_at };
        sealed.seal(&state.browsers.keys)
    }
}

async fn client(state: &State, form: &Form, repeated: &[String]) -> Result<Arc<Client>, Stop> {
    let unknown = || Stop::page("We do not know the program that sent you here", "unknown_client");
    if repeated.iter().any(|name| name == "client_id") {
        return Err(unknown());
    }
    let client_id = form.get("client_id").ok_or_else(unknown)?;
    state.clients.find(client_id).await.map_err(Stop::fault)?.ok_or_else(unknown)
}

/// The redirect URI is demanded in every request and compared as text with those that are registered (RFC 9700 section
/// 4.1.3). Until it is known to be the client's, nobody is redirected anywhere.
fn way_back(client: &Client, form: &Form, repeated: &[String]) -> Result<WayBack, Stop> {
    let unknown = || Stop::page("We do not know where to send you back to", "redirect_uri");
    if repeated.iter().any(|name| name == "redirect_uri") {
        return Err(unknown());
    }
    let asked = form.get("redirect_uri").ok_or_else(unknown)?;
    let redirect_uri = client.redirect_uri(asked).ok_or_else(unknown)?;
    let echo =
        authorization_request::state(form).ok().flatten().filter(|_| !repeated.iter().any(|name| name == "state"));
    let mode = ResponseMode::of(form.get("response_type"));
    Ok(WayBack { redirect_uri, state: echo.map(str::to_owned), mode })
}

/// The parameters that the client pushed. They were good when the request first came, which is enough: a person may take
/// longer to sign in than a pushed request lives.
async fn pushed(state: &State, client: &Client, request_uri: &str, asked_at: i64) -> Result<(Vec<u8>, String), Stop> {
    let gone = || Stop::page("This request is no longer good", "request_uri");
    let digest = digest_of(request_uri.strip_prefix(REQUEST_URI).ok_or_else(gone)?);
    let client_id = client.client_id.as_str();
    let found = pushed_requests::find(&state.database, digest.clone(), client_id, asked_at).await;
    let parameters = found.map_err(Stop::fault)?.ok_or_else(gone)?;
    Ok((digest, parameters))
}

/// Parses and checks pushed parameters as the authorization endpoint would (RFC 9126 section 2.1).
///
/// # Errors
/// The error that the client is told.
pub fn check(state: &State, client: &Client, form: &Form) -> Result<(), OAuthError> {
    let known = form.get("redirect_uri").is_some_and(|asked| client.redirect_uri(asked).is_some());
    if !known {
        let description = "The redirect_uri is not one of those that the client has registered.";
        return Err(ErrorCode::InvalidRequest.because("redirect_uri", description));
    }
    authorization_request::state(form)?;
    AuthorizationRequest::read(form, client, &state.resources).map(drop)
}
