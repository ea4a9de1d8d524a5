//! What a test needs to talk to orders-service as its partners, its operators and its peers do.

mod answer;
mod app;
mod caller;
mod outage;
mod peers;

pub use answer::Answer;
pub use app::{ADMIN, AUDIENCE, ISSUER, PARTNER_SCOPE, TestApp};
pub use caller::{Caller, order_for};
pub use peers::{FakePeers, Mood};
