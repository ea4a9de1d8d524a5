//! HTTP as this program speaks it: one request, one answer, both kept so that they can be shown.
//!
//! Redirects are not followed (a token would go along with them), every request has a time limit, and no more than
//! [`MAX_BODY_BYTES`] of an answer are read.

mod answer;
mod capture;
mod connect_to;
mod curl;
mod request;
mod shell;

use std::error::Error;
use std::time::Duration;

pub use answer::Answer;
pub use capture::Capture;
pub use connect_to::{ConnectTo, InvalidConnectTo};
pub use curl::Curl;
pub use request::{Auth, Body, Request};
pub use shell::Variables;

use connect_to::{Fixed, Target};
use reqwest::header;
use url::Url;

/// Most bytes of an answer that are read. The longest is a page of 100 audit events of some 400 bytes each.
pub const MAX_BODY_BYTES: usize = 1024 * 1024;

/// Hashing a password takes the service up to 2 s when others sign in at the same time.
const TOTAL_TIMEOUT: Duration = Duration::from_secs(15);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);

/// No answer, or one that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum HttpError {
    /// The TLS or DNS set-up of this machine cannot be used.
    #[error("no HTTP client can be made: {0}")]
    Client(#[source] reqwest::Error),
    /// Nobody answered.
    #[error("no answer to {method} {url}: {cause}")]
    NoAnswer {
        /// The method.
        method: reqwest::Method,
        /// The URL.
        url: String,
        /// The whole chain of causes; the outermost alone says only that sending failed.
        cause: String,
    },
    /// The answer is longer than [`MAX_BODY_BYTES`].
    #[error("the answer of {0} is longer than {MAX_BODY_BYTES} bytes")]
    TooLong(String),
    /// The answer should be JSON and is not.
    #[error("the answer of {url} is not JSON: {source}")]
    NotJson {
        /// The URL.
        url: String,
        /// Where it stops being JSON.
        source: serde_json::Error,
    },
    /// `--connect-to` cannot be applied to this URL.
    #[error("{url} cannot be sent elsewhere: with https, the host must be a name, which the certificate proves")]
    NotRoutable {
        /// The URL.
        url: String,
    },
}

/// Sends requests.
pub struct Http {
    direct: reqwest::Client,
    /// One client per rule: which address a name stands for depends on the port as well, and a resolver is told
    /// only the name.
    detours: Vec<(ConnectTo, reqwest::Client)>,
}

impl Http {
    /// A client that applies these rules; the first that fits a URL counts.
    ///
    /// # Errors
    /// [`HttpError::Client`].
    pub fn new(connect_to: &[ConnectTo]) -> Result<Self, HttpError> {
        let detours = connect_to
            .iter()
            .map(|rule| {
                let resolver = Fixed::for_rule(rule);
                Ok((rule.clone(), builder().dns_resolver(resolver).build().map_err(HttpError::Client)?))
            })
            .collect::<Result<_, HttpError>>()?;
        Ok(Self { direct: builder().build().map_err(HttpError::Client)?, detours })
    }

    /// The rule that this URL falls under.
    #[must_use]
    pub fn rule_for(&self, url: &Url) -> Option<&ConnectTo> {
        self.detours.iter().map(|(rule, _)| rule).find(|rule| rule.fits(url))
    }

    /// Sends a request and reads the whole answer.
    ///
    /// # Errors
    /// [`HttpError`]. An answer with a status of 400 and above is an answer, not an error.
    pub async fn send(&self, request: &Request) -> Result<Answer, HttpError> {
        let no_answer = |error: &reqwest::Error| HttpError::NoAnswer {
            method: request.method.clone(),
            url: request.url.to_string(),
            cause: chain(error),
        };
        let mut response = self.prepare(request)?.send().await.map_err(|error| no_answer(&error))?;
        let (status, headers) = (response.status(), response.headers().clone());
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| no_answer(&error))? {
            if body.len().saturating_add(chunk.len()) > MAX_BODY_BYTES {
                return Err(HttpError::TooLong(request.url.to_string()));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Answer { url: request.url.clone(), status, headers, body })
    }

    fn prepare(&self, request: &Request) -> Result<reqwest::RequestBuilder, HttpError> {
        let detour = self.detours.iter().find(|(rule, _)| rule.fits(&request.url));
        let builder = match detour {
            None => self.direct.request(request.method.clone(), request.url.clone()),
            Some((rule, client)) => {
                let Target { url, host } =
                    rule.target(&request.url).ok_or_else(|| HttpError::NotRoutable { url: request.url.to_string() })?;
                client.request(request.method.clone(), url).header(header::HOST, host)
            }
        };
        Ok(request.apply(builder))
    }
}

fn builder() -> reqwest::ClientBuilder {
    reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .timeout(TOTAL_TIMEOUT)
        .connect_timeout(CONNECT_TIMEOUT)
        // A proxy would be asked for `localhost`, which is its own.
        .no_proxy()
        // The `Host` header of a detour is honoured by HTTP/1.1 alone.
        .http1_only()
        .user_agent(concat!("third-party-app/", env!("CARGO_PKG_VERSION")))
}

fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    text
}
