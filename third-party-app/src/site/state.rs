//! What handlers work with, and how they answer.

use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse};
use url::Url;

use super::orders;
use super::pages::{self, Connected, Troubled, Welcome};
use super::partner::Partner;
use super::sessions::{NewSession, Session, SessionState, Sessions, cookie};
use super::trouble::{Told, Trouble};
use crate::random::unguessable;

pub(super) struct State {
    pub(super) partner: Partner,
    pub(super) sessions: Sessions,
    pub(super) public_url: Url,
    pub(super) policy: String,
}

impl State {
    /// The browser's session, if the form is of its own pages.
    pub(super) fn own_form(&self, request: &HttpRequest, csrf: &str) -> Result<Arc<Session>, Trouble> {
        self.sessions.find(request).filter(|session| session.csrf.is(csrf)).ok_or(Trouble::Forged)
    }

    /// An answer with the cookie of a new session.
    pub(super) fn with_cookie(&self, new: &NewSession, answer: impl FnOnce(&Session) -> HttpResponse) -> HttpResponse {
        let mut answer = answer(&new.session);
        let cookie = cookie(new.cookie.clone(), self.public_url.scheme() == "https");
        match answer.add_cookie(&cookie) {
            Ok(()) => answer,
            Err(_) => HttpResponse::InternalServerError().finish(),
        }
    }

    /// `/` for somebody whose account is not connected.
    pub(super) fn welcome(&self, session: &Session) -> HttpResponse {
        let page = Welcome { csrf: session.csrf.expose(), issuer: self.partner.issuer() };
        pages::answer(&self.policy, StatusCode::OK, &page)
    }

    /// `/` for somebody whose account is connected.
    pub(super) async fn connected(&self, session: &Session, own: &mut SessionState) -> Result<HttpResponse, Trouble> {
        let orders = orders::list(&self.partner, own).await?;
        let key = format!("order-{}", unguessable()?);
        let connection = own.connection.as_ref().ok_or(Trouble::NotConnected)?;
        let page = Connected {
            csrf: session.csrf.expose(),
            name: connection.shown_name(),
            email: connection.email.as_deref(),
            orders: &orders,
            key: &key,
        };
        Ok(pages::answer(&self.policy, StatusCode::OK, &page))
    }

    /// A page that says what went wrong.
    pub(super) fn trouble(&self, trouble: &Trouble) -> HttpResponse {
        let Told { status, title } = trouble.told();
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        pages::answer(&self.policy, status, &Troubled { title, what: &trouble.to_string() })
    }
}
