//! Why a write is refused although its caller may write: a closed list, for the caller and for the audit trail.

/// A rule that the request breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.reason())]
pub enum Refusal {
    /// The Idempotency-Key was used with another request.
    KeyReused,
    /// The partner already has an account under this `external_id`.
    ExternalIdTaken,
    /// The partner has no such account.
    UnknownAccount,
    /// The partner has no such order.
    UnknownOrder,
    /// The order's fulfilment was asked for under another Idempotency-Key.
    RequestedUnderOtherKey,
}

impl Refusal {
    /// A word for the audit trail.
    pub fn reason(self) -> &'static str {
        match self {
            Self::KeyReused => "idempotency_key_reused",
            Self::ExternalIdTaken => "external_id_taken",
            Self::UnknownAccount => "unknown_account",
            Self::UnknownOrder => "unknown_order",
            Self::RequestedUnderOtherKey => "requested_under_other_key",
        }
    }
}
