//! Amounts of a token: whole tokens for people, base units for the chain.
//! Every digit is shown unless the caller asks for fewer.

use alloy_primitives::U256;
use serde::{Serialize, Serializer};

use crate::Decimal;

/// Base units as whole tokens, every digit, without zeros at the end: `2.5`.
pub fn exact(base_units: U256, decimals: u8) -> String {
    Decimal::from_base_units(base_units, decimals).to_string()
}

/// As [`exact`] with `digits` significant digits at most, but every digit before the point. Rounds down.
pub fn short(base_units: U256, decimals: u8, digits: usize) -> String {
    let text = exact(base_units, decimals);
    let Some((whole, part)) = text.split_once('.') else { return text };
    let kept = match whole {
        "0" => part.len() - part.trim_start_matches('0').len() + digits,
        _ => digits.saturating_sub(whole.len()),
    };
    let part: String = part.chars().take(kept).collect();
    match part.trim_end_matches('0') {
        "" => whole.to_owned(),
        part => format!("{whole}.{part}"),
    }
}

/// An amount in a JSON document: base units for programs, whole tokens for people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Amount {
    /// Base units, in decimal.
    #[serde(serialize_with = "as_decimal")]
    pub base_units: U256,
    /// Whole tokens, exactly.
    pub tokens: String,
}

impl Amount {
    /// `base_units` of a token with these decimals.
    pub fn new(base_units: U256, decimals: u8) -> Self {
        Self { base_units, tokens: exact(base_units, decimals) }
    }
}

/// Writes an integer of a JSON document as text in decimal: JSON numbers are not exact above 2^53.
///
/// # Errors
/// Those of the serializer.
pub fn as_decimal<S: Serializer>(value: &U256, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_shown_with_every_digit_or_the_first_ones() {
        let value = U256::from(1_234_567_890_123_u64);
        assert_eq!(exact(value, 6), "1234567.890123");
        assert_eq!(exact(U256::from(100), 0), "100");
        assert_eq!(exact(U256::ZERO, 18), "0");
        assert_eq!(short(value, 6, 8), "1234567.8");
        assert_eq!(short(value, 6, 3), "1234567");
        assert_eq!(short(value, 18, 4), "0.000001234");
        assert_eq!(short(U256::from(5_000_000), 6, 4), "5");
    }

    #[test]
    fn a_token_of_many_decimals_is_shown_too() {
        assert_eq!(exact(U256::from(1), 255), format!("0.{}1", "0".repeat(254)));
        assert_eq!(short(U256::from(1_234), 200, 2), format!("0.{}12", "0".repeat(196)));
    }
}
