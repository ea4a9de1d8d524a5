//! Passwords, client secrets, tokens.

use std::fmt;

use aws_lc_rs::constant_time::verify_slices_are_equal;
use serde::Deserialize;

/// A value that must not end in a log or on a screen by accident.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// The value itself, for the one request that needs it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Compares without telling by its duration how much is right.
    #[must_use]
    pub fn is(&self, other: &str) -> bool {
        verify_slices_are_equal(self.0.as_bytes(), other.as_bytes()).is_ok()
    }
}

impl From<String> for Secret {
    fn from(value: String) -> Self {
        Self(value)
    }
}

impl From<&str> for Secret {
    fn from(value: &str) -> Self {
        Self(value.to_owned())
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("[redacted]")
    }
}

#[cfg(test)]
mod tests {
    use super::Secret;

    #[test]
    fn a_secret_is_not_printed_by_debug() {
        assert_eq!(format!("{:?}", Secret::from("correct horse")), "[redacted]");
    }

    #[test]
    fn a_secret_is_itself_alone() {
        let secret = Secret::from("correct horse");
        assert!(secret.is("correct horse"));
        assert!(!secret.is("correct hors") && !secret.is("correct horsf") && !secret.is(""));
    }
}
