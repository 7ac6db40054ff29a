//! Money: whole minor units with a currency. Nothing here is ever a fraction.

use std::str::FromStr;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// An ISO 4217 currency code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = String, example = "SAR", pattern = "^[A-Z]{3}$")]
pub struct Currency(iso_currency::Currency);

impl Currency {
    /// The three letters.
    #[must_use]
    pub fn code(self) -> &'static str {
        self.0.code()
    }

    /// How many digits follow the point: 2 for SAR, 3 for KWD, 0 for JPY (ISO 4217).
    #[must_use]
    pub fn digits(self) -> u32 {
        self.0.exponent().unwrap_or(0).into()
    }
}

impl FromStr for Currency {
    type Err = ();

    fn from_str(code: &str) -> Result<Self, ()> {
        iso_currency::Currency::from_code(code).map(Self).ok_or(())
    }
}

/// An amount in minor units (halalas, cents) of a currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Money {
    /// Minor units; 12345 is SAR 123.45.
    pub amount_minor: i64,
    /// The currency of the amount.
    pub currency: Currency,
}

impl Money {
    /// The sum, or `None` when the currencies differ or the sum does not fit.
    #[must_use]
    pub fn plus(self, other: Self) -> Option<Self> {
        if self.currency != other.currency {
            return None;
        }
        let amount_minor = self.amount_minor.checked_add(other.amount_minor)?;
        Some(Self { amount_minor, ..self })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn money(amount_minor: i64, currency: &str) -> Money {
        Money { amount_minor, currency: currency.parse().expect("a currency") }
    }

    #[test]
    fn sums_stay_within_one_currency() {
        assert_eq!(money(150, "SAR").plus(money(250, "SAR")), Some(money(400, "SAR")));
        assert_eq!(money(150, "SAR").plus(money(250, "KWD")), None);
        assert_eq!(money(i64::MAX, "SAR").plus(money(1, "SAR")), None);
    }

    #[test]
    fn minor_digits_follow_iso_4217() {
        let digits = |code: &str| code.parse::<Currency>().expect("a currency").digits();
        assert_eq!((digits("SAR"), digits("KWD"), digits("JPY")), (2, 3, 0));
    }

    #[test]
    fn unknown_currencies_and_fields_are_refused() {
        assert!(serde_json::from_str::<Money>(r#"{"amountMinor":1,"currency":"XYZ"}"#).is_err());
        assert!(serde_json::from_str::<Money>(r#"{"amountMinor":1,"currency":"SAR","rate":2}"#).is_err());
        assert!(serde_json::from_str::<Money>(r#"{"amountMinor":1.5,"currency":"SAR"}"#).is_err());
    }
}
