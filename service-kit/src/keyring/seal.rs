//! Sealing and deriving.
//!
//! A sealed secret is: version byte 1, 12 bytes nonce, ciphertext with a 16-byte tag (AES-256-GCM, NIST SP 800-38D).
//! Nonces are random; a key ring seals a handful of keys, far from the 2^32 after which that would matter.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::{hkdf, rand};
use zeroize::Zeroizing;

use super::{KeyEncryptionKey, KeyringError};

const VERSION: u8 = 1;

impl KeyEncryptionKey {
    /// Another 48-byte key for `label` (HKDF-SHA-384, RFC 5869; the label is the `info`). The same label gives the same
    /// key.
    ///
    /// # Errors
    /// [`KeyringError::Crypto`], which HKDF has no reason to give for this length.
    pub fn derive(&self, label: &str) -> Result<Zeroizing<[u8; 48]>, KeyringError> {
        let mut key = Zeroizing::new([0_u8; 48]);
        self.expand(label, key.as_mut_slice())?;
        Ok(key)
    }

    /// Encrypts `secret` for storage under the name `key_id`, which is bound to it.
    ///
    /// # Errors
    /// [`KeyringError::Crypto`] when there is no randomness.
    pub fn seal(&self, key_id: &str, secret: &[u8]) -> Result<Vec<u8>, KeyringError> {
        let mut nonce = [0_u8; NONCE_LEN];
        rand::fill(&mut nonce).map_err(|_| KeyringError::Crypto("no randomness"))?;
        let mut ciphertext = secret.to_vec();
        self.cipher()?
            .seal_in_place_append_tag(
                Nonce::assume_unique_for_key(nonce),
                Aad::from(key_id.as_bytes()),
                &mut ciphertext,
            )
            .map_err(|_| KeyringError::Crypto("sealing"))?;
        Ok([&[VERSION][..], &nonce, &ciphertext].concat())
    }

    /// Decrypts what [`seal`](Self::seal) made.
    ///
    /// # Errors
    /// [`KeyringError::WrongKey`] for another key-encryption key, another `key_id`, or altered bytes: they cannot be
    /// told apart.
    pub fn open(&self, key_id: &str, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, KeyringError> {
        let wrong = || KeyringError::WrongKey { key_id: key_id.to_owned() };
        let (version, rest) = sealed.split_first().ok_or_else(wrong)?;
        let (nonce, ciphertext) = rest.split_first_chunk::<NONCE_LEN>().ok_or_else(wrong)?;
        if *version != VERSION {
            return Err(wrong());
        }
        let mut secret = Zeroizing::new(ciphertext.to_vec());
        let nonce = Nonce::assume_unique_for_key(*nonce);
        let opened =
            self.cipher()?.open_in_place(nonce, Aad::from(key_id.as_bytes()), &mut secret).map_err(|_| wrong())?;
        let length = opened.len();
        secret.truncate(length);
        Ok(secret)
    }

    // Sealing has a key of its own, so that nothing that `derive` gives out is ever the sealing key.
    fn cipher(&self) -> Result<LessSafeKey, KeyringError> {
        let mut key = Zeroizing::new([0_u8; 32]);
        self.expand("service-kit/seal/v1", key.as_mut_slice())?;
        let key = UnboundKey::new(&AES_256_GCM, key.as_slice()).map_err(|_| KeyringError::Crypto("key length"))?;
        Ok(LessSafeKey::new(key))
    }

    fn expand(&self, label: &str, into: &mut [u8]) -> Result<(), KeyringError> {
        let extracted = hkdf::Salt::new(hkdf::HKDF_SHA384, b"").extract(self.0.as_slice());
        let info = [label.as_bytes()];
        let expanded = extracted.expand(&info, Length(into.len())).and_then(|key| key.fill(into));
        expanded.map_err(|_| KeyringError::Crypto("HKDF"))
    }
}

struct Length(usize);

impl hkdf::KeyType for Length {
    fn len(&self) -> usize {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::{KeyEncryptionKey, KeyringError, Zeroizing};

    fn key(byte: u8) -> KeyEncryptionKey {
        KeyEncryptionKey(Zeroizing::new([byte; 32]))
    }

    #[test]
    fn what_was_sealed_opens_under_the_same_key_and_name() {
        let sealed = key(1).seal("kid-1", b"private").unwrap();
        assert_eq!(key(1).open("kid-1", &sealed).unwrap().as_slice(), b"private");
        assert!(!sealed.windows(7).any(|window| window == b"private"));
        assert_ne!(sealed, key(1).seal("kid-1", b"private").unwrap(), "the nonce is new each time");
    }

    #[test]
    fn another_key_another_name_or_any_altered_byte_does_not_open() {
        let sealed = key(1).seal("kid-1", b"private").unwrap();
        assert!(matches!(key(2).open("kid-1", &sealed), Err(KeyringError::WrongKey { key_id }) if key_id == "kid-1"));
        assert!(key(1).open("kid-2", &sealed).is_err());
        for index in 0..sealed.len() {
            let mut altered = sealed.clone();
            altered[index] ^= 1;
            assert!(key(1).open("kid-1", &altered).is_err(), "byte {index}");
            assert!(key(1).open("kid-1", &sealed[..index]).is_err(), "cut at {index}");
        }
    }

    #[test]
    fn labels_give_different_keys_and_the_same_label_the_same() {
        let kek = key(1);
        assert_eq!(kek.derive("pepper").unwrap(), kek.derive("pepper").unwrap());
        assert_ne!(kek.derive("pepper").unwrap(), kek.derive("other").unwrap());
        assert_ne!(kek.derive("pepper").unwrap(), key(2).derive("pepper").unwrap());
    }
}
