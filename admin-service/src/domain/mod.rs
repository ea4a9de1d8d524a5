//! What this service is about, without HTTP and without a database.

mod audit_trail;
mod fulfilment;
mod idempotency_key;
mod ids;
mod partner;
mod user;

pub use audit_trail::{BrokenTrail, TrailPage, merge};
pub use fulfilment::{Amount, Currency, Fulfilment, FulfilmentRequest, MinorUnits};
pub use idempotency_key::{IdempotencyKey, InvalidIdempotencyKey};
pub use ids::{AccountId, FulfilmentId, InvalidId, OrderId, PartnerId, SecretId, UserId};
pub use partner::{AuthMethod, NewSecret, PartnerChange, PartnerRegistration};
pub use user::{NewUser, UserChange};
