//! Fulfilments: what orders-service hands over, and what operators mark as done.

use serde::{Deserialize, Serialize};

use super::ids::{AccountId, FulfilmentId, OrderId};

/// Largest amount: beyond 2^53 - 1 not every reader of JSON sees the same number (RFC 8259 section 6).
const LARGEST_AMOUNT: i64 = (1 << 53) - 1;

/// What orders-service asks to be accepted.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FulfilmentRequest {
    /// Chosen by orders-service before it calls, so that it can repeat the call.
    pub fulfilment_id: FulfilmentId,
    /// The order.
    pub order_id: OrderId,
    /// The account that ordered.
    pub account_id: AccountId,
    /// What the order costs.
    #[serde(deserialize_with = "service_kit::body::object")]
    pub amount: Amount,
}

/// An amount of money.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Amount {
    /// In the currency's smallest unit, cents for EUR.
    pub minor_units: MinorUnits,
    /// ISO 4217.
    pub currency: Currency,
}

/// 0 to 2^53 - 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "i64", into = "i64")]
pub struct MinorUnits(i64);

impl TryFrom<i64> for MinorUnits {
    type Error = &'static str;
    fn try_from(units: i64) -> Result<Self, Self::Error> {
        if (0..=LARGEST_AMOUNT).contains(&units) { Ok(Self(units)) } else { Err("must be 0 to 9007199254740991") }
    }
}

impl From<MinorUnits> for i64 {
    fn from(units: MinorUnits) -> Self {
        units.0
    }
}

/// Three capital letters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Currency(String);

impl TryFrom<String> for Currency {
    type Error = &'static str;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        let fits = text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_uppercase());
        if fits { Ok(Self(text)) } else { Err("must be three capital letters") }
    }
}

impl From<Currency> for String {
    fn from(currency: Currency) -> Self {
        currency.0
    }
}

/// A fulfilment that was accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fulfilment {
    /// Its id.
    pub fulfilment_id: String,
    /// The order.
    pub order_id: String,
    /// The partner on whose behalf it was asked for.
    pub client_id: String,
    /// The account that ordered.
    pub account_id: String,
    /// What the order costs, in the currency's smallest unit.
    pub minor_units: i64,
    /// ISO 4217.
    pub currency: String,
    /// Microseconds since 1970.
    pub accepted_at: i64,
    /// Microseconds since 1970; `None` until it is done.
    pub completed_at: Option<i64>,
}

impl Fulfilment {
    /// What was asked for, accepted for `client_id` at `now` (microseconds).
    #[must_use]
    pub fn accepted(request: FulfilmentRequest, client_id: &str, now: i64) -> Self {
        Self {
            fulfilment_id: request.fulfilment_id.into(),
            order_id: request.order_id.into(),
            client_id: client_id.to_owned(),
            account_id: request.account_id.into(),
            minor_units: request.amount.minor_units.into(),
            currency: request.amount.currency.into(),
            accepted_at: now,
            completed_at: None,
        }
    }

    /// Whether `other` asks for the very same thing. When it was asked, and what has come of it since, does not count.
    #[must_use]
    pub fn has_content_of(&self, other: &Self) -> bool {
        let then = Self { accepted_at: self.accepted_at, completed_at: self.completed_at, ..other.clone() };
        *self == then
    }

    /// `accepted` or `completed`.
    #[must_use]
    pub fn status(&self) -> &'static str {
        if self.completed_at.is_some() { "completed" } else { "accepted" }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(amount: &str) -> Result<Fulfilment, serde_json::Error> {
        let json = format!(r#"{{"fulfilment_id":"ful_1","order_id":"ord_1","account_id":"acc_1","amount":{amount}}}"#);
        serde_json::from_str(&json).map(|request| Fulfilment::accepted(request, "cli_1", 7))
    }

    #[test]
    fn a_repeat_is_known_by_its_content_and_not_by_its_time() {
        let first = asked(r#"{"minor_units":1250,"currency":"EUR"}"#).unwrap();
        let done = Fulfilment { accepted_at: 1, completed_at: Some(2), ..first.clone() };
        assert!(done.has_content_of(&first));
        for other in [r#"{"minor_units":1251,"currency":"EUR"}"#, r#"{"minor_units":1250,"currency":"USD"}"#] {
            assert!(!done.has_content_of(&asked(other).unwrap()));
        }
        assert!(!done.has_content_of(&Fulfilment { client_id: "cli_2".to_owned(), ..first }));
    }

    #[test]
    fn an_amount_is_a_number_that_every_reader_sees_alike() {
        for bad in [
            r#"{"minor_units":-1,"currency":"EUR"}"#,
            r#"{"minor_units":9007199254740992,"currency":"EUR"}"#,
            r#"{"minor_units":1.5,"currency":"EUR"}"#,
            r#"{"minor_units":1,"currency":"eur"}"#,
            r#"{"minor_units":1,"currency":"EURO"}"#,
        ] {
            assert!(asked(bad).is_err(), "{bad}");
        }
    }
}
