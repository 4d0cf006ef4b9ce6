//! The worth of a lot in its payment token, and the highest bid that leaves the margin.
//! Values stay exact until worth is rounded down and cost is rounded up, so rounding cannot turn a bid into a loss.

use alloy::primitives::U256;
use num_bigint::BigUint;
use num_rational::Ratio;
use weir_units::Rational;

use super::rational::{ceil, floor, power_of_ten, rational};

/// Decimals of ether.
const ETHER_DECIMALS: u32 = 18;
const BASIS_POINTS: u32 = 10_000;

/// The value of one whole token of each kind, in the price unit: a unit of the user's choice, such as dollars.
#[derive(Clone, Debug)]
pub struct UnitPrices<'a> {
    /// The payment token and its decimals.
    pub token_in: (&'a Rational, u8),
    /// The token bought and its decimals.
    pub token_out: (&'a Rational, u8),
    /// Ether, which pays for gas.
    pub ether: &'a Rational,
}

/// Exchange rates into base units of the payment token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quote {
    /// Of one base unit of the token bought.
    out: Rational,
    /// Of one wei.
    wei: Rational,
    /// Of one price unit.
    unit: Rational,
}

impl Quote {
    /// Computes the rates, or returns `None` if the price of the payment token is 0.
    pub fn new(prices: &UnitPrices) -> Option<Self> {
        let (price_in, decimals_in) = prices.token_in;
        let (price_out, decimals_out) = prices.token_out;
        if *price_in.numer() == BigUint::ZERO {
            return None;
        }
        let unit = Ratio::from_integer(power_of_ten(decimals_in.into())) / price_in;
        let out = &unit * price_out / power_of_ten(decimals_out.into());
        let wei = &unit * prices.ether / power_of_ten(ETHER_DECIMALS);
        Some(Self { out, wei, unit })
    }

    /// Returns the worth of `amount` base units of the token bought, in base units of the payment token. Rounds down.
    pub fn worth(&self, amount: U256) -> U256 {
        floor(&(rational(amount) * &self.out))
    }

    /// Returns the worth of `wei`, in base units of the payment token. Rounds up.
    pub fn gas_cost(&self, wei: U256) -> U256 {
        ceil(&(rational(wei) * &self.wei))
    }

    /// Returns the base units of the payment token with this value in the price unit. Rounds up.
    pub fn amount_worth(&self, value: &Rational) -> U256 {
        ceil(&(value * &self.unit))
    }

    /// Returns the exact value of `amount` base units of the payment token, in the price unit.
    pub fn value_of(&self, amount: U256) -> Rational {
        rational(amount) / &self.unit
    }
}

/// The required profit of a bid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Margin {
    /// In basis points (1/10 000) of the lot's worth, at most 10 000.
    pub basis_points: u32,
    /// In the price unit, added to the basis points.
    pub absolute: Rational,
}

/// Returns the highest price that leaves the margin: `worth − gas − ⌈worth · basis_points / 10 000⌉ − ⌈absolute⌉`, in
/// base units of the payment token, or `None` if that is not positive.
pub fn highest_bid(quote: &Quote, lot: U256, gas_wei: U256, margin: &Margin) -> Option<U256> {
    let worth = quote.worth(lot);
    let part = ceil(&(rational(worth) * Ratio::new(margin.basis_points.into(), BASIS_POINTS.into())));
    worth
        .checked_sub(quote.gas_cost(gas_wei))?
        .checked_sub(part)?
        .checked_sub(quote.amount_worth(&margin.absolute))
        .filter(|limit| !limit.is_zero())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn number(text: &str) -> Rational {
        text.parse::<weir_units::Decimal>().expect("a number").rational()
    }

    #[test]
    fn worth_is_the_amount_times_the_price_ratio() {
        // 2 tokens (18 decimals) at 3 dollars are worth 12 payment tokens (6 decimals) at 0.5 dollars.
        let (price_in, price_out, ether) = (number("0.5"), number("3"), number("2000"));
        let prices = UnitPrices { token_in: (&price_in, 6), token_out: (&price_out, 18), ether: &ether };
        let quote = Quote::new(&prices).expect("a quote");
        let lot = U256::from(2) * U256::from(10).pow(U256::from(18));
        assert_eq!(quote.worth(lot), U256::from(12_000_000));
        // 10^14 wei are worth 0.2 dollars, or 0.4 payment tokens.
        assert_eq!(quote.gas_cost(U256::from(10u64.pow(14))), U256::from(400_000));
        // 12 minus 0.4 for gas, 0.12 (one percent) and 1 (half a dollar) is 10.48.
        let margin = Margin { basis_points: 100, absolute: number("0.5") };
        let limit = highest_bid(&quote, lot, U256::from(10u64.pow(14)), &margin);
        assert_eq!(limit, Some(U256::from(10_480_000)));
    }

    #[test]
    fn lots_worth_less_than_gas_get_no_bid() {
        let one = number("1");
        let prices = UnitPrices { token_in: (&one, 18), token_out: (&one, 18), ether: &one };
        let quote = Quote::new(&prices).expect("a quote");
        let nothing = Margin { basis_points: 0, absolute: number("0") };
        assert_eq!(highest_bid(&quote, U256::from(100), U256::from(100), &nothing), None);
        assert_eq!(highest_bid(&quote, U256::from(101), U256::from(100), &nothing), Some(U256::from(1)));
        let all = Margin { basis_points: 10_000, absolute: number("0") };
        assert_eq!(highest_bid(&quote, U256::MAX, U256::ZERO, &all), None);
    }

    #[test]
    fn a_token_without_worth_makes_no_quote() {
        let (zero, one) = (number("0"), number("1"));
        let prices = UnitPrices { token_in: (&zero, 18), token_out: (&one, 18), ether: &one };
        assert_eq!(Quote::new(&prices), None);
    }

    fn price() -> impl Strategy<Value = Rational> {
        (1u128.., 1u64..).prop_map(|(top, bottom)| Ratio::new(BigUint::from(top), BigUint::from(bottom)))
    }

    proptest! {
        /// Compares with exact fractions: the margin is kept at the limit and missed one base unit above it.
        #[test]
        fn highest_bid_is_the_highest_that_keeps_the_margin(
            price_in in price(), price_out in price(), ether in price(), absolute in price(),
            decimals_in in 0u8..=30, decimals_out in 0u8..=30, lot: u128, gas: u64, basis_points in 0u32..=10_000,
        ) {
            let prices = UnitPrices {
                token_in: (&price_in, decimals_in), token_out: (&price_out, decimals_out), ether: &ether,
            };
            let quote = Quote::new(&prices).expect("a quote");
            let margin = Margin { basis_points, absolute: absolute.clone() };
            let (lot, gas) = (U256::from(lot), U256::from(gas));
            // Exact values in the price unit. Rounding changes each of the four terms by at most one base unit.
            let base_unit = &price_in / power_of_ten(decimals_in.into());
            let worth = rational(lot) * &price_out / power_of_ten(decimals_out.into());
            let costs = rational(gas) * &ether / power_of_ten(18)
                + &worth * Ratio::new(BigUint::from(basis_points), BigUint::from(10_000u32)) + &absolute;
            match highest_bid(&quote, lot, gas, &margin) {
                Some(limit) if limit < U256::MAX => {
                    prop_assert!(rational(limit) * &base_unit + &costs <= worth, "the margin is kept");
                    let above = rational(limit + U256::from(1)) * &base_unit;
                    prop_assert!(above + &costs + &base_unit * BigUint::from(4u8) > worth, "a higher bid is possible");
                }
                Some(_) => prop_assert!(worth > costs),
                None => prop_assert!(worth <= costs + &base_unit * BigUint::from(5u8), "a bid was possible"),
            }
        }
    }
}
