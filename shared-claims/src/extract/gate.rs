//! The gate: where a request's credentials are found, verified and held against a permission.

use std::marker::PhantomData;
use std::sync::Arc;

use actix_web::HttpRequest;
use actix_web::http::header::{AUTHORIZATION, HeaderValue};

use super::denied::{Denied, Reason};
use crate::claims::AccessToken;
use crate::permission::{Api, Requirement};
use crate::verify::{Verified, Verify};

type Observer = dyn Fn(&HttpRequest, &Denied) + Send + Sync;

/// The gate of one API. Register it as `web::Data<Gate<OrdersApi>>`.
pub struct Gate<A> {
    verify: Arc<dyn Verify>,
    resource_metadata: Option<String>,
    observer: Option<Box<Observer>>,
    api: PhantomData<fn() -> A>,
}

/// A verified token, and the header that it came in.
#[derive(Clone)]
pub(super) struct Presented {
    pub(super) token: Arc<Verified<AccessToken>>,
    pub(super) header: HeaderValue,
}

impl<A: Api> Gate<A> {
    /// Tokens are verified by `verify`.
    #[must_use]
    pub fn new(verify: Arc<dyn Verify>) -> Self {
        Self { verify, resource_metadata: None, observer: None, api: PhantomData }
    }

    /// Names this URL as `resource_metadata` in every challenge (RFC 9728 section 5.1).
    #[must_use]
    pub fn with_resource_metadata(mut self, url: impl Into<String>) -> Self {
        self.resource_metadata = Some(url.into());
        self
    }

    /// Is told of every refusal, for metrics and audit.
    #[must_use]
    pub fn with_observer(mut self, observer: impl Fn(&HttpRequest, &Denied) + Send + Sync + 'static) -> Self {
        self.observer = Some(Box::new(observer));
        self
    }

    /// Authentication, then authorization.
    pub(super) async fn admit(&self, request: &HttpRequest, required: Requirement) -> Result<Presented, Denied> {
        let presented = self.authenticate(request).await?;
        self.authorize(&presented.token, required).map_err(|denied| denied.of(&presented.token))?;
        Ok(presented)
    }

    /// Who calls: authentication. 401 if this fails.
    async fn authenticate(&self, request: &HttpRequest) -> Result<Presented, Denied> {
        let header = self.credentials(request)?;
        let token = bearer(&header).ok_or_else(|| self.denied(Reason::NoCredentials))?;
        let token = self.verify.verify(token).await.map_err(|refusal| self.denied(Reason::Token(refusal)))?;
        Ok(Presented { token, header })
    }

    /// What they may do: authorization. 403 if this fails.
    fn authorize(&self, token: &AccessToken, required: Requirement) -> Result<(), Denied> {
        let scope = token.public.scope.contains(required.scope);
        let role = required.role.is_none_or(|role| token.public.roles.contains(role));
        let actor = required.actor.is_none_or(|actor| token.actor().is_some_and(|outermost| outermost == actor));
        if scope && role && actor { Ok(()) } else { Err(self.denied(Reason::Insufficient(required))) }
    }

    pub(super) fn observe(&self, request: &HttpRequest, denied: &Denied) {
        let (method, route) = (request.method(), request.match_pattern().unwrap_or_default());
        let id = denied.request_id().unwrap_or("-");
        log::info!(target: "shared_claims::refused", "{method} {route}: {denied} {id}");
        if let Some(observer) = &self.observer {
            observer(request, denied);
        }
    }

    /// The one Authorization header. Tokens in the query, a form or a cookie are not looked at (RFC 9700 section 4.3.2).
    fn credentials(&self, request: &HttpRequest) -> Result<HeaderValue, Denied> {
        let mut headers = request.headers().get_all(AUTHORIZATION);
        match (headers.next(), headers.next()) {
            (Some(only), None) => Ok(only.clone()),
            (None, _) => Err(self.denied(Reason::NoCredentials)),
            (Some(_), Some(_)) => Err(self.denied(Reason::TwoCredentials)),
        }
    }

    fn denied(&self, reason: Reason) -> Denied {
        Denied {
            reason,
            realm: A::NAME,
            resource_metadata: self.resource_metadata.clone(),
            token: None,
            request_id: None,
        }
    }
}

/// The token of a header with the scheme `Bearer`, in any case (RFC 9110 section 11.1); `None` for another scheme or
/// an empty token.
pub(super) fn bearer(header: &HeaderValue) -> Option<&[u8]> {
    let bytes = header.as_bytes();
    let scheme = bytes.get(..7).filter(|scheme| scheme.eq_ignore_ascii_case(b"bearer "))?;
    bytes.get(scheme.len()..).map(<[u8]>::trim_ascii).filter(|token| !token.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_scheme_bearer_brings_a_token() {
        let read = |text: &'static str| bearer(&HeaderValue::from_static(text)).map(<[u8]>::to_vec);
        assert_eq!(read("Bearer abc"), Some(b"abc".to_vec()));
        assert_eq!(read("bEARER   abc"), Some(b"abc".to_vec()));
        for other in ["Bearer", "Bearer ", "Basic abc", "Bearerabc", "abc", "Bear er abc", "DPoP abc"] {
            assert_eq!(read(other), None, "{other}");
        }
    }
}
