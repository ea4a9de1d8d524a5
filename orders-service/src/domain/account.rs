//! An account: a user of a partner as far as we know it, or what a person opened through one.

use serde::{Deserialize, Serialize};

use super::ids::AccountId;
use super::moment::rfc3339;
use super::text::Text;

/// The owner's own name for it; one account for each.
pub type ExternalId = Text<128>;
/// What people call it.
pub type DisplayName = Text<200>;

/// What a partner says of an account that it opens.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewAccount {
    /// The partner's own name for its user.
    pub external_id: ExternalId,
    /// What people call it.
    pub display_name: DisplayName,
}

/// An account, as its owner sees it.
#[derive(Debug, Clone, Serialize)]
pub struct Account {
    /// Our name for it.
    pub account_id: AccountId,
    /// The partner's.
    pub external_id: ExternalId,
    /// What people call it.
    pub display_name: DisplayName,
    /// When it was opened, microseconds since 1970.
    #[serde(serialize_with = "rfc3339")]
    pub created_at: i64,
}

impl Account {
    /// Opens it, `now` (microseconds since 1970).
    pub fn open(new: NewAccount, now: i64) -> Self {
        let NewAccount { external_id, display_name } = new;
        Self { account_id: AccountId::generate(), external_id, display_name, created_at: now }
    }
}
