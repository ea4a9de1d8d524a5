//! The five problems of RFC 6749 section 1, in its order, and what is said of sessions besides. Each is played on both
//! sides, and fails if what is told is not what happens.

pub mod broad;
pub mod passwords;
pub mod revoked;
pub mod round_trips;
pub mod stolen;
pub mod stored;
