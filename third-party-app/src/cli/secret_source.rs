//! A secret given by itself, or as the file that holds it.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use third_party_app::secret::Secret;

use super::Failure;

/// No secret is longer, in bytes. What is longer was named by mistake.
const LONGEST: u64 = 4096;

/// The secret, if one is given. Empty means not given, because compose files pass unset variables as empty ones.
pub(crate) fn read(name: &str, value: Option<String>, file: Option<&Path>) -> Result<Option<Secret>, Failure> {
    let value = value.filter(|value| !value.is_empty());
    let file = file.filter(|file| !file.as_os_str().is_empty());
    match (value, file) {
        (Some(_), Some(_)) => Err(Failure::Usage(format!("give --{name} or --{name}-file, not both"))),
        (Some(value), None) => Ok(Some(value.into())),
        (None, Some(path)) => from_file(path).map(Some),
        (None, None) => Ok(None),
    }
}

fn from_file(path: &Path) -> Result<Secret, Failure> {
    let failed = |source| Failure::File { path: path.to_owned(), source };
    let mut text = String::new();
    File::open(path).and_then(|file| file.take(LONGEST).read_to_string(&mut text)).map_err(failed)?;
    // Editors and `echo` end a file with a line break, which is not part of the secret.
    let secret = text.strip_suffix('\n').map(|text| text.strip_suffix('\r').unwrap_or(text)).unwrap_or(&text);
    if secret.is_empty() {
        return Err(Failure::Usage(format!("{} is empty", path.display())));
    }
    Ok(secret.into())
}
