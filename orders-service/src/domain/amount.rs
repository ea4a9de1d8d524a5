//! Money, as a whole number of the currency's smallest unit. Never a floating-point number: 0.1 has no exact one.

use serde::{Deserialize, Serialize};

/// What an order costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Amount {
    /// In the currency's smallest unit: cents for EUR, whole yen for JPY.
    pub minor_units: MinorUnits,
    /// ISO 4217.
    pub currency: Currency,
}

/// 1 to 10^12. The upper bound keeps sums of many orders far from the end of 64 bits, and each exact in JSON readers
/// that have only floating-point numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "i64", into = "i64")]
pub struct MinorUnits(i64);

const MOST_MINOR_UNITS: i64 = 1_000_000_000_000;

/// Nothing, a debt, or more than anything costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be a whole number of 1 to {MOST_MINOR_UNITS}")]
pub struct InvalidMinorUnits;

impl TryFrom<i64> for MinorUnits {
    type Error = InvalidMinorUnits;
    fn try_from(number: i64) -> Result<Self, InvalidMinorUnits> {
        if (1..=MOST_MINOR_UNITS).contains(&number) { Ok(Self(number)) } else { Err(InvalidMinorUnits) }
    }
}

impl From<MinorUnits> for i64 {
    fn from(units: MinorUnits) -> Self {
        units.0
    }
}

/// A currency of ISO 4217 that has a smallest unit. Gold and "no currency" have codes there too, and none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Currency(iso_currency::Currency);

/// No such currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be the code of a currency, three capital letters (ISO 4217)")]
pub struct InvalidCurrency;

impl Currency {
    /// Three capital letters.
    pub fn code(self) -> &'static str {
        self.0.code()
    }
}

impl TryFrom<String> for Currency {
    type Error = InvalidCurrency;
    fn try_from(code: String) -> Result<Self, InvalidCurrency> {
        let known = iso_currency::Currency::from_code(&code).filter(|currency| currency.exponent().is_some());
        known.map(Self).ok_or(InvalidCurrency)
    }
}

impl From<Currency> for String {
    fn from(currency: Currency) -> Self {
        currency.code().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(minor_units: &str, currency: &str) -> bool {
        let json = format!(r#"{{"minor_units":{minor_units},"currency":"{currency}"}}"#);
        serde_json::from_str::<Amount>(&json).is_ok()
    }

    #[test]
    fn an_amount_is_a_whole_number_of_at_least_one_and_at_most_a_million_millions() {
        for good in ["1", "1250", "1000000000000"] {
            assert!(read(good, "EUR"), "{good}");
        }
        for bad in ["0", "-1", "1000000000001", "12.5", "1e3", "1.0", "\"1\"", "null", "9223372036854775808"] {
            assert!(!read(bad, "EUR"), "{bad}");
        }
    }

    #[test]
    fn a_currency_is_one_of_iso_4217_that_has_a_smallest_unit() {
        for good in ["EUR", "JPY", "TND"] {
            assert!(read("1", good), "{good}");
        }
        for bad in ["eur", "EURO", "", "ZZZ", "XXX", "XAU", "XTS", " EUR"] {
            assert!(!read("1", bad), "{bad}");
        }
    }
}
