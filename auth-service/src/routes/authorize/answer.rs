//! How the authorization endpoint answers: a redirect back to the client where that is safe, else a page.

use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, LOCATION, REFERRER_POLICY};
use actix_web::{HttpResponse, ResponseError as _};
use url::form_urlencoded::Serializer;

use crate::domain::oauth_error::OAuthError;
use crate::domain::redirect_uri::RedirectUri;
use crate::domain::response::ResponseMode;
use crate::pages::{ErrorPage, Page as _, PageError};
use crate::state::State;

/// Where the browser goes back to: a redirect URI that the client has registered, and the `state` that it sent.
#[derive(Debug, Clone)]
pub struct WayBack {
    pub(super) redirect_uri: RedirectUri,
    pub(super) state: Option<String>,
    pub(super) mode: ResponseMode,
}

/// A request that is not answered with a code.
pub enum Stop {
    /// It is not known where to go back to (RFC 6749 section 4.1.2.1): the person is told, and nobody else.
    Here(Box<HttpResponse>),
    /// The client is told.
    Back(WayBack, OAuthError),
}

impl Stop {
    /// The request cannot be read at all.
    pub fn unreadable() -> Self {
        Self::page("The request cannot be read", "unreadable")
    }

    /// The client is not known, or not with this redirect URI. Nothing of the request is shown.
    pub(super) fn page(title: &'static str, reason: &'static str) -> Self {
        log::info!("authorization request refused without a redirect: {reason}");
        metrics::counter!("authorization_refused_total", "service" => "auth-service", "reason" => reason).increment(1);
        let advice =
            "The program that sent you here made a mistake. Go back to it; if it happens again, tell those who run it.";
        Self::Here(Box::new(ErrorPage::new(title, advice).answer(StatusCode::BAD_REQUEST, None)))
    }

    /// Our own fault, before it is known where to go back to.
    pub(super) fn fault(error: impl Into<PageError>) -> Self {
        Self::Here(Box::new(error.into().error_response()))
    }

    /// The answer.
    pub fn answer(self, state: &State) -> HttpResponse {
        match self {
            Self::Here(page) => *page,
            Self::Back(way_back, error) => way_back.refuse(state, error),
        }
    }
}

impl WayBack {
    /// Where it leads, for the policy of the pages on the way.
    pub fn redirect_uri(&self) -> &RedirectUri {
        &self.redirect_uri
    }

    /// Back with an error (RFC 6749 section 4.1.2.1).
    pub fn refuse(&self, state: &State, error: OAuthError) -> HttpResponse {
        log::info!("authorization request refused: {error}");
        metrics::counter!("authorization_refused_total", "service" => "auth-service", "reason" => error.reason)
            .increment(1);
        self.go(state, &[("error", error.code.as_str()), ("error_description", error.description)])
    }

    /// Back with `parameters`. `iss` goes with every answer (RFC 9207), so that a client of several servers knows whose it
    /// is.
    pub(super) fn go(&self, state: &State, parameters: &[(&str, &str)]) -> HttpResponse {
        let mut all = parameters.to_vec();
        all.extend(self.state.as_deref().map(|state| ("state", state)));
        all.push(("iss", state.issuer.as_str()));
        match self.mode {
            ResponseMode::Query => see_other(self.redirect_uri.as_str(), &all),
            #[cfg(feature = "legacy-flows")]
            ResponseMode::Fragment => redirect(self.redirect_uri.as_str(), '#', &all),
        }
    }
}

/// 303: whatever the method was, go on with GET (RFC 9700 section 4.12). The parameters are added to those that the
/// address has, and its text is not touched otherwise.
pub(super) fn see_other(address: &str, parameters: &[(&str, &str)]) -> HttpResponse {
    redirect(address, if address.contains('?') { '&' } else { '?' }, parameters)
}

fn redirect(address: &str, joint: char, parameters: &[(&str, &str)]) -> HttpResponse {
    let parameters = Serializer::new(String::new()).extend_pairs(parameters).finish();
    HttpResponse::SeeOther()
        .insert_header((LOCATION, format!("{address}{joint}{parameters}")))
        .insert_header((CACHE_CONTROL, "no-store"))
        .insert_header((REFERRER_POLICY, "no-referrer"))
        .finish()
}
