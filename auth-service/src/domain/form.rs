//! `application/x-www-form-urlencoded`, read strictly (RFC 6749 sections 3.2 and appendix B): a parameter that stands
//! twice could be read in two ways, so it is an error, and so is an encoding that does not decode.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

/// The form cannot be read in exactly one way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidForm {
    /// A percent sign without two hexadecimal digits, or bytes that are not UTF-8.
    #[error("the form is not well encoded")]
    Encoding,
    /// A parameter stands more than once.
    #[error("a parameter stands more than once")]
    Repeated,
}

/// The parameters of a request. Unknown ones are kept and never asked for.
#[derive(Debug, Default)]
pub struct Form(HashMap<String, String>);

impl Form {
    /// Reads a body.
    ///
    /// # Errors
    /// [`InvalidForm`].
    pub fn parse(body: &[u8]) -> Result<Self, InvalidForm> {
        let (form, repeated) = Self::parse_with_repeated(body)?;
        if repeated.is_empty() { Ok(form) } else { Err(InvalidForm::Repeated) }
    }

    /// Reads a body or a query, and tells which parameters stand more than once, for whoever has to answer in another way
    /// if it is the address of the answer. Of those, the first is kept.
    ///
    /// # Errors
    /// [`InvalidForm::Encoding`].
    pub fn parse_with_repeated(body: &[u8]) -> Result<(Self, Vec<String>), InvalidForm> {
        let (mut parameters, mut repeated) = (HashMap::new(), Vec::new());
        for pair in body.split(|byte| *byte == b'&').filter(|pair| !pair.is_empty()) {
            let middle = pair.iter().position(|byte| *byte == b'=').unwrap_or(pair.len());
            let name = decode(pair.get(..middle).unwrap_or_default())?;
            let value = decode(pair.get(middle + 1..).unwrap_or_default())?;
            match parameters.entry(name) {
                Entry::Vacant(free) => drop(free.insert(value)),
                Entry::Occupied(taken) => repeated.push(taken.key().clone()),
            }
        }
        Ok((Self(parameters), repeated))
    }

    /// The value of a parameter. One without a value counts as left out (RFC 6749 section 3.2).
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }
}

/// Undoes form encoding, strictly.
///
/// # Errors
/// [`InvalidForm::Encoding`].
pub fn decode(encoded: &[u8]) -> Result<String, InvalidForm> {
    let mut decoded = Vec::with_capacity(encoded.len());
    let mut bytes = encoded.iter();
    while let Some(byte) = bytes.next() {
        match byte {
            b'+' => decoded.push(b' '),
            b'%' => {
                let (high, low) = (hex(bytes.next())?, hex(bytes.next())?);
                decoded.push(high << 4 | low);
            }
            other => decoded.push(*other),
        }
    }
    String::from_utf8(decoded).map_err(|_| InvalidForm::Encoding)
}

fn hex(digit: Option<&u8>) -> Result<u8, InvalidForm> {
    match digit {
        Some(digit @ b'0'..=b'9') => Ok(digit - b'0'),
        Some(digit @ b'a'..=b'f') => Ok(digit - b'a' + 10),
        Some(digit @ b'A'..=b'F') => Ok(digit - b'A' + 10),
        _ => Err(InvalidForm::Encoding),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_read() {
        let form =
            Form::parse(b"grant_type=client_credentials&scope=orders%3aread+orders%3Awrite&empty=&bare").unwrap();
        assert_eq!(form.get("grant_type"), Some("client_credentials"));
        assert_eq!(form.get("scope"), Some("orders:read orders:write"));
        assert_eq!(form.get("empty"), None);
        assert_eq!(form.get("bare"), None);
        assert_eq!(form.get("missing"), None);
    }

    #[test]
    fn what_can_be_read_in_two_ways_is_refused() {
        assert_eq!(Form::parse(b"scope=a&scope=b").unwrap_err(), InvalidForm::Repeated);
        assert_eq!(Form::parse(b"scope=a&sc%6fpe=b").unwrap_err(), InvalidForm::Repeated);
        assert_eq!(Form::parse(b"scope=&scope=b").unwrap_err(), InvalidForm::Repeated);
        for body in ["a=%", "a=%4", "a=%zz", "%=1", "a=%ff"] {
            assert_eq!(Form::parse(body.as_bytes()).unwrap_err(), InvalidForm::Encoding, "{body}");
        }
    }
}
