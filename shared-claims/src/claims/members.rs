//! Reading claims one by one, so that a refusal can name the claim. A wrong JSON type is an error, never a default.

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::clock::Timestamp;
use crate::ids::InvalidName;
use crate::verify::{ClaimFault, ClaimsRefusal};

/// The members of a payload whose signature matched.
pub struct Members<'t>(&'t Map<String, Value>);

impl<'t> Members<'t> {
    pub(crate) fn new(members: &'t Map<String, Value>) -> Self {
        Self(members)
    }

    fn get(&self, claim: &'static str) -> Result<&'t Value, ClaimsRefusal> {
        self.0.get(claim).ok_or(ClaimFault::Missing.of(claim))
    }

    /// The members of an object inside. Unlike [`Self::structure`] this takes no list for an object: serde reads a
    /// struct from either.
    ///
    /// # Errors
    /// [`ClaimFault::Missing`] or [`ClaimFault::WrongType`].
    pub fn object(&self, claim: &'static str) -> Result<Self, ClaimsRefusal> {
        self.get(claim)?.as_object().map(Self).ok_or(ClaimFault::WrongType.of(claim))
    }

    /// Whether the claim is there, whatever it says.
    #[must_use]
    pub fn has(&self, claim: &'static str) -> bool {
        self.0.contains_key(claim)
    }

    /// A text, as the newtype `T`.
    ///
    /// # Errors
    /// [`ClaimFault::Missing`] or [`ClaimFault::WrongType`].
    pub fn text<T: TryFrom<String, Error = InvalidName>>(&self, claim: &'static str) -> Result<T, ClaimsRefusal> {
        let text = self.get(claim)?.as_str().ok_or(ClaimFault::WrongType.of(claim))?;
        T::try_from(text.to_owned()).map_err(|_| ClaimFault::WrongType.of(claim))
    }

    /// A text or a list of texts, at least one (RFC 7519 section 4.1.3).
    ///
    /// # Errors
    /// [`ClaimFault::Missing`] or [`ClaimFault::WrongType`].
    pub fn texts<T: TryFrom<String, Error = InvalidName>>(&self, claim: &'static str) -> Result<Vec<T>, ClaimsRefusal> {
        let Value::Array(items) = self.get(claim)? else {
            return self.text(claim).map(|one| vec![one]);
        };
        let wrong = || ClaimFault::WrongType.of(claim);
        if items.is_empty() {
            return Err(wrong());
        }
        let read = |item: &Value| T::try_from(item.as_str().ok_or_else(wrong)?.to_owned()).map_err(|_| wrong());
        items.iter().map(read).collect()
    }

    /// A NumericDate (RFC 7519 section 2). Fractions are allowed there and cut off here; texts, negative numbers and
    /// dates after the year 9999 are refused.
    ///
    /// # Errors
    /// [`ClaimFault::Missing`] or [`ClaimFault::WrongType`].
    pub fn date(&self, claim: &'static str) -> Result<Timestamp, ClaimsRefusal> {
        let Value::Number(number) = self.get(claim)? else {
            return Err(ClaimFault::WrongType.of(claim));
        };
        let seconds = number.as_u64().or_else(|| number.as_f64().and_then(whole_seconds));
        seconds.and_then(Timestamp::from_seconds).ok_or(ClaimFault::WrongType.of(claim))
    }

    /// The same, or `None` where the claim is not there. `null` is a wrong type.
    ///
    /// # Errors
    /// [`ClaimFault::WrongType`].
    pub fn date_if_any(&self, claim: &'static str) -> Result<Option<Timestamp>, ClaimsRefusal> {
        self.if_any(claim, Self::date)
    }

    /// Anything else that serde can read; for an object, see [`Self::object`].
    ///
    /// # Errors
    /// [`ClaimFault::Missing`] or [`ClaimFault::WrongType`].
    pub fn structure<T: DeserializeOwned>(&self, claim: &'static str) -> Result<T, ClaimsRefusal> {
        T::deserialize(self.get(claim)?).map_err(|_| ClaimFault::WrongType.of(claim))
    }

    /// What `read` reads, or `None` where the claim is not there.
    ///
    /// # Errors
    /// Those of `read`.
    pub fn if_any<T>(
        &self,
        claim: &'static str,
        read: impl Fn(&Self, &'static str) -> Result<T, ClaimsRefusal>,
    ) -> Result<Option<T>, ClaimsRefusal> {
        if self.0.contains_key(claim) { read(self, claim).map(Some) } else { Ok(None) }
    }
}

#[expect(clippy::as_conversions, reason = "there is no other way from f64, and the range is checked just before")]
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss, reason = "the same")]
fn whole_seconds(number: f64) -> Option<u64> {
    let in_range = number >= 0.0 && number <= Timestamp::MAX.seconds() as f64;
    in_range.then(|| number.trunc() as u64)
}
