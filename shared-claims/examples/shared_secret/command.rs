//! The command line: `sign` and `verify`, for a conversation with other implementations.

use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use clap::{Parser, Subcommand};
use serde_json::json;
use shared_claims::clock::{Clock, Timestamp};
use zeroize::Zeroizing;

use crate::Failure;
use crate::hs256::{self, Claims, Refusal};
use crate::secret::SharedSecret;

/// A shared secret (HS256) and key pairs (ES256, RS256) side by side. Without a command it tells what happens.
#[derive(Debug, Parser)]
#[command(name = "shared_secret")]
pub struct Cli {
    /// Sign or verify with HS256 instead.
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// What to do with the secret.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Read claims (a JSON object) on standard input and print a token; without `exp` it is good for a day
    Sign {
        /// File that holds the secret, as text; a line feed at its end does not count
        #[arg(long, value_name = "PATH")]
        secret_file: PathBuf,
    },
    /// Read a token on standard input and print its claims, or `expired` (exit code 3) or `invalid` (exit code 4)
    Verify {
        /// File that holds the secret, as text; a line feed at its end does not count
        #[arg(long, value_name = "PATH")]
        secret_file: PathBuf,
    },
}

/// How long a token is good whose claims do not say it: the documents' one day.
const LIFETIME: Duration = Duration::from_secs(24 * 60 * 60);
/// Longest input that is read, in bytes.
const LONGEST_INPUT: u64 = 64 * 1024;

impl Command {
    /// Does it.
    ///
    /// # Errors
    /// [`Failure`], if it could not even be tried.
    pub fn run(self, input: &mut impl Read, out: &mut impl Write) -> Result<ExitCode, Failure> {
        let now = Clock::system().now();
        let text = read_all(input)?;
        match self {
            Self::Sign { secret_file } => {
                writeln!(out, "{}", sign(&text, &read_secret(&secret_file)?, now)?)?;
                Ok(ExitCode::SUCCESS)
            }
            Self::Verify { secret_file } => {
                let (line, code) = verify(text.trim_end(), &read_secret(&secret_file)?, now);
                writeln!(out, "{line}")?;
                Ok(ExitCode::from(code))
            }
        }
    }
}

fn read_all(input: &mut impl Read) -> Result<String, Failure> {
    let mut text = String::new();
    // One byte more shows that there is more.
    input.take(LONGEST_INPUT + 1).read_to_string(&mut text)?;
    match u64::try_from(text.len()) {
        Ok(length) if length <= LONGEST_INPUT => Ok(text),
        _ => Err(Failure::TooLong(LONGEST_INPUT)),
    }
}

fn read_secret(path: &Path) -> Result<SharedSecret, Failure> {
    let bytes = std::fs::read(path).map_err(|error| Failure::SecretFile(path.display().to_string(), error))?;
    let bytes = Zeroizing::new(bytes);
    Ok(SharedSecret::parse(bytes.strip_suffix(b"\n").unwrap_or(&bytes))?)
}

fn sign(claims: &str, secret: &SharedSecret, now: Timestamp) -> Result<String, Failure> {
    let mut claims: Claims = serde_json::from_str(claims)?;
    claims.entry("exp").or_insert_with(|| json!(now.plus(LIFETIME)));
    Ok(hs256::sign(&claims, secret))
}

fn verify(token: &str, secret: &SharedSecret, now: Timestamp) -> (String, u8) {
    match hs256::verify(token, secret, now) {
        Ok(claims) => (json!(claims).to_string(), 0),
        Err(refusal @ Refusal::Expired) => (refusal.to_string(), 3),
        Err(refusal @ Refusal::Invalid) => (refusal.to_string(), 4),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> Timestamp {
        Timestamp::from_seconds(seconds).unwrap()
    }

    #[test]
    fn the_documents_example_lasts_a_day_and_has_three_outcomes() {
        let secret = SharedSecret::parse(b"a secret of more than thirty-two bytes").unwrap();
        let token = sign(r#"{"user_id":123,"username":"alice"}"#, &secret, at(1_000)).unwrap();
        let good = (r#"{"exp":87400,"user_id":123,"username":"alice"}"#.to_owned(), 0);
        assert_eq!(verify(&token, &secret, at(87_399)), good);
        assert_eq!(verify(&token, &secret, at(87_400)), ("expired".to_owned(), 3));
        assert_eq!(verify(&token[1..], &secret, at(1_000)), ("invalid".to_owned(), 4));
        let given = sign(r#"{"exp":2000}"#, &secret, at(1_000)).unwrap();
        assert_eq!(verify(&given, &secret, at(1_999)), (r#"{"exp":2000}"#.to_owned(), 0));
    }

    #[test]
    fn an_input_is_read_whole_or_refused_by_its_length() {
        let longest = "x".repeat(64 * 1024);
        assert_eq!(read_all(&mut longest.as_bytes()).unwrap(), longest);
        let refused = read_all(&mut format!("{longest}x").as_bytes()).unwrap_err();
        assert!(matches!(refused, Failure::TooLong(65_536)), "{refused}");
    }

    #[test]
    fn only_an_object_is_signed() {
        let secret = SharedSecret::parse(&[7; 32]).unwrap();
        for claims in ["", "[]", "7", "{} {}", "null"] {
            assert!(matches!(sign(claims, &secret, at(1)), Err(Failure::Json(_))), "{claims}");
        }
    }

    #[test]
    fn a_line_feed_at_the_end_of_the_file_is_no_part_of_the_secret() {
        let file = std::env::temp_dir().join(format!("shared-secret-{}", std::process::id()));
        let tag_of = |bytes: &[u8]| {
            std::fs::write(&file, bytes).unwrap();
            read_secret(&file).map(|secret| secret.tag(b"message").as_ref().to_vec())
        };
        let tag = tag_of(&[b'x'; 32]).unwrap();
        assert_eq!(tag_of(&[[b'x'; 32].as_slice(), b"\n"].concat()).unwrap(), tag);
        assert!(matches!(tag_of(&[[b'x'; 31].as_slice(), b"\n"].concat()), Err(Failure::TooShort(_))));
        std::fs::remove_file(&file).unwrap();
        assert!(matches!(read_secret(&file), Err(Failure::SecretFile(..))));
    }

    #[test]
    fn the_command_line_is_sound() {
        use clap::CommandFactory;
        Cli::command().debug_assert();
    }
}
