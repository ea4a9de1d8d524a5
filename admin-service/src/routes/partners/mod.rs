//! `/partners`: the operators' desk. Partners are clients of auth-service; each call is made there, on behalf of the
//! operator, with the operator's token exchanged.

mod agreement;
mod read;
mod secrets;
mod suspension;

pub(in crate::routes) use agreement::{change, register};
pub(in crate::routes) use read::{find, list};
pub(in crate::routes) use secrets::{add_secret, remove_secret};
pub(in crate::routes) use suspension::{resume, suspend};
