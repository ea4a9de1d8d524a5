//! The HTTP server that every service runs: one place for limits, headers, log, metrics and an orderly end.

mod answers;
mod bind;
mod management;
mod meters;
mod newcomers;
mod observe;
mod run;
mod settings;
mod signals;

pub use bind::{BoundServer, ServerError, bind};
pub use settings::ServerSettings;

pub(crate) use answers::edit_error;
