//! What can go wrong with a change.

use service_kit::{Problem, StoreError};

/// A row that this code could not have written: an enum's name that is none, a number out of range.
#[derive(Debug, thiserror::Error)]
#[error("a row of {0} cannot be read")]
pub struct CorruptRow(pub &'static str);

/// A change did not take place.
#[derive(Debug, thiserror::Error)]
pub enum ChangeError {
    /// There is no such row.
    #[error("no such row")]
    NotFound,
    /// It goes against what is there; the text tells the caller how.
    #[error("conflict: {0}")]
    Conflict(&'static str),
    /// A field does not go with what is there.
    #[error("{0} {1}")]
    Field(&'static str, &'static str),
    /// The same Idempotency-Key came with another request.
    #[error("the Idempotency-Key was used for another request")]
    KeyReused,
    /// The database's fault.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl ChangeError {
    /// Why a rule of ours refused the change, for the audit trail; `None` if it was no rule but a fault.
    #[must_use]
    pub fn refusal(&self) -> Option<&'static str> {
        match self {
            Self::NotFound => Some("not_found"),
            Self::Conflict(_) => Some("conflict"),
            Self::Field(..) => Some("invalid"),
            Self::KeyReused => Some("idempotency_key_reused"),
            Self::Store(_) => None,
        }
    }
}

impl From<diesel::result::Error> for ChangeError {
    fn from(error: diesel::result::Error) -> Self {
        match error {
            diesel::result::Error::NotFound => Self::NotFound,
            other => Self::Store(other.into()),
        }
    }
}

/// Through diesel, so that a corrupt row takes the same way as any other fault of the database.
impl From<CorruptRow> for diesel::result::Error {
    fn from(corrupt: CorruptRow) -> Self {
        Self::DeserializationError(Box::new(corrupt))
    }
}

impl From<ChangeError> for Problem {
    fn from(error: ChangeError) -> Self {
        match error {
            ChangeError::NotFound => Self::not_found(),
            ChangeError::Conflict(detail) => Self::conflict(detail),
            ChangeError::Field(field, detail) => Self::invalid_field(field, detail),
            ChangeError::KeyReused => Self::invalid_field(
                "Idempotency-Key",
                "This key was used for another request. Use a new key for a new request.",
            ),
            ChangeError::Store(error) => error.into(),
        }
    }
}
