//! A form that a browser sent, or a page that says why it cannot be read.

use std::pin::Pin;
use std::time::Duration;

use actix_web::dev::Payload;
use actix_web::error::InternalError;
use actix_web::web::{Data, Form};
use actix_web::{Error, FromRequest, HttpRequest, HttpResponse};
use serde::de::DeserializeOwned;
use tokio::time::timeout;

use super::state::State;
use super::trouble::Trouble;

/// Longest time for a form to arrive. A browser needs no more; who sends it drop by drop keeps a connection.
const LIMIT: Duration = Duration::from_secs(10);

/// What stands in a form.
pub(super) struct Filled<T>(pub(super) T);

impl<T: DeserializeOwned + 'static> FromRequest for Filled<T> {
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Error>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let state = request.app_data::<Data<State>>().cloned();
        let form = Form::<T>::from_request(request, payload);
        Box::pin(async move {
            let form = within(LIMIT, form).await.map_err(|trouble| {
                let page = state.map(|state| state.trouble(&trouble));
                let page = page.unwrap_or_else(|| HttpResponse::InternalServerError().finish());
                InternalError::from_response(trouble, page)
            })?;
            Ok(Self(form.into_inner()))
        })
    }
}

async fn within<T>(limit: Duration, form: impl Future<Output = Result<T, Error>>) -> Result<T, Trouble> {
    match timeout(limit, form).await {
        // What actix says of it tells inner causes; of it the status is shown alone.
        Ok(read) => read.map_err(|error| Trouble::Unreadable(error.as_response_error().status_code().as_u16())),
        Err(_) => Err(Trouble::Slow),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[actix_web::test]
    async fn a_form_that_does_not_arrive_is_not_waited_for() {
        let never = std::future::pending::<Result<(), Error>>();
        assert!(matches!(within(Duration::ZERO, never).await, Err(Trouble::Slow)));
    }
}
