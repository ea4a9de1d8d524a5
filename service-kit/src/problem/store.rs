//! What callers see when the database fails.

use super::Problem;
use crate::database::StoreError;

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Unavailable(_) => Self::unavailable(1).with_cause(error),
            StoreError::Query(_) => Self::internal(error),
        }
    }
}
