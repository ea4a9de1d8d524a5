//! The other services, called on behalf of whoever calls us. The only room that names reqwest.
//!
//! A caller's token is never passed on: it is exchanged (RFC 8693) for one that is good at the other service, has one
//! scope, and names this service as the actor.

mod answer;
mod audit_trail;
mod clients;
mod error;
mod peer;
mod problem;
mod users;

pub use audit_trail::AuditTrail;
pub use clients::{Clients, Registered};
pub use error::{Challenge, PeerError};
pub use peer::{Errand, Peer};
pub use users::{Created, Users};
