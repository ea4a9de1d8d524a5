//! What a request presents as client authentication, before any of it is believed.

use actix_web::http::header::{AUTHORIZATION, HeaderMap, HeaderValue};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use service_kit::secret::Secret;
use shared_claims::exchange::JWT_BEARER_ASSERTION;

use crate::domain::form::{self, Form};
use crate::domain::oauth_error::{ErrorCode, OAuthError};

/// One way to authenticate.
#[derive(Debug)]
pub enum ClientCredentials {
    /// None at all.
    None,
    /// `client_id` alone: who it says it is, without a proof (RFC 6749 section 3.2.1).
    Name {
        /// Who it says it is.
        client_id: String,
    },
    /// `client_secret_basic` or `client_secret_post` (RFC 6749 section 2.3.1).
    Secret {
        /// Who it says it is.
        client_id: String,
        /// The secret.
        secret: Secret,
    },
    /// `private_key_jwt` (RFC 7523 section 2.2).
    Assertion {
        /// `client_id` of the form; if there, it must be the assertion's subject.
        client_id: Option<String>,
        /// The assertion.
        assertion: Secret,
    },
}

impl ClientCredentials {
    /// Who the client says it is, for the audit trail; nothing is proved by it.
    #[must_use]
    pub fn claimed_client_id(&self) -> Option<&str> {
        match self {
            Self::None => None,
            Self::Name { client_id } | Self::Secret { client_id, .. } => Some(client_id),
            Self::Assertion { client_id, .. } => client_id.as_deref(),
        }
    }
}

/// Reads the one way in which the request authenticates.
///
/// # Errors
/// `invalid_request` for two ways at once (RFC 6749 section 2.3), `invalid_client` for another scheme or one that
/// cannot be read.
pub fn presented(headers: &HeaderMap, form: &Form) -> Result<ClientCredentials, OAuthError> {
    let twice =
        ErrorCode::InvalidRequest.because("two_client_authentications", "Authenticate the client in exactly one way.");
    let mut authorization = headers.get_all(AUTHORIZATION);
    let header = match (authorization.next(), authorization.next()) {
        (_, Some(_)) => return Err(twice),
        (header, None) => header,
    };
    let client_id = form.get("client_id").map(str::to_owned);
    let assertion = form.get("client_assertion").or(form.get("client_assertion_type"));
    match (header, form.get("client_secret"), assertion) {
        (None, None, None) => {
            Ok(client_id.map_or(ClientCredentials::None, |client_id| ClientCredentials::Name { client_id }))
        }
        (Some(header), None, None) => {
            let (basic_id, secret) = basic(header).ok_or(OAuthError::invalid_client("unreadable_authorization"))?;
            if client_id.is_some_and(|id| id != basic_id) {
                return Err(
                    ErrorCode::InvalidRequest.because("two_client_ids", "The client_id stands twice, and differs.")
                );
            }
            Ok(ClientCredentials::Secret { client_id: basic_id, secret })
        }
        (None, Some(secret), None) => {
            let client_id = client_id.ok_or(OAuthError::invalid_client("no_client_id"))?;
            Ok(ClientCredentials::Secret { client_id, secret: Secret::from(secret.to_owned()) })
        }
        (None, None, Some(_)) => {
            if form.get("client_assertion_type") != Some(JWT_BEARER_ASSERTION) {
                return Err(OAuthError::invalid_client("assertion_type"));
            }
            let assertion = form.get("client_assertion").ok_or(OAuthError::invalid_client("no_assertion"))?;
            Ok(ClientCredentials::Assertion { client_id, assertion: Secret::from(assertion.to_owned()) })
        }
        _ => Err(twice),
    }
}

/// The scheme Basic; both halves are form-encoded before they are joined (RFC 6749 section 2.3.1).
fn basic(header: &HeaderValue) -> Option<(String, Secret)> {
    let (scheme, encoded) = header.to_str().ok()?.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let decoded = STANDARD.decode(encoded.trim()).ok()?;
    let colon = decoded.iter().position(|byte| *byte == b':')?;
    let client_id = form::decode(decoded.get(..colon)?).ok()?;
    let secret = form::decode(decoded.get(colon + 1..)?).ok()?;
    Some((client_id, Secret::from(secret)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(authorization: &[&str], body: &str) -> Result<ClientCredentials, OAuthError> {
        let mut headers = HeaderMap::new();
        for value in authorization {
            headers.append(AUTHORIZATION, HeaderValue::from_str(value).unwrap());
        }
        presented(&headers, &Form::parse(body.as_bytes()).unwrap())
    }

    fn basic_of(text: &str) -> String {
        format!("Basic {}", STANDARD.encode(text))
    }

    #[test]
    fn one_way_is_read() {
        let secret = |result: Result<ClientCredentials, OAuthError>| match result.unwrap() {
            ClientCredentials::Secret { client_id, secret } => (client_id, secret.expose().to_owned()),
            other => panic!("{other:?}"),
        };
        assert_eq!(secret(read(&[&basic_of("cli_1:s3cret")], "")), ("cli_1".to_owned(), "s3cret".to_owned()));
        assert_eq!(secret(read(&[&basic_of("a%3Ab:c%3Ad+e")], "")), ("a:b".to_owned(), "c:d e".to_owned()));
        assert_eq!(secret(read(&[&basic_of("cli_1:a:b")], "")).1, "a:b");
        assert_eq!(secret(read(&[], "client_id=cli_1&client_secret=x")).1, "x");
        assert!(matches!(read(&[], ""), Ok(ClientCredentials::None)));
        assert!(matches!(read(&[], "client_id="), Ok(ClientCredentials::None)));
        assert!(
            matches!(read(&[], "client_id=cli_1"), Ok(ClientCredentials::Name { client_id }) if client_id == "cli_1")
        );
    }

    #[test]
    fn two_ways_are_an_invalid_request() {
        let twice = [
            read(&[&basic_of("a:b")], "client_id=a&client_secret=b"),
            read(&[&basic_of("a:b"), &basic_of("a:b")], ""),
            read(&[&basic_of("a:b")], "client_assertion=x"),
            read(&[], "client_id=a&client_secret=b&client_assertion=x"),
            read(&[&basic_of("a:b")], "client_id=other"),
        ];
        for result in twice {
            assert_eq!(result.unwrap_err().code, ErrorCode::InvalidRequest);
        }
    }

    #[test]
    fn what_cannot_be_read_is_an_invalid_client() {
        for header in ["Basic", "Basic !!!", "Basic Y2xp", "Bearer abc", &basic_of("a%zz:b")] {
            assert_eq!(read(&[header], "").unwrap_err().code, ErrorCode::InvalidClient, "{header}");
        }
        let wrong_type =
            "client_assertion=x&client_assertion_type=urn:ietf:params:oauth:client-assertion-type:saml2-bearer";
        assert_eq!(read(&[], wrong_type).unwrap_err().code, ErrorCode::InvalidClient);
        assert_eq!(read(&[], "client_assertion=x").unwrap_err().code, ErrorCode::InvalidClient);
    }
}
