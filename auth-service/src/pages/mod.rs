//! What people see. Each page is a struct that holds what it shows and no more, and a template in `templates/` that is
//! checked when this is compiled. There is no script in any of them.

mod account;
mod consent;
mod error;
mod link;
mod page;
mod shown;
mod sign_in;
mod sign_out;
pub mod style;
pub mod words;

pub use account::{Account, Allowed};
pub use consent::Consent;
pub use error::{ErrorPage, PageError};
pub use link::{LinkConfirm, LinkSent};
pub use page::Page;
pub use shown::{Day, Shown};
pub use sign_in::SignIn;
pub use sign_out::{SignOut, SignedOut};

#[cfg(test)]
mod tests;
