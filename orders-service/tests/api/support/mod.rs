//! What a test needs to talk to orders-service as its partners, its operators and its peers do.

mod answer;
mod app;
mod caller;
mod outage;
mod pages;
mod peers;
mod program;
mod trail;

pub use answer::Answer;
pub use app::{ADMIN, AUDIENCE, ISSUER, PARTNER_SCOPE, TestApp};
pub use caller::{Caller, order_for};
pub use pages::{PAGE, names, path, permissions, preflight, send};
pub use peers::{FakePeers, Mood};
pub use program::{log_of, refused_start};
pub use trail::{short, trail, trail_of_length};
