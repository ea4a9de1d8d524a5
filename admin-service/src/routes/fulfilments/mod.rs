//! `/fulfilments`: handed over by orders-service, completed by operators.

mod accept;
mod body;
mod complete;
mod read;

pub(super) use accept::accept;
pub(super) use complete::complete;
pub(super) use read::{find, list};
