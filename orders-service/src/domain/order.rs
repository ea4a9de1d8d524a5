//! An order, and how far it has come.

use serde::{Deserialize, Serialize};

use super::amount::Amount;
use super::ids::{AccountId, OrderId};
use super::moment::rfc3339;
use super::text::Text;

/// What is ordered.
pub type Description = Text<500>;

/// What a partner says of an order that it places.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewOrder {
    /// Who orders: one of the partner's accounts.
    pub account_id: AccountId,
    /// What is ordered.
    pub description: Description,
    /// What it costs.
    #[serde(deserialize_with = "service_kit::body::object")]
    pub amount: Amount,
}

/// An order, as its owner sees it.
#[derive(Debug, Clone, Serialize)]
pub struct Order {
    /// Its name.
    pub order_id: OrderId,
    /// Who ordered.
    pub account_id: AccountId,
    /// What was ordered.
    pub description: Description,
    /// What it costs.
    pub amount: Amount,
    /// How far it has come.
    pub status: OrderStatus,
    /// When it was placed, microseconds since 1970.
    #[serde(serialize_with = "rfc3339")]
    pub created_at: i64,
}

impl Order {
    /// Places it, `now` (microseconds since 1970).
    pub fn place(new: NewOrder, now: i64) -> Self {
        let NewOrder { account_id, description, amount } = new;
        let status = OrderStatus::Placed;
        Self { order_id: OrderId::generate(), account_id, description, amount, status, created_at: now }
    }
}

/// How far an order has come. It only goes forward.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum OrderStatus {
    /// The partner placed it.
    Placed,
    /// The partner asked for fulfilment; admin-service may know of it or not.
    FulfilmentRequested,
    /// admin-service accepted it, and the partner has a receipt.
    FulfilmentAccepted,
}

/// No such status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("unknown status of an order")]
pub struct UnknownStatus;

impl OrderStatus {
    const ALL: [Self; 3] = [Self::Placed, Self::FulfilmentRequested, Self::FulfilmentAccepted];

    /// As it is stored and sent.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Placed => "placed",
            Self::FulfilmentRequested => "fulfilment_requested",
            Self::FulfilmentAccepted => "fulfilment_accepted",
        }
    }
}

impl TryFrom<String> for OrderStatus {
    type Error = UnknownStatus;
    fn try_from(text: String) -> Result<Self, UnknownStatus> {
        Self::ALL.into_iter().find(|status| status.as_str() == text).ok_or(UnknownStatus)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_is_stored_as_it_is_sent() {
        for status in OrderStatus::ALL {
            assert_eq!(serde_json::to_value(status).unwrap(), status.as_str());
            assert_eq!(OrderStatus::try_from(status.as_str().to_owned()), Ok(status));
        }
    }
}
