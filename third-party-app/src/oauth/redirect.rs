//! What the browser brings back to the redirect URI. Anybody can make a browser call it, with anything.

use url::form_urlencoded;

use super::Pending;
use crate::secret::Secret;

/// An authorization code that came with the right state from the right issuer.
#[derive(Debug, Clone)]
pub struct Code(Secret);

/// Why no code is taken from it. All but `Refused` mean that it does not belong to what this browser asked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RedirectError {
    /// RFC 6749 section 3.1: no parameter more than once; which one would count is anybody's guess.
    #[error("the parameter {0} stands twice")]
    Repeated(&'static str),
    /// No state: nothing says which request it answers.
    #[error("there is no state, so it answers nothing that was asked here")]
    NoState,
    /// Another state: a forged call (RFC 6749 section 10.12), or another browser's code.
    #[error("the state is not the one that this browser was sent away with")]
    OtherState,
    /// No issuer, although the server's metadata announce it (RFC 9207 section 2.4).
    #[error("there is no iss, so it is not known which authorization server answers")]
    NoIssuer,
    /// Another authorization server answers: a mix-up (RFC 9207 section 1).
    #[error("iss is {found:?}, asked was {asked:?}: another authorization server answers")]
    OtherIssuer {
        /// Who was asked.
        asked: String,
        /// Who answers.
        found: String,
    },
    /// The authorization server says no, or the person does (RFC 6749 section 4.1.2.1).
    #[error("{error}{}", description.as_ref().map(|text| format!(": {text}")).unwrap_or_default())]
    Refused {
        /// The code of the error.
        error: String,
        /// What the server says of it.
        description: Option<String>,
    },
    /// Neither a code nor an error.
    #[error("there is neither a code nor an error")]
    NoCode,
}

impl Code {
    /// The code itself, for the one token request.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose()
    }
}

impl From<&str> for Code {
    fn from(code: &str) -> Self {
        Self(code.into())
    }
}

impl Pending {
    /// Reads the query of the redirect. State and issuer are judged before anything else is believed, an error as well.
    ///
    /// # Errors
    /// [`RedirectError`].
    pub fn read_redirect(&self, query: &str) -> Result<Code, RedirectError> {
        let state = single(query, "state")?.ok_or(RedirectError::NoState)?;
        if !self.state.is(&state) {
            return Err(RedirectError::OtherState);
        }
        // RFC 9207 section 2.4: compared as it stands, without normalization.
        let issuer = single(query, "iss")?.ok_or(RedirectError::NoIssuer)?;
        if issuer != self.issuer {
            return Err(RedirectError::OtherIssuer { asked: self.issuer.clone(), found: issuer });
        }
        if let Some(error) = single(query, "error")? {
            return Err(RedirectError::Refused { error, description: single(query, "error_description")? });
        }
        let code = single(query, "code")?.filter(|code| !code.is_empty());
        code.map(|code| Code(code.into())).ok_or(RedirectError::NoCode)
    }
}

fn single(query: &str, name: &'static str) -> Result<Option<String>, RedirectError> {
    let mut values = form_urlencoded::parse(query.as_bytes()).filter(|(found, _)| found == name);
    let value = values.next().map(|(_, value)| value.into_owned());
    match values.next() {
        Some(_) => Err(RedirectError::Repeated(name)),
        None => Ok(value),
    }
}
