//! The header `Idempotency-Key`, as a handler's parameter.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::http::header::HeaderName;
use actix_web::{FromRequest, HttpRequest};
use serde::Serialize;
use service_kit::Problem;

use crate::domain::idempotency::{Answer, IdempotencyKey, Once, fingerprint};
use crate::domain::owner::Owner;

pub(super) const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// The key, if the request has one, and what else tells this request from others.
pub(super) struct Idempotency {
    key: Option<IdempotencyKey>,
    method: String,
    path: String,
}

impl Idempotency {
    /// The key alone.
    pub(super) fn key(&self) -> Option<&IdempotencyKey> {
        self.key.as_ref()
    }

    /// What tells a request with this body from others under the same key.
    pub(super) fn fingerprint(&self, body: &impl Serialize) -> Result<Vec<u8>, Problem> {
        fingerprint(&self.method, &self.path, body).map_err(Problem::internal)
    }

    /// The promise to `owner` that what is `made` now is made once, and answered with 201.
    pub(super) fn once(
        self,
        owner: &Owner,
        fingerprint: Vec<u8>,
        made: &impl Serialize,
        now: i64,
    ) -> Result<Once, Problem> {
        let answer = Answer::created(made).map_err(Problem::internal)?;
        Ok(Once { owner: owner.clone(), key: self.key, fingerprint, answer, now })
    }
}

impl FromRequest for Idempotency {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let read = |key| Self { key, method: request.method().to_string(), path: request.path().to_owned() };
        ready(key_of(request).map(read))
    }
}

fn key_of(request: &HttpRequest) -> Result<Option<IdempotencyKey>, Problem> {
    let mut values = request.headers().get_all(IDEMPOTENCY_KEY);
    match (values.next(), values.next()) {
        (None, _) => Ok(None),
        (Some(only), None) => {
            IdempotencyKey::parse(only.as_bytes()).map(Some).map_err(|error| Problem::bad_request(error.to_string()))
        }
        (Some(_), Some(_)) => Err(Problem::bad_request("Send at most one Idempotency-Key header.")),
    }
}
