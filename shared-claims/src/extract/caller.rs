//! `Caller<P>`: a handler that names it in its signature runs only for callers who have the permission `P`.

use std::fmt;
use std::marker::PhantomData;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest, web};
use futures_util::future::LocalBoxFuture;

use super::denied::Denied;
use super::gate::{Gate, Presented, bearer};
use crate::claims::AccessToken;
use crate::ids::{ClientId, Subject};
use crate::permission::{Api, Permission};

/// Whoever calls, verified and permitted.
pub struct Caller<P> {
    presented: Presented,
    permission: PhantomData<fn() -> P>,
}

impl<P: Permission> Caller<P> {
    /// The claims of the token, all three checks passed.
    #[must_use]
    pub fn token(&self) -> &AccessToken {
        &self.presented.token
    }

    /// On whose behalf the call is made.
    #[must_use]
    pub fn subject(&self) -> &Subject {
        self.presented.token.subject()
    }

    /// The client that got the token.
    #[must_use]
    pub fn client_id(&self) -> &ClientId {
        self.presented.token.client_id()
    }

    /// The token itself, for the one thing it may still be used for: to be exchanged (RFC 8693). It is never passed
    /// on to another service as it is.
    #[must_use]
    pub fn subject_token(&self) -> &str {
        let token = bearer(&self.presented.header).unwrap_or_default();
        std::str::from_utf8(token).unwrap_or_default()
    }

    /// Authenticates and authorizes `request`.
    pub(super) async fn of(request: &HttpRequest) -> Result<Self, Denied> {
        let name = <P::Api as Api>::NAME;
        let gate = request.app_data::<web::Data<Gate<P::Api>>>().ok_or_else(|| Denied::without_gate(name))?;
        match gate.admit(request, P::REQUIREMENT).await {
            Ok(presented) => Ok(Self { presented, permission: PhantomData }),
            Err(denied) => {
                let denied = denied.in_request(request);
                gate.observe(request, &denied);
                Err(denied)
            }
        }
    }
}

impl<P: Permission> FromRequest for Caller<P> {
    type Error = Denied;
    type Future = LocalBoxFuture<'static, Result<Self, Denied>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move { Self::of(&request).await })
    }
}

/// Who, never the token.
impl<P: Permission> fmt::Debug for Caller<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Caller")
            .field("permission", &P::REQUIREMENT.name)
            .field("subject", self.subject())
            .field("client_id", self.client_id())
            .finish_non_exhaustive()
    }
}
