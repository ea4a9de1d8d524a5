//! `/users`: the operators' desk for people who sign in. auth-service keeps them; each call is made there, on behalf of
//! the operator, with the operator's token exchanged.

mod read;
mod write;

pub(in crate::routes) use read::{find, list};
pub(in crate::routes) use write::{change, create};
