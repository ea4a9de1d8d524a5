//! A fulfilment: asked for here, accepted at admin-service, receipted here. There is at most one for an order.

use serde::Serialize;

use super::ids::{FulfilmentId, OrderId};
use super::moment::rfc3339;
use super::order::Order;

/// Recorded, and not known to be accepted: admin-service may have heard of it or not.
#[derive(Debug, Clone)]
pub struct Requested {
    /// Its name, which stays the same however often the request is repeated.
    pub fulfilment_id: FulfilmentId,
    /// The order that is to be fulfilled.
    pub order: Order,
}

/// Accepted, with its receipt; as its owner sees it.
#[derive(Debug, Clone, Serialize)]
pub struct Accepted {
    /// Its name.
    pub fulfilment_id: FulfilmentId,
    /// The order.
    pub order_id: OrderId,
    /// Always `accepted`.
    pub status: &'static str,
    /// When it was first asked for, microseconds since 1970.
    #[serde(serialize_with = "rfc3339")]
    pub requested_at: i64,
    /// The signed receipt, a JWT.
    pub receipt: String,
}

/// The status of every [`Accepted`] fulfilment, also on its receipt.
pub const ACCEPTED: &str = "accepted";

/// How far a fulfilment has come.
#[derive(Debug, Clone)]
pub enum Fulfilment {
    /// It has to be handed over, perhaps once more.
    Requested(Box<Requested>),
    /// Nothing is left to do.
    Accepted(Accepted),
}
