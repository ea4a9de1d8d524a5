//! Reading bodies, so that what is wrong with them is answered with a problem that names the field and never the value.

mod actix;
mod extractor;
mod json;
mod object;
mod words;

pub use actix::configure;
pub use extractor::JsonBody;
pub use json::from_json;
pub use object::object;

/// Longest body that is read, bytes.
pub const BODY_LIMIT: usize = 64 * 1024;
