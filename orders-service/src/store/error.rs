//! Why a write did not happen.

use service_kit::StoreError;

use crate::domain::refusal::Refusal;

/// Nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// The request breaks a rule.
    #[error("refused: {0}")]
    Refused(#[from] Refusal),
    /// Somebody else wrote the same row first. To be tried again, which then finds the winner's.
    #[error("the same was written at the same time")]
    Twin,
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<diesel::result::Error> for WriteError {
    fn from(error: diesel::result::Error) -> Self {
        Self::Store(error.into())
    }
}

/// Takes a violated unique index for `meaning`, anything else for what it is.
pub(super) fn unless_unique(error: diesel::result::Error, meaning: WriteError) -> WriteError {
    let error = StoreError::from(error);
    if error.is_unique_violation() { meaning } else { error.into() }
}
