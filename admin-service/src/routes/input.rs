//! Inputs that service-kit has no extractor for.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::http::header::CONTENT_TYPE;
use actix_web::web::Bytes;
use actix_web::{FromRequest, HttpRequest};
use futures_util::future::LocalBoxFuture;
use serde::de::DeserializeOwned;
use service_kit::Problem;
use service_kit::body::JsonBody;

use crate::domain::IdempotencyKey;

/// The header `Idempotency-Key`, if there is one; 400 for two, or for what is none.
pub(super) struct IdempotencyHeader(pub(super) Option<IdempotencyKey>);

impl FromRequest for IdempotencyHeader {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let mut values = request.headers().get_all("idempotency-key");
        ready(match (values.next(), values.next()) {
            (None, _) => Ok(Self(None)),
            (Some(value), None) => IdempotencyKey::parse(value.as_bytes())
                .map(|key| Self(Some(key)))
                .map_err(|invalid| Problem::bad_request(invalid.to_string())),
            (Some(_), Some(_)) => Err(Problem::bad_request("Send at most one Idempotency-Key.")),
        })
    }
}

/// A JSON body that may be left out altogether, where all that it could say has a default.
pub(super) struct OptionalJson<T>(pub(super) T);

impl<T: DeserializeOwned + Default + 'static> FromRequest for OptionalJson<T> {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        if request.headers().contains_key(CONTENT_TYPE) {
            let body = JsonBody::<T>::from_request(request, payload);
            return Box::pin(async move { body.await.map(|JsonBody(value)| Self(value)) });
        }
        let bytes = Bytes::from_request(request, payload);
        Box::pin(async move {
            match bytes.await {
                Ok(bytes) if bytes.is_empty() => Ok(Self(T::default())),
                _ => Err(Problem::unsupported_media_type("application/json")),
            }
        })
    }
}
