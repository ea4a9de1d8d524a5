//! What is sent.

use reqwest::header::COOKIE;
use reqwest::{Method, RequestBuilder};
use serde_json::Value;
use url::Url;
use url::form_urlencoded::byte_serialize;

use super::capture::{Capture, Part};
use crate::secret::Secret;

/// How a request says who sends it.
#[derive(Debug, Clone)]
pub enum Auth {
    /// Not at all.
    None,
    /// An access token in the `Authorization` header (RFC 6750 section 2.1).
    Bearer(String),
    /// A client's id and secret (RFC 6749 section 2.3.1).
    Basic {
        /// The `client_id`.
        client_id: String,
        /// The `client_secret`.
        client_secret: Secret,
    },
}

/// What a request carries.
#[derive(Debug, Clone)]
pub enum Body {
    /// Nothing.
    None,
    /// `application/json`.
    Json(Value),
    /// `application/x-www-form-urlencoded`.
    Form(Vec<(&'static str, String)>),
    /// The same, with names that a page gave.
    Fields(Vec<(String, String)>),
}

/// A request, and how it is shown.
#[derive(Debug, Clone)]
pub struct Request {
    /// The method.
    pub method: Method,
    /// The URL.
    pub url: Url,
    /// Who sends it.
    pub auth: Auth,
    /// Headers besides those of `auth` and `body`.
    pub headers: Vec<(&'static str, String)>,
    /// What a browser says in `Cookie`, which may be nothing; none if it is no browser that sends it.
    pub cookies: Option<String>,
    /// What it carries.
    pub body: Body,
    /// Shell lines that set the variables which the curl command needs and no answer has brought.
    pub before: Vec<String>,
    /// Which parts of the answer later commands refer to.
    pub captures: Vec<Capture>,
    /// Shown instead of the answer's body, where that is long and follows in another form.
    pub instead_of_body: Option<&'static str>,
}

impl Request {
    /// A request without anything but its method and URL.
    #[must_use]
    pub fn new(method: Method, url: Url) -> Self {
        Self {
            method,
            url,
            auth: Auth::None,
            headers: Vec::new(),
            cookies: None,
            body: Body::None,
            before: Vec::new(),
            captures: Vec::new(),
            instead_of_body: None,
        }
    }

    /// A GET.
    #[must_use]
    pub fn get(url: Url) -> Self {
        Self::new(Method::GET, url)
    }

    /// A POST.
    #[must_use]
    pub fn post(url: Url) -> Self {
        Self::new(Method::POST, url)
    }

    /// With an access token.
    #[must_use]
    pub fn bearer(mut self, token: &str) -> Self {
        self.auth = Auth::Bearer(token.to_owned());
        self
    }

    /// With a JSON body.
    #[must_use]
    pub fn json(mut self, body: Value) -> Self {
        self.body = Body::Json(body);
        self
    }

    /// With an `Idempotency-Key`: the same key gets the same answer, so a request whose answer was lost can be
    /// repeated without harm.
    #[must_use]
    pub fn idempotency_key(mut self, key: &str) -> Self {
        self.headers.push(("Idempotency-Key", key.to_owned()));
        self
    }

    /// Remembers a member of the answer under the name of a shell variable.
    #[must_use]
    pub fn capture(self, variable: &'static str, member: &'static str) -> Self {
        self.capture_part(variable, Part::Member(member))
    }

    /// Remembers the value of a form's field.
    #[must_use]
    pub fn capture_field(self, variable: &'static str, name: &'static str) -> Self {
        self.capture_part(variable, Part::Field(name))
    }

    /// Remembers where the answer redirects to.
    #[must_use]
    pub fn capture_redirect(self, variable: &'static str) -> Self {
        self.capture_part(variable, Part::Redirect)
    }

    /// Remembers a parameter of the URL that the answer redirects to.
    #[must_use]
    pub fn capture_parameter(self, variable: &'static str, name: &'static str) -> Self {
        self.capture_part(variable, Part::Parameter(name))
    }

    fn capture_part(mut self, variable: &'static str, part: Part) -> Self {
        self.captures.push(Capture { variable, part });
        self
    }

    pub(super) fn apply(&self, mut builder: RequestBuilder) -> RequestBuilder {
        builder = match &self.auth {
            Auth::None => builder,
            Auth::Bearer(token) => builder.bearer_auth(token),
            Auth::Basic { client_id, client_secret } => {
                builder.basic_auth(form_encoded(client_id), Some(form_encoded(client_secret.expose())))
            }
        };
        for (name, value) in &self.headers {
            builder = builder.header(*name, value);
        }
        if let Some(cookies) = self.cookies.as_ref().filter(|cookies| !cookies.is_empty()) {
            builder = builder.header(COOKIE, cookies);
        }
        match &self.body {
            Body::None => builder,
            Body::Json(body) => builder.json(body),
            Body::Form(parameters) => builder.form(parameters),
            Body::Fields(fields) => builder.form(fields),
        }
    }
}

/// RFC 6749 section 2.3.1: id and secret are form-encoded before they become user name and password. Most clients
/// forget it, which shows as soon as a secret holds a `%` or a `:`.
pub(super) fn form_encoded(value: &str) -> String {
    byte_serialize(value.as_bytes()).collect()
}
