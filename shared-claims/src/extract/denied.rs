//! What a refused caller is told: the status, the challenge (RFC 6750 section 3) and a problem body (RFC 9457).

use std::fmt;
use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use actix_web::{HttpRequest, HttpResponse, ResponseError};
use serde::Serialize;

use crate::claims::AccessToken;
use crate::permission::Requirement;
use crate::verify::{Refusal, Verified};

/// A refused request.
#[derive(Debug, Clone)]
pub struct Denied {
    pub(super) reason: Reason,
    pub(super) realm: &'static str,
    pub(super) resource_metadata: Option<String>,
    pub(super) token: Option<Arc<Verified<AccessToken>>>,
    pub(super) request_id: Option<String>,
}

/// Why it was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// No Authorization header, another scheme than Bearer, or an empty token.
    NoCredentials,
    /// More than one Authorization header.
    TwoCredentials,
    /// The token failed one of the three checks, or could not be checked.
    Token(Refusal),
    /// The token is good, and allows too little.
    Insufficient(Requirement),
    /// This API has no gate: a mistake of ours.
    NoGate,
}

impl Denied {
    /// Why the request was refused.
    #[must_use]
    pub fn reason(&self) -> Reason {
        self.reason
    }

    /// Whose request it was, where that is known: the token is good and allows too little.
    #[must_use]
    pub fn token(&self) -> Option<&AccessToken> {
        self.token.as_deref().map(|verified| &**verified)
    }

    pub(super) fn without_gate(realm: &'static str) -> Self {
        Self { reason: Reason::NoGate, realm, resource_metadata: None, token: None, request_id: None }
    }

    pub(super) fn of(self, token: &Arc<Verified<AccessToken>>) -> Self {
        Self { token: Some(Arc::clone(token)), ..self }
    }

    /// With the id of the request, if it has one: what joins the answer, the log and the audit trail.
    pub(super) fn in_request(self, request: &HttpRequest) -> Self {
        let id = request.headers().get("x-request-id").and_then(|id| id.to_str().ok());
        let request_id = id.filter(|id| id.len() <= 64).map(str::to_owned);
        Self { request_id, ..self }
    }

    /// The id of the request that was refused, if it has one.
    pub(super) fn request_id(&self) -> Option<&str> {
        self.request_id.as_deref()
    }

    /// A word for metrics: one of a closed list.
    #[must_use]
    pub fn class(&self) -> &'static str {
        match self.reason {
            Reason::NoCredentials => "no_credentials",
            Reason::TwoCredentials => "two_credentials",
            Reason::Token(refusal) => refusal.class(),
            Reason::Insufficient(_) => "insufficient_scope",
            Reason::NoGate => "no_gate",
        }
    }

    fn detail(&self) -> &'static str {
        match self.reason {
            Reason::NoCredentials => "Send an access token: Authorization: Bearer <token>.",
            Reason::TwoCredentials => "Send exactly one Authorization header.",
            Reason::Token(Refusal::Malformed(_)) => "The access token is not well-formed.",
            Reason::Token(Refusal::Signature(_)) => "The signature of the access token does not match.",
            Reason::Token(Refusal::Claims(_)) => {
                "The claims of the access token are not as agreed; it may have expired. Get a new one."
            }
            Reason::Token(Refusal::KeysUnavailable) => "The access token cannot be checked at the moment. Try again.",
            Reason::Insufficient(Requirement { role: Some(_), .. }) => {
                "The access token lacks the scope, or its subject the role, that this needs."
            }
            Reason::Insufficient(_) => "The access token lacks the scope that this needs.",
            Reason::NoGate => "The service is not set up for this.",
        }
    }

    /// The challenge. Without credentials it holds no `error`, because nothing was wrong with them (RFC 6750
    /// section 3.1).
    fn challenge(&self) -> String {
        let mut challenge = format!("Bearer realm=\"{}\"", self.realm);
        let mut add = |name: &str, value: &str| {
            challenge.push_str(", ");
            challenge.push_str(name);
            challenge.push_str("=\"");
            challenge.push_str(&value.replace(['"', '\\'], ""));
            challenge.push('"');
        };
        if let Some(url) = &self.resource_metadata {
            add("resource_metadata", url);
        }
        let error = match self.reason {
            Reason::Token(_) => "invalid_token",
            Reason::Insufficient(_) => "insufficient_scope",
            Reason::TwoCredentials => "invalid_request",
            Reason::NoCredentials | Reason::NoGate => return challenge,
        };
        add("error", error);
        add("error_description", self.detail());
        if let Reason::Insufficient(required) = self.reason {
            add("scope", required.scope.as_str());
        }
        challenge
    }
}

/// For the log: here the reason is told in full.
impl fmt::Display for Denied {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.reason {
            Reason::Token(refusal) => write!(f, "{refusal}"),
            Reason::Insufficient(required) => write!(f, "{} needs {}", required.name, required.scope),
            Reason::NoCredentials | Reason::TwoCredentials | Reason::NoGate => f.write_str(self.class()),
        }
    }
}

/// RFC 9457 section 3.1.
#[derive(Serialize)]
struct Body<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    title: &'static str,
    status: u16,
    detail: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    request_id: Option<&'a str>,
}

impl ResponseError for Denied {
    fn status_code(&self) -> StatusCode {
        match self.reason {
            Reason::Token(Refusal::KeysUnavailable) => StatusCode::SERVICE_UNAVAILABLE,
            Reason::NoCredentials | Reason::Token(_) => StatusCode::UNAUTHORIZED,
            Reason::TwoCredentials => StatusCode::BAD_REQUEST,
            Reason::Insufficient(_) => StatusCode::FORBIDDEN,
            Reason::NoGate => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn error_response(&self) -> HttpResponse {
        let status = self.status_code();
        let mut response = HttpResponse::build(status);
        response.insert_header((CACHE_CONTROL, "no-store"));
        if status.is_server_error() {
            response.insert_header((RETRY_AFTER, "1"));
        } else {
            response.insert_header((WWW_AUTHENTICATE, self.challenge()));
        }
        let body = Body {
            kind: "about:blank",
            title: status.canonical_reason().unwrap_or_default(),
            status: status.as_u16(),
            detail: self.detail(),
            request_id: self.request_id.as_deref(),
        };
        response.insert_header((CONTENT_TYPE, "application/problem+json")).json(body)
    }
}
