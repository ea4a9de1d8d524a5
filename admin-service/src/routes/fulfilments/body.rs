//! A fulfilment as JSON.

use serde::Serialize;
use service_kit::time::to_rfc3339;

use crate::domain::Fulfilment;

#[derive(Serialize)]
pub(super) struct FulfilmentBody {
    pub(super) fulfilment_id: String,
    order_id: String,
    client_id: String,
    account_id: String,
    amount: AmountBody,
    status: &'static str,
    accepted_at: String,
    completed_at: Option<String>,
}

#[derive(Serialize)]
struct AmountBody {
    minor_units: i64,
    currency: String,
}

impl From<Fulfilment> for FulfilmentBody {
    fn from(fulfilment: Fulfilment) -> Self {
        Self {
            status: fulfilment.status(),
            fulfilment_id: fulfilment.fulfilment_id,
            order_id: fulfilment.order_id,
            client_id: fulfilment.client_id,
            account_id: fulfilment.account_id,
            amount: AmountBody { minor_units: fulfilment.minor_units, currency: fulfilment.currency },
            accepted_at: to_rfc3339(fulfilment.accepted_at),
            completed_at: fulfilment.completed_at.map(to_rfc3339),
        }
    }
}
