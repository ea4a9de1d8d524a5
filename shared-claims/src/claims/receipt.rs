//! The fulfilment receipt: information exchanged securely between two parties, signed by orders-service for one
//! partner, who can show it to anyone.

use serde::{Deserialize, Serialize};

use super::{Kind, Members, Registered};
use crate::verify::ClaimsRefusal;

/// The claims of a receipt. Its subject is the order, its audience the partner.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Receipt {
    /// RFC 7519 section 4.1.
    #[serde(flatten)]
    pub registered: Registered,
    /// A name that cannot collide with anyone else's, for readers outside.
    #[serde(flatten)]
    pub public: ReceiptPublic,
    /// Names that orders-service and its partners agreed on.
    #[serde(flatten)]
    pub private: ReceiptPrivate,
}

/// The public claim of a receipt. Its name is a URI, as RFC 7519 section 4.2 demands of names outside the registry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReceiptPublic {
    /// What was accepted.
    #[serde(rename = "https://jwt-reference.example/claims/fulfilment")]
    pub fulfilment: ReceiptFulfilment,
}

/// What was accepted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReceiptFulfilment {
    /// The fulfilment's id.
    pub fulfilment_id: String,
    /// `accepted`.
    pub status: String,
}

/// The private claims of a receipt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReceiptPrivate {
    /// The account that ordered.
    pub account_id: String,
    /// What the order costs.
    pub amount: Amount,
}

/// An amount of money.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Amount {
    /// In the currency's smallest unit, cents for EUR.
    pub minor_units: i64,
    /// ISO 4217, three capital letters.
    pub currency: String,
}

impl Receipt {
    const FULFILMENT: &'static str = "https://jwt-reference.example/claims/fulfilment";

    /// Claims to be signed.
    #[cfg(feature = "sign")]
    #[must_use]
    pub fn new(registered: Registered, public: ReceiptPublic, private: ReceiptPrivate) -> Self {
        Self { registered, public, private }
    }
}

impl Kind for Receipt {
    const TYP: &'static str = "fulfilment-receipt+jwt";

    fn read(registered: Registered, members: &Members<'_>) -> Result<Self, ClaimsRefusal> {
        let fulfilment = members.object(Self::FULFILMENT)?;
        let amount = members.object("amount")?;
        let fulfilment = ReceiptFulfilment {
            fulfilment_id: fulfilment.structure("fulfilment_id")?,
            status: fulfilment.structure("status")?,
        };
        let amount = Amount { minor_units: amount.structure("minor_units")?, currency: amount.structure("currency")? };
        let private = ReceiptPrivate { account_id: members.structure("account_id")?, amount };
        Ok(Self { registered, public: ReceiptPublic { fulfilment }, private })
    }
}
