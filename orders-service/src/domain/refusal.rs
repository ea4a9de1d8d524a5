//! Why a write is refused although its caller may write: a closed list, for the caller and for the audit trail.

/// A rule that the request breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.reason())]
pub enum Refusal {
    /// The Idempotency-Key was used with another request.
    KeyReused,
    /// The owner already has an account under this `external_id`.
    ExternalIdTaken,
    /// The token speaks for an account that its partner does not have.
    ForeignAccount,
    /// The token speaks for an account, and accounts open none.
    OpenedByAccount,
    /// The owner has no such account.
    UnknownAccount,
    /// The owner has no such order.
    UnknownOrder,
    /// The order's fulfilment was asked for under another Idempotency-Key, or through another partner.
    RequestedUnderOtherKey,
}

impl Refusal {
    /// A word for the audit trail.
    pub fn reason(self) -> &'static str {
        match self {
            Self::KeyReused => "idempotency_key_reused",
            Self::ExternalIdTaken => "external_id_taken",
            Self::ForeignAccount => "foreign_account",
            Self::OpenedByAccount => "opened_by_account",
            Self::UnknownAccount => "unknown_account",
            Self::UnknownOrder => "unknown_order",
            Self::RequestedUnderOtherKey => "requested_under_other_key",
        }
    }
}
