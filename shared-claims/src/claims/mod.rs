//! What tokens say, one struct per kind, each in the three parts of RFC 7519 section 4: registered, public, private.
//!
//! A claim struct is `#[non_exhaustive]` and is read only out of a token that passed the checks before; building one
//! takes the feature `sign`, and even then it is no [`Verified`](crate::verify::Verified) one.

mod access;
mod assertion;
mod grant_assertion;
mod id_token;
mod members;
mod receipt;
mod registered;
mod sign_in_link;

pub use access::{AccessPrivate, AccessPublic, AccessToken, Actor};
pub use assertion::ClientAssertion;
pub use grant_assertion::GrantAssertion;
pub use id_token::{IdPublic, IdToken};
pub use members::Members;
pub use receipt::{Amount, Receipt, ReceiptFulfilment, ReceiptPrivate, ReceiptPublic};
pub use registered::Registered;
pub use sign_in_link::{SignInLink, SignInLinkPrivate};

use crate::verify::ClaimsRefusal;

/// A kind of token. One kind is never accepted for another: each has a media type and a struct of its own.
pub trait Kind: Sized + Send + Sync + 'static {
    /// The `typ` of its header, without `application/` (RFC 8725 section 3.11).
    const TYP: &'static str;

    /// Reads the public and the private part; the registered claims have been checked against the agreement.
    ///
    /// # Errors
    /// [`ClaimsRefusal`] names the claim that is missing or wrong.
    fn read(registered: Registered, members: &Members<'_>) -> Result<Self, ClaimsRefusal>;
}
