//! Rates of an epoch's reward: tokens a second and a day, and the annualised yield of the stake.
//! Token amounts are rounded down; the annualised yield is a floating-point number.

use alloy::primitives::{U256, utils::format_units};
use weir_units::{DAY, Decimal, YEAR, short};

use crate::token::Token;

/// Additional digits of a rate after a base unit.
const FRACTION: u8 = 18;
/// Significant digits of a shown rate.
const DIGITS: usize = 6;

/// A reward that streams evenly over an epoch.
#[derive(Clone, Copy, Debug)]
pub struct Rate<'a> {
    /// Base units of the reward token.
    pub reward: U256,
    /// Seconds.
    pub epoch_length: u64,
    pub token: &'a Token,
}

impl Rate<'_> {
    /// Whole tokens streamed in this time, with the symbol: `0.0016 RWD`. Rounds down.
    pub fn over(&self, seconds: u64) -> String {
        format!("{} {}", self.number(seconds), self.token.symbol)
    }

    /// As [`over`](Self::over), without the symbol.
    pub fn number(&self, seconds: u64) -> String {
        let scaled = self.reward * U256::from(seconds) * U256::from(10).pow(U256::from(FRACTION))
            / U256::from(self.epoch_length.max(1));
        short(scaled, self.token.decimals.saturating_add(FRACTION), DIGITS)
    }

    /// `0.0016 RWD a second, 144 RWD a day`.
    pub fn words(&self) -> String {
        format!("{} a second, {} a day", self.over(1), self.over(DAY))
    }

    /// Whole reward tokens a year for each whole asset staked; `None` without stake.
    fn yearly_per_asset(&self, staked: U256, asset: &Token) -> Option<f64> {
        let staked = approximate(staked, asset.decimals);
        let yearly =
            approximate(self.reward, self.token.decimals) * YEAR as f64 / self.epoch_length.max(1) as f64;
        (staked > 0.0).then_some(yearly / staked)
    }

    /// The annualised yield as a fraction, without compound interest. `None` without stake, or if the reward's value is
    /// unknown.
    pub fn annualised(&self, staked: U256, asset: &Token, reward_price: Option<&Decimal>) -> Option<f64> {
        let price = match reward_price {
            Some(price) => approximate(price.base_units(FRACTION).ok()?, FRACTION),
            None if asset.address == self.token.address => 1.0,
            None => return None,
        };
        Some(self.yearly_per_asset(staked, asset)? * price)
    }

    /// The annualised yield for people, with its assumptions.
    pub fn annualised_words(&self, staked: U256, asset: &Token, reward_price: Option<&Decimal>) -> String {
        let Some(per_asset) = self.yearly_per_asset(staked, asset) else { return "no stake".into() };
        match self.annualised(staked, asset, reward_price) {
            Some(part) if reward_price.is_some() => {
                let price =
                    reward_price.and_then(|price| price.base_units(FRACTION).ok()).unwrap_or_default();
                let price = short(price, FRACTION, FRACTION.into());
                format!("{} (if 1 {} is worth {price} {})", percent(part), self.token.symbol, asset.symbol)
            }
            Some(part) => percent(part),
            None => format!(
                "{} {} for each {} (a percentage with --reward-price)",
                significant(per_asset),
                self.token.symbol,
                asset.symbol
            ),
        }
    }
}

/// `12.34 %`.
fn percent(part: f64) -> String {
    format!("{:.2} %", 100.0 * part)
}

/// `value` with five significant digits.
fn significant(value: f64) -> String {
    if value == 0.0 {
        return "0".into();
    }
    let digits = (4 - value.abs().log10().floor() as i32).clamp(0, 18) as usize;
    let text = format!("{value:.digits$}");
    match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
        false => text,
    }
}

/// Base units as a floating-point number of tokens, for ratios.
fn approximate(value: U256, decimals: u8) -> f64 {
    format_units(value, decimals).ok().and_then(|text| text.parse().ok()).unwrap_or(f64::NAN)
}

#[cfg(test)]
mod tests {
    use alloy::primitives::Address;

    use super::*;

    fn token(byte: u8, symbol: &str, decimals: u8) -> Token {
        Token { address: Address::repeat_byte(byte), symbol: symbol.into(), decimals }
    }

    #[test]
    fn a_rate_is_shown_by_the_second_and_by_the_day() {
        let usd = token(1, "USD", 6);
        let rate = Rate { reward: U256::from(7_000_000), epoch_length: 7 * DAY, token: &usd };
        assert_eq!(rate.words(), "0.0000115740 USD a second, 1 USD a day".replace("740 ", "74 "));
        let none = Rate { reward: U256::ZERO, ..rate };
        assert_eq!(none.words(), "0 USD a second, 0 USD a day");
    }

    #[test]
    fn the_annualised_yield_is_a_percentage_only_if_the_reward_has_a_price() {
        let (usd, eth) = (token(1, "USD", 6), token(2, "ETH", 18));
        let staked = U256::from(36_500_000_000_u64);
        let same = Rate { reward: U256::from(70_000_000), epoch_length: 7 * DAY, token: &usd };
        assert_eq!(same.annualised_words(staked, &usd, None), "10.00 %");
        assert_eq!(same.annualised_words(U256::ZERO, &usd, None), "no stake");

        let ether = U256::from(10).pow(U256::from(18));
        let other = Rate { reward: ether / U256::from(100), epoch_length: 7 * DAY, token: &eth };
        let words = other.annualised_words(staked, &usd, None);
        assert!(words.starts_with("0.000014286 ETH for each USD"), "{words}");
        let price = "2500".parse().unwrap();
        let words = other.annualised_words(staked, &usd, Some(&price));
        assert_eq!(words, "3.57 % (if 1 ETH is worth 2500 USD)");
        assert_eq!(other.annualised(staked, &usd, None), None);
    }
}
