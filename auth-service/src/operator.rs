//! The first operator. A clone holds no password: at first start a random one is made and written to a file that only
//! its owner can read.

use std::io;
use std::path::{Path, PathBuf};

use service_kit::ids::new_id;
use service_kit::private_file;
use service_kit::secret::Secret;
use service_kit::{AuditEvent, Outcome, StoreError};
use shared_claims::role::{Role, RoleSet};

use crate::domain::client_secret;
use crate::domain::email::{Email, InvalidEmail};
use crate::domain::user::{User, UserStatus};
use crate::hashing::HashingError;
use crate::state::State;
use crate::store::{ChangeError, users};

/// What the first operator signs in with.
pub const FIRST_OPERATOR: &str = "operator@example.com";

/// The first operator could not be made.
#[derive(Debug, thiserror::Error)]
pub enum OperatorError {
    /// The password file.
    #[error("{path}: {cause}")]
    File {
        /// Which file.
        path: PathBuf,
        /// What the system says.
        cause: io::Error,
    },
    /// There is no randomness.
    #[error(transparent)]
    Randomness(#[from] client_secret::NoRandomness),
    /// The password could not be hashed.
    #[error(transparent)]
    Hashing(#[from] HashingError),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The database, while writing.
    #[error(transparent)]
    Change(#[from] ChangeError),
    /// The address is none.
    #[error(transparent)]
    Email(#[from] InvalidEmail),
}

/// Makes the first operator, if there is nobody yet. The file is written before the row: killed in between, the next
/// start finds the file and goes on with the same password.
///
/// # Errors
/// [`OperatorError`].
pub async fn make_first(state: &State, password_file: &Path) -> Result<(), OperatorError> {
    if !users::is_empty(&state.database).await? {
        return Ok(());
    }
    let Found { password, is_new } = password_in(password_file)?;
    let user = User {
        user_id: new_id("usr"),
        email: Email::parse(FIRST_OPERATOR)?,
        name: "First operator".to_owned(),
        password_hash: state.passwords.hash(password.clone()).await?,
        roles: [Role::Manager, Role::Fulfiller, Role::Auditor].into_iter().collect::<RoleSet>(),
        status: UserStatus::Active,
        created_at: state.clock.micros(),
        email_verified_at: None,
    };
    let event = AuditEvent::new("user.create", Outcome::Allowed, "auth-service", user.created_at).object(&user.user_id);
    match users::insert(&state.database, user, (state.audit.clone(), event)).await {
        Ok(()) => {
            log::info!("first operator {FIRST_OPERATOR}; the password is in {}", password_file.display());
            Ok(())
        }
        // Another replica was faster. Where it shares our file, that is good for both; else ours opens nothing.
        Err(ChangeError::Conflict(_)) if is_new && !opens(state, password).await? => {
            std::fs::remove_file(password_file)
                .map_err(|cause| OperatorError::File { path: password_file.to_owned(), cause })
        }
        Err(ChangeError::Conflict(_)) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// Whether it is the password of the first operator that is now in the database.
async fn opens(state: &State, password: Secret) -> Result<bool, OperatorError> {
    let user = users::find_by_email(&state.database, &Email::parse(FIRST_OPERATOR)?).await?;
    Ok(state.passwords.verify(password, user.map(|user| user.password_hash)).await?)
}

/// A password, and whether this start wrote it.
struct Found {
    password: Secret,
    is_new: bool,
}

/// The password in the file, or a new one that is written there.
fn password_in(path: &Path) -> Result<Found, OperatorError> {
    let failed = |cause| OperatorError::File { path: path.to_owned(), cause };
    if let Some(password) = read_password(path).map_err(failed)? {
        return Ok(Found { password, is_new: false });
    }
    let (password, _) = client_secret::generate()?;
    let line = Secret::from(format!("{}\n", password.expose()));
    let is_new = private_file::write_once(path, line.expose().as_bytes()).map_err(failed)?;
    // Two that start at once: what stands there now is good for both.
    let password = read_password(path).map_err(failed)?.unwrap_or(password);
    Ok(Found { password, is_new })
}

/// The password of the first operator, if the file is there.
///
/// # Errors
/// What the system says; also for a file without anything in it, which would be nobody's password.
pub fn read_password(path: &Path) -> io::Result<Option<Secret>> {
    match std::fs::read_to_string(path) {
        Ok(text) if text.trim().is_empty() => {
            Err(io::Error::new(io::ErrorKind::InvalidData, "the file is empty; write a password into it or remove it"))
        }
        Ok(text) => Ok(Some(Secret::from(text.trim().to_owned()))),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}
