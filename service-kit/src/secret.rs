//! Values that must not be printed: [`Secret`], and where they are read from.

use std::{fmt, fs, path::PathBuf};

use zeroize::{Zeroize, Zeroizing};

use crate::settings::SettingsError;

/// Longest secret file that is read, bytes. A larger one is surely the wrong file.
const LONGEST_FILE: u64 = 64 * 1024;

/// A value that prints as `[redacted]` and is overwritten when dropped.
///
/// It has no `PartialEq`: secrets are compared in constant time, by those who know how.
#[derive(Clone)]
pub struct Secret<T: Zeroize = String>(Zeroizing<T>);

impl<T: Zeroize> Secret<T> {
    /// Takes `value` into custody.
    pub fn new(value: T) -> Self {
        Self(Zeroizing::new(value))
    }

    /// The value itself. The name is long to be found: whoever calls it answers for where the value goes.
    pub fn expose(&self) -> &T {
        &self.0
    }
}

impl<T: Zeroize> fmt::Debug for Secret<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

impl From<String> for Secret {
    fn from(value: String) -> Self {
        Self::new(value)
    }
}

/// Read from a request; there is no way back into one.
impl<'de> serde::Deserialize<'de> for Secret {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self::from)
    }
}

impl std::str::FromStr for Secret {
    type Err = std::convert::Infallible;

    fn from_str(value: &str) -> Result<Self, Self::Err> {
        Ok(Self::new(value.to_owned()))
    }
}

/// Reads a secret given either as a value (`NAME`) or in a file (`NAME_FILE`); `None` when neither is given.
///
/// Line ends at the end of the file are cut off, since every editor puts one there.
///
/// # Errors
/// When both are given, when the file cannot be read, is longer than 64 KiB or is not UTF-8, and when the secret is
/// empty. The text names the setting and the path, never the value.
pub fn read_secret(value: Option<String>, file: Option<PathBuf>, name: &str) -> Result<Option<Secret>, SettingsError> {
    let secret = match (value, file) {
        (None, None) => return Ok(None),
        (Some(_), Some(_)) => return Err(SettingsError::new(format!("give {name} or {name}_FILE, not both"))),
        (Some(value), None) => Secret::new(value),
        (None, Some(path)) => read_file(&path, name)?,
    };
    if secret.expose().is_empty() {
        return Err(SettingsError::new(format!("{name} is empty")));
    }
    Ok(Some(secret))
}

fn read_file(path: &PathBuf, name: &str) -> Result<Secret, SettingsError> {
    let refused = |why: String| SettingsError::new(format!("{name}_FILE={}: {why}", path.display()));
    let length = fs::metadata(path).map_err(|error| refused(error.to_string()))?.len();
    if length > LONGEST_FILE {
        return Err(refused(format!("longer than {LONGEST_FILE} bytes")));
    }
    let text = Zeroizing::new(fs::read_to_string(path).map_err(|error| refused(error.to_string()))?);
    Ok(Secret::new(text.trim_end_matches(['\r', '\n']).to_owned()))
}

#[cfg(test)]
mod tests {
    use super::{Secret, read_secret};

    #[test]
    fn a_secret_never_prints() {
        let secret = Secret::from("hunter2".to_owned());
        assert_eq!(format!("{secret:?}"), "[redacted]");
        assert_eq!(secret.expose(), "hunter2");
    }

    #[test]
    fn a_secret_comes_from_a_value_or_from_a_file_but_not_from_both() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secret");
        std::fs::write(&path, "from file\r\n").unwrap();

        let read = |value: Option<&str>, file| read_secret(value.map(str::to_owned), file, "X");
        assert!(read(None, None).unwrap().is_none());
        assert_eq!(read(Some("inline"), None).unwrap().unwrap().expose(), "inline");
        assert_eq!(read(None, Some(path.clone())).unwrap().unwrap().expose(), "from file");
        assert!(read(Some("inline"), Some(path.clone())).unwrap_err().to_string().contains("not both"));
        assert!(read(Some(""), None).unwrap_err().to_string().contains("empty"));

        let missing = read(None, Some(folder.path().join("none"))).unwrap_err().to_string();
        assert!(missing.contains("X_FILE") && missing.contains("none"), "{missing}");
    }
}
