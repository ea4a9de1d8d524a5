//! The authorization request (RFC 6749 section 4.1.1, RFC 7636, RFC 8707, OpenID Connect Core section 3.1.2.1): read
//! strictly, once, and what has to happen before it can be answered.

use std::collections::BTreeSet;
use std::time::Duration;

use shared_claims::ids::Audience;
use shared_claims::scope::{Scope, ScopeSet};

use super::authorization::after;
use super::client::Client;
use super::form::Form;
use super::grant_type::GrantType;
use super::oauth_error::{ErrorCode, OAuthError};
use super::resource::Resources;
use super::response::{Response, ResponseMode};
use super::session::Session;

/// Longest `state` and `nonce`, in bytes. Both are random texts of the client.
const LONGEST_ECHO: usize = 1024;

/// A request that can be answered.
#[derive(Debug, Clone)]
pub struct AuthorizationRequest {
    /// What is asked for.
    pub scope: ScopeSet,
    /// The API that it is asked for at; `None` if it is only about who the person is.
    pub resource: Option<Audience>,
    /// What the client gets.
    pub response: Response,
    /// For the ID token.
    pub nonce: Option<String>,
    /// What the person is to be asked, or not.
    pub prompt: BTreeSet<Prompt>,
    /// How long ago the person may have signed in.
    pub max_age: Option<Duration>,
    /// Who they may be: for the sign-in form.
    pub login_hint: Option<String>,
    /// An ID token of the person who is expected.
    pub id_token_hint: Option<String>,
}

/// `prompt` (OpenID Connect Core section 3.1.2.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Prompt {
    /// Ask nothing; an error where something would have to be asked.
    None,
    /// Sign in anew.
    Login,
    /// Ask for consent, even if it was given.
    Consent,
    /// Choose who; here that is signing in anew.
    SelectAccount,
}

impl Prompt {
    /// Every value, for the metadata.
    pub const ALL: [Self; 4] = [Self::None, Self::Login, Self::Consent, Self::SelectAccount];

    /// Its name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Login => "login",
            Self::Consent => "consent",
            Self::SelectAccount => "select_account",
        }
    }
}

/// What has to happen next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// The person signs in.
    SignIn,
    /// The person is asked.
    Consent,
    /// The client gets its code.
    Issue,
}

/// What is known when the next step is chosen. Times are microseconds since the epoch.
#[derive(Debug, Clone, Copy)]
pub struct Situation<'a> {
    /// Who is signed in at this browser.
    pub session: Option<&'a Session>,
    /// Who is expected by `id_token_hint`.
    pub expected_user: Option<&'a str>,
    /// What they have allowed the client.
    pub consent: Option<&'a ScopeSet>,
    /// The client is of the house.
    pub is_first_party: bool,
    /// The client proves nothing of who it is, so the person has to see each request (RFC 8252 section 8.6): another
    /// program on their machine may have made it in the client's name.
    pub is_public: bool,
    /// When the request first came.
    pub asked_at: i64,
    /// Now.
    pub now: i64,
}

impl AuthorizationRequest {
    /// Reads the parameters of `client`'s request; `client_id`, `redirect_uri` and `state` are known to be good.
    ///
    /// # Errors
    /// The error that the client is told in the redirect.
    pub fn read(form: &Form, client: &Client, resources: &Resources) -> Result<Self, OAuthError> {
        unsupported(form)?;
        let response = Response::read(form, client)?;
        let scope = scope(form, client)?;
        let resource = resource(form, client, resources, &scope)?;
        let nonce = form.get("nonce").map(str::to_owned);
        if nonce.as_ref().is_some_and(|nonce| nonce.len() > LONGEST_ECHO) {
            return invalid("long_nonce", "The nonce is too long.");
        }
        #[cfg(feature = "legacy-flows")]
        let scope = match &response {
            Response::Code(_) => scope,
            Response::Legacy(response) => response.accept(&scope, nonce.as_deref())?,
        };
        Ok(Self {
            scope,
            resource,
            response,
            nonce,
            prompt: prompt(form)?,
            max_age: max_age(form)?,
            login_hint: form.get("login_hint").map(str::to_owned),
            id_token_hint: form.get("id_token_hint").map(str::to_owned),
        })
    }

    /// Whether nothing may be asked.
    #[must_use]
    pub fn is_silent(&self) -> bool {
        self.prompt.contains(&Prompt::None)
    }

    /// Of the scope, what is asked for at the API.
    #[must_use]
    pub fn api_scope(&self) -> ScopeSet {
        api_part(&self.scope)
    }

    /// Chooses the next step. What the request demands anew counts as done if it was done after the request came.
    #[must_use]
    pub fn next_step(&self, situation: Situation<'_>) -> Step {
        let Situation { session, expected_user, consent, is_first_party, is_public, asked_at, now } = situation;
        let Some(session) = session else { return Step::SignIn };
        let anew = [Prompt::Login, Prompt::SelectAccount].iter().any(|prompt| self.prompt.contains(prompt));
        let too_old = self.max_age.is_some_and(|age| now > after(session.authenticated_at, age));
        let another = expected_user.is_some_and(|user_id| user_id != session.user_id);
        if another || ((anew || too_old) && session.authenticated_at < asked_at) {
            return Step::SignIn;
        }
        let ask_anew = is_public || self.prompt.contains(&Prompt::Consent);
        let consented = !ask_anew && consent.is_some_and(|allowed| self.scope.is_subset(allowed));
        if consented || (is_first_party && !is_public) { Step::Issue } else { Step::Consent }
    }
}

/// `state`, if it can be sent back.
///
/// # Errors
/// `invalid_request` if it is too long.
pub fn state(form: &Form) -> Result<Option<&str>, OAuthError> {
    match form.get("state") {
        Some(state) if state.len() > LONGEST_ECHO => invalid("long_state", "The state is too long."),
        state => Ok(state),
    }
}

/// What of a scope is about an API, and not about who the person is or how long.
#[must_use]
pub fn api_part(scope: &ScopeSet) -> ScopeSet {
    scope.iter().filter(|scope| *scope != Scope::OfflineAccess && !Scope::IDENTITY.contains(scope)).collect()
}

fn invalid<T>(reason: &'static str, description: &'static str) -> Result<T, OAuthError> {
    Err(ErrorCode::InvalidRequest.because(reason, description))
}

/// What other servers know and this one does not is refused by its name (OpenID Connect Core section 3.1.2.6), not passed
/// over: a client that relies on it must hear of it.
fn unsupported(form: &Form) -> Result<(), OAuthError> {
    if form.get("request").is_some() {
        return Err(ErrorCode::RequestNotSupported.because("request_object", "Push the request instead (RFC 9126)."));
    }
    if form.get("registration").is_some() {
        return Err(ErrorCode::RegistrationNotSupported.because("registration", "Clients register beforehand."));
    }
    if form.get("response_mode").is_some_and(|mode| mode != ResponseMode::of(form.get("response_type")).as_str()) {
        return invalid("response_mode", "This response_type has no such response_mode.");
    }
    Ok(())
}

fn scope(form: &Form, client: &Client) -> Result<ScopeSet, OAuthError> {
    let refuse = |reason, description| Err(ErrorCode::InvalidScope.because(reason, description));
    let Some(text) = form.get("scope") else {
        return refuse("no_scope", "The parameter scope is missing.");
    };
    let Ok(scope) = text.parse::<ScopeSet>() else {
        return refuse("unknown_scope", "The scope is unknown, or not separated by single spaces.");
    };
    if !scope.is_subset(&client.scope) {
        return refuse("scope_beyond_client", "The client may not have this scope.");
    }
    if scope.contains(Scope::OfflineAccess) && !client.may(GrantType::RefreshToken) {
        return refuse("offline_without_refresh", "The client may not have refresh tokens.");
    }
    let about_person = [Scope::Profile, Scope::Email].into_iter().any(|claim| scope.contains(claim));
    if about_person && !scope.contains(Scope::OpenId) {
        return refuse("claims_without_openid", "The scopes profile and email go with openid.");
    }
    if api_part(&scope).is_empty() && !scope.contains(Scope::OpenId) {
        return refuse("nothing_asked", "The scope asks for nothing.");
    }
    Ok(scope)
}

/// The API: what `resource` says (RFC 8707), else the client's only one. A request that is only about who the person is
/// has none; there `resource` may only be this server.
fn resource(
    form: &Form,
    client: &Client,
    resources: &Resources,
    scope: &ScopeSet,
) -> Result<Option<Audience>, OAuthError> {
    let refuse = |reason| Err(ErrorCode::InvalidTarget.because(reason, "Name one resource that this client may use."));
    let (asked, api) = (form.get("resource"), api_part(scope));
    if api.is_empty() {
        return match asked {
            Some(asked) if resources.auth != *asked => refuse("resource_without_scope"),
            _ => Ok(None),
        };
    }
    let known = match asked {
        Some(asked) => client.resources.iter().find(|known| **known == *asked),
        None if client.resources.len() == 1 => client.resources.first(),
        None => None,
    };
    let Some((audience, name)) = known.and_then(|known| Some((known, resources.named(known.as_str())?))) else {
        return refuse("resource_not_of_client");
    };
    if api.is_subset(&name.scopes()) {
        Ok(Some(audience.clone()))
    } else {
        Err(ErrorCode::InvalidScope.because("scope_of_another_resource", "The scope means nothing at this resource."))
    }
}

fn prompt(form: &Form) -> Result<BTreeSet<Prompt>, OAuthError> {
    let Some(text) = form.get("prompt") else { return Ok(BTreeSet::new()) };
    let known = |name| Prompt::ALL.into_iter().find(|prompt| prompt.as_str() == name);
    let prompts = text.split(' ').map(known).collect::<Option<BTreeSet<_>>>();
    match prompts {
        Some(prompts) if prompts.len() == 1 || !prompts.contains(&Prompt::None) => Ok(prompts),
        _ => invalid("prompt", "The prompt is none alone, or some of login, consent and select_account."),
    }
}

fn max_age(form: &Form) -> Result<Option<Duration>, OAuthError> {
    let Some(text) = form.get("max_age") else { return Ok(None) };
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    match text.parse::<u32>() {
        Ok(seconds) if digits => Ok(Some(Duration::from_secs(seconds.into()))),
        _ => invalid("max_age", "The max_age is no number of seconds."),
    }
}
