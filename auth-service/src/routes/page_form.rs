//! A form of one of our pages, sent back: it must come from our page, in the browser that loaded it.

use actix_web::{Error, HttpMessage, HttpRequest, web};
use service_kit::Problem;

use crate::browser::{Cookie, FormKind};
use crate::domain::form::Form;
use crate::pages::PageError;
use crate::state::State;

/// The fields, and the browser that they came from.
pub struct PageForm {
    /// As they were sent. Nothing of them is believed yet but that our page was used to send them.
    pub fields: Form,
    /// The cookie that the form was tied to.
    pub cookie: Cookie,
}

impl PageForm {
    /// Reads and checks a form of this kind.
    ///
    /// # Errors
    /// 403 if it does not come from our page, 400, 413 or 415 if it cannot be read.
    pub fn read(
        state: &State,
        request: &HttpRequest,
        body: Result<web::Bytes, Error>,
        kind: FormKind,
    ) -> Result<Self, PageError> {
        let body =
            body.map_err(|error| Problem::new(error.as_response_error().status_code(), "The form cannot be read."))?;
        if !request.content_type().eq_ignore_ascii_case("application/x-www-form-urlencoded") {
            return Err(Problem::unsupported_media_type("application/x-www-form-urlencoded").into());
        }
        let foreign = || Problem::forbidden("The form does not come from this page.");
        if !state.browsers.origin.sent(request.headers()) {
            return Err(foreign().into());
        }
        let cookie = state.browsers.cookies.read(request.headers()).ok_or_else(foreign)?;
        let fields = Form::parse(&body).map_err(|_| Problem::bad_request("The form cannot be read."))?;
        if !state.browsers.keys.accepts(fields.get("csrf").unwrap_or_default(), kind, &cookie) {
            return Err(foreign().into());
        }
        Ok(Self { fields, cookie })
    }
}
