//! The `WWW-Authenticate` header: RFC 9110 section 11.6.1, with the parameters of RFC 6750 section 3 and RFC 9728
//! section 5.1.

use std::collections::BTreeMap;
use std::iter::Peekable;
use std::str::Chars;

/// One challenge: a scheme and its parameters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Challenge {
    scheme: String,
    parameters: BTreeMap<String, String>,
}

/// Not a list of challenges.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidChallenge {
    /// A parameter stands before any scheme.
    #[error("a parameter without a scheme")]
    NoScheme,
    /// A parameter stands twice in one challenge; which one would count is anybody's guess.
    #[error("a parameter stands twice")]
    Repeated,
    /// A value does not end, or does not begin.
    #[error("a value without its end")]
    Unterminated,
    /// A character that has no place where it stands.
    #[error("an unexpected character {0:?}")]
    Unexpected(char),
}

impl Challenge {
    /// All challenges of one header value.
    ///
    /// # Errors
    /// [`InvalidChallenge`].
    pub fn parse_all(value: &str) -> Result<Vec<Self>, InvalidChallenge> {
        let mut input = Input(value.chars().peekable());
        let mut challenges: Vec<Self> = Vec::new();
        loop {
            input.skip(|character| character.is_ascii_whitespace() || character == ',');
            let Some(next) = input.0.peek().copied() else { return Ok(challenges) };
            let word = input.token();
            if word.is_empty() {
                return Err(InvalidChallenge::Unexpected(next));
            }
            // `name = value` belongs to the challenge before it, anything else begins one: only the `=` tells.
            let after_space = input.skip(|character| character.is_ascii_whitespace());
            if input.0.peek() == Some(&'=') {
                let challenge = challenges.last_mut().ok_or(InvalidChallenge::NoScheme)?;
                input.0.next();
                challenge.add(&word, input.value()?)?;
            } else {
                challenges.push(Self { scheme: word, parameters: BTreeMap::new() });
                if after_space {
                    input.skip_token68();
                }
            }
        }
    }

    /// Whether it is of this scheme; case does not count.
    #[must_use]
    pub fn is(&self, scheme: &str) -> bool {
        self.scheme.eq_ignore_ascii_case(scheme)
    }

    /// A parameter. Names are compared without case.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.parameters.get(&name.to_ascii_lowercase()).map(String::as_str)
    }

    fn add(&mut self, name: &str, value: String) -> Result<(), InvalidChallenge> {
        match self.parameters.insert(name.to_ascii_lowercase(), value) {
            None => Ok(()),
            Some(_) => Err(InvalidChallenge::Repeated),
        }
    }
}

struct Input<'v>(Peekable<Chars<'v>>);

impl Input<'_> {
    /// Whether anything was skipped.
    fn skip(&mut self, unwanted: impl Fn(char) -> bool) -> bool {
        let mut skipped = false;
        while self.0.next_if(|character| unwanted(*character)).is_some() {
            skipped = true;
        }
        skipped
    }

    fn token(&mut self) -> String {
        let mut token = String::new();
        while let Some(character) = self.0.next_if(|character| is_token_character(*character)) {
            token.push(character);
        }
        token
    }

    fn value(&mut self) -> Result<String, InvalidChallenge> {
        self.skip(|character| character.is_ascii_whitespace());
        if self.0.next_if_eq(&'"').is_none() {
            let token = self.token();
            return match self.0.peek() {
                _ if !token.is_empty() => Ok(token),
                Some(unexpected) => Err(InvalidChallenge::Unexpected(*unexpected)),
                None => Err(InvalidChallenge::Unterminated),
            };
        }
        let mut value = String::new();
        loop {
            match self.0.next().ok_or(InvalidChallenge::Unterminated)? {
                '"' => return Ok(value),
                // RFC 9110 section 5.6.4: a backslash makes the next character literal.
                '\\' => value.push(self.0.next().ok_or(InvalidChallenge::Unterminated)?),
                character => value.push(character),
            }
        }
    }

    /// Passes over the single value that some schemes have instead of parameters (`Negotiate abc==`). It is told
    /// from a parameter by what follows it: the end or a comma.
    fn skip_token68(&mut self) {
        let is_token68 = |character: &char| character.is_ascii_alphanumeric() || "-._~+/".contains(*character);
        let mut ahead = self.0.clone();
        let mut any = false;
        while ahead.next_if(is_token68).is_some() {
            any = true;
        }
        while ahead.next_if_eq(&'=').is_some() {}
        if any && matches!(ahead.peek(), None | Some(',')) {
            self.0 = ahead;
        }
    }
}

/// RFC 9110 section 5.6.2.
fn is_token_character(character: char) -> bool {
    character.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(character)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(value: &str) -> Challenge {
        let challenges = Challenge::parse_all(value).unwrap();
        assert_eq!(challenges.len(), 1, "{challenges:?}");
        challenges.into_iter().next().unwrap()
    }

    #[test]
    fn realm_and_metadata_are_read() {
        let challenge =
            one(r#"Bearer realm="orders-service", resource_metadata="http://localhost:8081/.well-known/x""#);
        assert!(challenge.is("bearer"));
        assert_eq!(challenge.get("realm"), Some("orders-service"));
        assert_eq!(challenge.get("Resource_Metadata"), Some("http://localhost:8081/.well-known/x"));
        assert_eq!(challenge.get("error"), None);
    }

    #[test]
    fn a_quoted_string_may_hold_commas_equals_signs_and_escaped_quotes() {
        let challenge = one(r#"Bearer error_description="a \"b\", c=d \\", error=invalid_token"#);
        assert_eq!(challenge.get("error_description"), Some(r#"a "b", c=d \"#));
        assert_eq!(challenge.get("error"), Some("invalid_token"));
    }

    #[test]
    fn several_challenges_in_one_header_are_told_apart() {
        let challenges =
            Challenge::parse_all(r#"Negotiate YWJj==, Basic realm="x", Bearer realm = "y" , DPoP"#).unwrap();
        let schemes: Vec<_> = challenges.iter().map(|challenge| challenge.scheme.as_str()).collect();
        assert_eq!(schemes, ["Negotiate", "Basic", "Bearer", "DPoP"]);
        assert_eq!(challenges[2].get("realm"), Some("y"));
    }

    #[test]
    fn a_bare_scheme_is_a_challenge() {
        assert!(one("Bearer").is("Bearer"));
        assert_eq!(Challenge::parse_all("").unwrap(), []);
    }

    #[test]
    fn what_is_not_a_challenge_is_an_error() {
        for value in [
            r#"Bearer realm="x"#,
            r#"realm="x""#,
            r#"Bearer a=1, a=2"#,
            "Bearer a=1, b=,c=1",
            "Bearer a=1, b=",
            "\"x\"",
            "Bearer (x)",
        ] {
            assert!(Challenge::parse_all(value).is_err(), "{value}");
        }
    }
}
