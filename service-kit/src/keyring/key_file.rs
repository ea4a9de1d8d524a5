//! The key-encryption key and its file.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;

use aws_lc_rs::rand;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use zeroize::Zeroizing;

use super::KeyringError;
use crate::private_file;

/// Bytes of the key.
const LENGTH: usize = 32;
/// Longest file that is read, bytes: base64 of the key is 44.
const LONGEST_FILE: u64 = 1024;

/// 32 random bytes from which all other keys at rest are derived or under which they are sealed. Not printable.
pub struct KeyEncryptionKey(pub(super) Zeroizing<[u8; LENGTH]>);

impl std::fmt::Debug for KeyEncryptionKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("KeyEncryptionKey([redacted])")
    }
}

impl KeyEncryptionKey {
    /// Reads the key: 32 bytes in base64, line ends ignored.
    ///
    /// # Errors
    /// When the file cannot be read or holds something else; the text names the path and what to do.
    pub fn load(path: &Path) -> Result<Self, KeyringError> {
        let text = read(path).map_err(|cause| KeyringError::File { path: path.display().to_string(), cause })?;
        let bytes = STANDARD.decode(text.trim()).map(Zeroizing::new).ok();
        let key = bytes.and_then(|bytes| <[u8; LENGTH]>::try_from(bytes.as_slice()).ok());
        key.map(|key| Self(Zeroizing::new(key)))
            .ok_or_else(|| KeyringError::Malformed { path: path.display().to_string() })
    }

    /// Reads the key, or makes it when there is no such file: mode 0600, complete or not there at all, and one file
    /// even when several processes do this at once.
    ///
    /// # Errors
    /// As [`load`](Self::load), and when the file cannot be written.
    pub fn load_or_create(path: &Path) -> Result<Self, KeyringError> {
        match path.try_exists() {
            Ok(true) => {}
            Ok(false) => create(path)?,
            Err(cause) => return Err(KeyringError::File { path: path.display().to_string(), cause }),
        }
        Self::load(path)
    }
}

fn read(path: &Path) -> io::Result<Zeroizing<String>> {
    let mut text = Zeroizing::new(String::new());
    File::open(path)?.take(LONGEST_FILE).read_to_string(&mut text)?;
    Ok(text)
}

fn create(path: &Path) -> Result<(), KeyringError> {
    let mut key = Zeroizing::new([0_u8; LENGTH]);
    rand::fill(key.as_mut_slice()).map_err(|_| KeyringError::Crypto("no randomness"))?;
    let text = Zeroizing::new(format!("{}\n", STANDARD.encode(*key)));
    // Of two processes one wins, and the other reads the winner's.
    let written = private_file::write_once(path, text.as_bytes());
    written.map(drop).map_err(|cause| KeyringError::File { path: path.display().to_string(), cause })
}

#[cfg(test)]
mod tests {
    use super::KeyEncryptionKey;

    #[test]
    fn the_first_start_makes_a_private_file_that_later_starts_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("data/kek");
        let first = KeyEncryptionKey::load_or_create(&path).unwrap();
        let second = KeyEncryptionKey::load_or_create(&path).unwrap();
        assert_eq!(first.0, second.0);
        #[cfg(unix)]
        {
            let mode = std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(&path).unwrap().permissions());
            assert_eq!(mode & 0o777, 0o600);
        }
        assert_eq!(std::fs::read_dir(path.parent().unwrap()).unwrap().count(), 1, "no draft is left");
    }

    #[test]
    fn many_processes_at_once_end_with_one_key() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("kek");
        let start = std::sync::Barrier::new(16);
        let keys: Vec<_> = std::thread::scope(|scope| {
            let make = || {
                start.wait();
                KeyEncryptionKey::load_or_create(&path).unwrap()
            };
            let threads: Vec<_> = (0..16).map(|_| scope.spawn(make)).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        assert!(keys.windows(2).all(|pair| pair[0].0 == pair[1].0));
    }

    #[test]
    fn errors_name_the_path_and_what_to_do_and_not_the_content() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("kek");
        let missing = KeyEncryptionKey::load(&path).unwrap_err().to_string();
        assert!(missing.contains(path.to_str().unwrap()) && missing.contains("openssl rand"), "{missing}");
        for content in ["", "aGVsbG8=", "not base64 !", &"A".repeat(4096)] {
            std::fs::write(&path, content).unwrap();
            let error = KeyEncryptionKey::load(&path).unwrap_err().to_string();
            assert!(error.contains("32 bytes") && (content.is_empty() || !error.contains(content)), "{error}");
        }
    }
}
