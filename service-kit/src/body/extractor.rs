//! The extractor that handlers take.

use actix_web::http::{StatusCode, header};
use actix_web::web::Bytes;
use actix_web::{FromRequest, HttpRequest, dev::Payload};
use futures_util::future::{FutureExt as _, LocalBoxFuture};
use serde::de::DeserializeOwned;

use super::{BODY_LIMIT, from_json};
use crate::problem::Problem;

/// A JSON body as a handler's parameter: 415 for another content type, 413 for more than 64 KiB, 400 for what is no
/// JSON, and 422 naming the field (`/amount/currency`) for what is not a `T`.
///
/// Messages of `T`'s own `Deserialize` (of `#[serde(try_from)]` newtypes) are shown to the caller: they must say what
/// is wanted and not repeat the value.
#[derive(Debug, Clone)]
pub struct JsonBody<T>(pub T);

impl<T: DeserializeOwned + 'static> FromRequest for JsonBody<T> {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        if !is_json(request) {
            return std::future::ready(Err(Problem::unsupported_media_type("application/json"))).boxed_local();
        }
        let bytes = Bytes::from_request(request, payload);
        async move {
            let bytes = bytes.await.map_err(|error| unreadable(error.as_response_error().status_code()))?;
            from_json(&bytes).map(JsonBody)
        }
        .boxed_local()
    }
}

fn is_json(request: &HttpRequest) -> bool {
    let mut types = request.headers().get_all(header::CONTENT_TYPE);
    let (first, second) = (types.next(), types.next());
    let essence = first.and_then(|value| value.to_str().ok()).and_then(|value| value.split(';').next()).unwrap_or("");
    second.is_none() && essence.trim().eq_ignore_ascii_case("application/json")
}

fn unreadable(status: StatusCode) -> Problem {
    match status {
        StatusCode::PAYLOAD_TOO_LARGE => Problem::payload_too_large(BODY_LIMIT),
        _ => Problem::bad_request("The body cannot be read."),
    }
}
