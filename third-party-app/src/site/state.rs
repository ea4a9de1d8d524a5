//! What handlers work with, and how they answer.

use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse};
use url::Url;

use super::connection::Connection;
use super::cookie::{Browser, Cookies};
use super::orders;
use super::pages::{self, Connected, Troubled, Welcome};
use super::partner::Partner;
use super::sessions::{Session, Sessions};
use super::trouble::{Told, Trouble};
use crate::random::unguessable;

pub(super) struct State {
    pub(super) partner: Partner,
    pub(super) sessions: Sessions,
    pub(super) cookies: Cookies,
    pub(super) public_url: Url,
    pub(super) policy: String,
}

impl State {
    /// The browser, if the form is of its own pages.
    pub(super) fn own_form(&self, request: &HttpRequest, csrf: &str) -> Result<Browser, Trouble> {
        self.cookies.read(request.headers()).filter(|browser| browser.csrf().is(csrf)).ok_or(Trouble::Forged)
    }

    /// The account that is connected in the browser.
    pub(super) fn session(&self, browser: &Browser) -> Result<Arc<Session>, Trouble> {
        self.sessions.connected(browser).ok_or(Trouble::NotConnected)
    }

    /// An answer that names the browser.
    pub(super) fn with_cookie(&self, browser: &Browser, mut answer: HttpResponse) -> HttpResponse {
        match self.cookies.set(browser) {
            Ok((name, value)) => {
                answer.headers_mut().insert(name, value);
                answer
            }
            Err(_) => HttpResponse::InternalServerError().finish(),
        }
    }

    /// `/` for somebody whose account is not connected.
    pub(super) fn welcome(&self, browser: &Browser) -> HttpResponse {
        let csrf = browser.csrf();
        let page = Welcome { csrf: csrf.expose(), issuer: self.partner.issuer() };
        pages::answer(&self.policy, StatusCode::OK, &page)
    }

    /// `/` for somebody whose account is connected.
    pub(super) async fn connected(&self, browser: &Browser, own: &mut Connection) -> Result<HttpResponse, Trouble> {
        let orders = orders::list(&self.partner, own).await?;
        let (csrf, key) = (browser.csrf(), format!("order-{}", unguessable()?));
        let page = Connected {
            csrf: csrf.expose(),
            name: own.shown_name(),
            email: own.email.as_deref(),
            orders: &orders,
            key: &key,
        };
        Ok(pages::answer(&self.policy, StatusCode::OK, &page))
    }

    /// A page that says what went wrong.
    pub(super) fn trouble(&self, trouble: &Trouble) -> HttpResponse {
        let Told { status, title, what } = trouble.told();
        if status >= 500 {
            // Escaped: what others say must not look like a line of this log.
            anstream::eprintln!("third-party-app: {}", trouble.to_string().escape_debug());
        }
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        pages::answer(&self.policy, status, &Troubled { title, what: &what })
    }
}
