//! A running admin-service, its caller, and hand-made services around it.

mod answer;
mod app;
mod database;
mod peer;

pub use answer::Answer;
pub use app::{ADMIN, ISSUER, ORDERS, TestApp};
pub use database::Held;
pub use peer::{Peer, Reply, Request};
