//! Texts that partners choose.

use serde::{Deserialize, Serialize};

/// 1 to `MAX` characters, not only blanks, no control characters: such a text can be stored, logged and shown anywhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Text<const MAX: usize>(String);

/// The text is empty, too long, or holds control characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must have 1 to {0} characters, not only blanks and no control characters")]
pub struct InvalidText(usize);

impl<const MAX: usize> Text<MAX> {
    /// The text, unchanged.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<const MAX: usize> TryFrom<String> for Text<MAX> {
    type Error = InvalidText;
    fn try_from(text: String) -> Result<Self, InvalidText> {
        let fits = !text.trim().is_empty() && text.chars().count() <= MAX && !text.chars().any(char::is_control);
        if fits { Ok(Self(text)) } else { Err(InvalidText(MAX)) }
    }
}

impl<const MAX: usize> From<Text<MAX>> for String {
    fn from(text: Text<MAX>) -> Self {
        text.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn length_is_counted_in_characters() {
        let read = |text: &str| Text::<3>::try_from(text.to_owned());
        assert!(read("äöü").is_ok());
        for text in ["", "   ", "abcd", "a\nb", "a\0"] {
            assert_eq!(read(text), Err(InvalidText(3)), "{text:?}");
        }
    }
}
