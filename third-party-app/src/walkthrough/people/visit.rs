//! Step 14: the partner sends the browser away, and the person signs in where they have their account.

use url::Url;

use super::super::discover::provider;
use super::super::fault::Fault;
use super::super::session::Api;
use super::super::stage::Stage;
use super::browser::Browser;
use super::customer::{Customer, REDIRECT_URI};
use crate::html::{Form, Page};
use crate::http::Request;
use crate::oauth::{Ask, Client, Code, Pending, Provider, TokenEndpoint};
use crate::report::mask_url;
use crate::tokens::Registration;

pub(super) const TITLE: &str = "the partner sends the browser to the authorization server, and the person signs in";

/// What the partner asks a person for.
const SCOPE: &str = "openid profile email offline_access orders:read orders:write accounts:read accounts:write";

/// A person's browser and the partner whose site they visit.
pub(super) struct Visit {
    pub(super) browser: Browser,
    pub(super) provider: Provider,
    pub(super) client: Client,
    pub(super) endpoint: TokenEndpoint,
    pub(super) registration: Registration,
    pub(super) api: Api,
    pub(super) user_id: Option<String>,
    pub(super) email: String,
}

pub(super) async fn step(
    stage: &mut Stage<'_>,
    api: &Api,
    customer: &Customer,
    registration: Registration,
) -> Result<(Visit, Pending, Page), Fault> {
    stage.begin(14, TITLE)?;
    let mut visit = Visit::begin(stage, api, customer, registration).await?;
    let pending = visit.pend(stage)?;
    let mut request = visit.authorization(&pending, None);
    request.before.splice(0..0, ["COOKIES=$(mktemp)".to_owned()]);
    let to = visit.browser.redirected(stage, request, "nobody is signed in in this browser").await?;
    let home = visit.provider.authorization_endpoint.origin();
    stage.check(
        "the sign-in page is the authorization server's: the partner never sees the password",
        to.origin() == home,
        || mask_url(to.as_str()),
    )?;

    let request = visit.browser.go_on(to);
    let page = visit.browser.page(stage, request, 200, "the sign-in page").await?;
    let unlabelled = sign_in_form(&page)?.unlabelled();
    stage.check("every field to fill in has a label", unlabelled.is_empty(), || unlabelled.join(", "))?;
    let page = wrong_password(stage, &mut visit, customer, &page).await?;
    let page = right_password(stage, &mut visit, customer, &page).await?;
    stage.pass()?;
    Ok((visit, pending, page))
}

async fn wrong_password(
    stage: &mut Stage<'_>,
    visit: &mut Visit,
    customer: &Customer,
    page: &Page,
) -> Result<Page, Fault> {
    let filled = [("email", customer.email.as_str()), ("password", "wrong, and long enough")];
    stage
        .note("The page asks for no referrer to be sent, so a browser names no origin either (the Fetch standard).")?;
    let request = visit.browser.submit(page, sign_in_form(page)?, &filled).capture_field("REQUEST", "request");
    let page = visit.browser.page(stage, request, 401, "a wrong password: the page again").await?;
    sign_in_form(&page)?;
    Ok(page)
}

/// Gives the consent page.
async fn right_password(
    stage: &mut Stage<'_>,
    visit: &mut Visit,
    customer: &Customer,
    page: &Page,
) -> Result<Page, Fault> {
    let before = visit.browser.cookies_for(&page.url);
    let filled = [("email", customer.email.as_str()), ("password", customer.password.expose())];
    let request = visit.browser.submit(page, sign_in_form(page)?, &filled);
    let to = visit.browser.redirected(stage, request, "the right password").await?;
    let renewed = visit.browser.cookies_for(&page.url) != before;
    stage.check("the session has a new name: one that was planted before is worth nothing", renewed, || {
        "the old one".to_owned()
    })?;
    visit.arrive(stage, to, "the consent page").await
}

fn sign_in_form(page: &Page) -> Result<&Form, Fault> {
    page.form("/sign-in").ok_or_else(|| Fault::Differs("the page has no form that posts to /sign-in".to_owned()))
}

impl Visit {
    async fn begin(
        stage: &mut Stage<'_>,
        api: &Api,
        customer: &Customer,
        registration: Registration,
    ) -> Result<Self, Fault> {
        let redirect_uri = Url::parse(REDIRECT_URI).map_err(|error| Fault::Differs(error.to_string()))?;
        let client = Client {
            issuer: api.server.issuer.clone(),
            client_id: registration.client_id.clone(),
            client_secret: registration.client_secret.clone(),
            redirect_uri,
        };
        let provider = provider(stage, &client.issuer).await?;
        stage.holds("it offers PKCE, and names itself in its answers (RFC 7636, RFC 9207)")?;
        let endpoint = TokenEndpoint::new(&provider, &client);
        let (browser, user_id, email) = (Browser::default(), customer.user_id.clone(), customer.email.clone());
        Ok(Self { browser, provider, client, endpoint, registration, api: api.clone(), user_id, email })
    }

    /// State, nonce and verifier of a new authorization.
    pub(super) fn pend(&self, stage: &mut Stage<'_>) -> Result<Pending, Fault> {
        let pending = Pending::begin(&self.client)?;
        stage.remember("STATE", pending.state.expose());
        stage.remember("NONCE", pending.nonce.expose());
        stage.remember("CODE_VERIFIER", pending.verifier.expose());
        stage.remember("CODE_CHALLENGE", &pending.verifier.challenge());
        Ok(pending)
    }

    /// The browser on its way to the authorization server.
    pub(super) fn authorization(&mut self, pending: &Pending, prompt: Option<&str>) -> Request {
        let ask = Ask { scope: SCOPE, resource: &self.api.resource.resource, prompt };
        let mut request = self.browser.get(pending.url(&self.provider, &self.client, ask));
        request.before.extend(
            [
                "STATE=$(openssl rand -hex 32) NONCE=$(openssl rand -hex 32) CODE_VERIFIER=$(openssl rand -hex 32)",
                "CODE_CHALLENGE=$(printf %s \"$CODE_VERIFIER\" | openssl dgst -sha256 -binary | base64 | tr '+/' '-_' | tr -d =)",
            ]
            .map(str::to_owned),
        );
        request
    }

    /// Follows redirects within the authorization server until there is a page.
    pub(super) async fn arrive(&mut self, stage: &mut Stage<'_>, mut to: Url, what: &str) -> Result<Page, Fault> {
        while to.path() == self.provider.authorization_endpoint.path() {
            let request = self.browser.go_on(to);
            to = self.browser.redirected(stage, request, "the authorization request goes on").await?;
        }
        let request = self.browser.go_on(to);
        self.browser.page(stage, request, 200, what).await
    }

    /// Authorizes again. The person is signed in and has consented, so the browser comes straight back.
    pub(super) async fn authorize_silently(&mut self, stage: &mut Stage<'_>) -> Result<(Pending, Code), Fault> {
        let pending = self.pend(stage)?;
        let request = self.authorization(&pending, Some("none")).capture_parameter("CODE", "code");
        let to = self.browser.redirected(stage, request, "single sign-on: no page is shown").await?;
        let code = self.read_redirect(stage, &pending, &to)?;
        Ok((pending, code))
    }

    /// What the partner's site makes of the redirect.
    pub(super) fn read_redirect(&self, stage: &mut Stage<'_>, pending: &Pending, to: &Url) -> Result<Code, Fault> {
        let home = &self.client.redirect_uri;
        let comes_home = to.origin() == home.origin() && to.path() == home.path();
        stage.check("the browser comes back to the partner's address", comes_home, || mask_url(to.as_str()))?;
        let code = pending.read_redirect(to.query().unwrap_or_default())?;
        stage.holds("state is the one that was sent, iss the one that was asked (RFC 9207)")?;
        Ok(code)
    }
}
