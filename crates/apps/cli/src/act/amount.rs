//! An amount on the command line: a number of whole tokens, or all.
//! It becomes base units exactly, or is an error.

use std::str::FromStr;

use alloy::primitives::U256;
use weir_units::{Decimal, DecimalError};

use crate::{exit::Failure, token::Token};

/// How much.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HowMuch {
    /// Whatever there is.
    All,
    /// Whole tokens.
    Exactly(Decimal),
}

impl FromStr for HowMuch {
    type Err = DecimalError;

    fn from_str(text: &str) -> Result<Self, DecimalError> {
        if text == "all" { Ok(Self::All) } else { text.parse().map(Self::Exactly) }
    }
}

impl HowMuch {
    /// In base units of `token`; `None` for all.
    ///
    /// # Errors
    /// If it has more digits than the token, or is 0.
    pub fn base_units(&self, token: &Token) -> Result<Option<U256>, Failure> {
        let Self::Exactly(amount) = self else { return Ok(None) };
        let units = amount
            .base_units(token.decimals)
            .map_err(|error| Failure::usage(format!("{amount} {} is no amount: {error}", token.symbol)))?;
        if units.is_zero() {
            return Err(Failure::usage("the amount is 0: write more, or \"all\""));
        }
        Ok(Some(units))
    }
}

#[cfg(test)]
mod tests {
    use alloy::primitives::Address;

    use super::*;

    #[test]
    fn amounts_are_exact_and_never_zero() {
        let usd = Token { address: Address::ZERO, symbol: "USD".into(), decimals: 6 };
        let units = |text: &str| text.parse::<HowMuch>().unwrap().base_units(&usd);
        assert_eq!(units("all").unwrap(), None);
        assert_eq!(units("12.5").unwrap(), Some(U256::from(12_500_000)));
        for text in ["0", "0.0000001"] {
            assert!(units(text).is_err(), "{text}");
        }
        assert!("everything".parse::<HowMuch>().is_err());
    }
}
