//! The argument AMOUNT: a number of whole tokens, or `all`.
//! It is converted to base units exactly, or is an error.

use std::str::FromStr;

use alloy::primitives::U256;
use weir_units::{Decimal, DecimalError};

use crate::{exit::Failure, token::Token};

/// An amount on the command line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AmountArgument {
    /// The whole balance, stake or lot.
    All,
    /// A number of whole tokens.
    Tokens(Decimal),
}

impl FromStr for AmountArgument {
    type Err = DecimalError;

    fn from_str(text: &str) -> Result<Self, DecimalError> {
        if text == "all" { Ok(Self::All) } else { text.parse().map(Self::Tokens) }
    }
}

impl AmountArgument {
    /// The amount in base units of `token`; `None` for all.
    ///
    /// # Errors
    /// If it is 0, or has more digits after the point than the token.
    pub fn base_units(&self, token: &Token) -> Result<Option<U256>, Failure> {
        let Self::Tokens(amount) = self else { return Ok(None) };
        let units = amount.base_units(token.decimals).map_err(|error| {
            Failure::usage(format!("{amount} {} is not a valid amount: {error}", token.symbol))
        })?;
        if units.is_zero() {
            return Err(Failure::usage("the amount is 0: write a larger number, or \"all\""));
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
        let units = |text: &str| text.parse::<AmountArgument>().unwrap().base_units(&usd);
        assert_eq!(units("all").unwrap(), None);
        assert_eq!(units("12.5").unwrap(), Some(U256::from(12_500_000)));
        for text in ["0", "0.0000001"] {
            assert!(units(text).is_err(), "{text}");
        }
        assert!("everything".parse::<AmountArgument>().is_err());
    }
}
