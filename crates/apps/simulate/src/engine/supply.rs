//! Inputs of a vault: yield that arrives in a pattern, and buyers with margins.

use fastrand::Rng;
use weir::math::{U256, auction::WAD};

use crate::config::{
    Config, Pattern,
    quantity::{DAY, TOKEN},
};

/// The yield of one vault.
#[derive(Clone, Debug)]
pub struct Supply {
    random: Rng,
    pattern: Pattern,
    /// Seconds between arrivals.
    tick: u32,
    /// Mean yield, in base units per day.
    per_day: u128,
    /// Part of `per_day` that arrives in bursts, in base units per day.
    burst_per_day: u128,
    /// Mean seconds between bursts.
    burst_every: u32,
    ticks: u32,
}

impl Supply {
    /// Draws the vault's mean yield.
    pub fn new(config: &Config, mut random: Rng) -> Self {
        let spread = config.yield_spread.approximate();
        let factor = 1.0 + spread * (2.0 * random.f64() - 1.0);
        let per_day = scaled(config.yield_per_day.0, wad(factor));
        Self {
            random,
            pattern: config.pattern,
            tick: config.tick.0,
            per_day,
            burst_per_day: scaled(per_day, u128::from(config.burst_share.0)),
            burst_every: config.burst_every.0.max(config.tick.0),
            ticks: 0,
        }
    }

    /// Yield at the next tick, in base units.
    pub fn next(&mut self) -> u128 {
        self.ticks += 1;
        match self.pattern {
            Pattern::Constant => self.steady(self.per_day),
            Pattern::Random => {
                let most = 2 * self.steady(self.per_day);
                self.random.u128(0..=most)
            }
            Pattern::Bursty => self.steady(self.per_day - self.burst_per_day) + self.burst(),
        }
    }

    /// A constant yield at this tick. The sum over ticks is exact to less than one base unit.
    fn steady(&self, per_day: u128) -> u128 {
        let until = |ticks: u32| per_day * (u128::from(ticks) * u128::from(self.tick)) / u128::from(DAY);
        until(self.ticks) - until(self.ticks - 1)
    }

    fn burst(&mut self) -> u128 {
        if self.random.u32(..self.burst_every) < self.tick {
            return self.burst_per_day * u128::from(self.burst_every) / u128::from(DAY);
        }
        0
    }
}

/// The buyers of one vault. Each draws a margin, and the one with the smallest margin buys.
#[derive(Clone, Debug)]
pub struct Buyers {
    random: Rng,
    count: u32,
    largest_margin: f64,
    /// Wad: the highest bid as a part of the lot's worth.
    bid: u128,
    /// Base units of the reward token per whole yield token.
    value: u128,
}

impl Buyers {
    pub fn new(config: &Config, random: Rng) -> Self {
        let mut buyers = Self {
            random,
            count: config.buyers,
            largest_margin: config.buyer_margin.approximate(),
            bid: u128::from(WAD),
            value: config.yield_value.0,
        };
        buyers.draw();
        buyers
    }

    /// Draws new margins. To be called before each sale.
    pub fn draw(&mut self) {
        let least = (0..self.count).map(|_| self.random.f64()).fold(1.0, f64::min);
        self.bid = u128::from(WAD) - wad(least * self.largest_margin);
    }

    /// Worth of `lot` (base units of the yield token), in base units of the reward token. Rounds down.
    pub fn worth(&self, lot: u128) -> u128 {
        scaled(lot, self.value)
    }

    /// Highest price that a buyer pays for `lot`.
    pub fn limit(&self, lot: u128) -> u128 {
        scaled(self.worth(lot), self.bid)
    }
}

/// `⌊amount · wad / 10^18⌋`. The bounds of the settings keep it within 128 bits.
fn scaled(amount: u128, wad: u128) -> u128 {
    let product = U256::from(amount) * U256::from(wad) / U256::from(TOKEN);
    u128::try_from(product).unwrap_or(u128::MAX)
}

/// Converts a non-negative number to a wad.
fn wad(number: f64) -> u128 {
    (number * WAD as f64) as u128
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::quantity::{Part, Seconds, Tokens};

    fn arrived(pattern: Pattern, ticks: u32, seed: u64) -> Vec<u128> {
        let config = Config { pattern, yield_spread: Part(0), ..Config::default() };
        let mut supply = Supply::new(&config, Rng::with_seed(seed));
        (0..ticks).map(|_| supply.next()).collect()
    }

    #[test]
    fn constant_yield_adds_up_to_the_base_unit() {
        let config = Config {
            pattern: Pattern::Constant,
            yield_spread: Part(0),
            yield_per_day: Tokens(7),
            tick: Seconds(1_000),
            ..Config::default()
        };
        let mut supply = Supply::new(&config, Rng::with_seed(1));
        let days = 10;
        let sum: u128 = (0..days * DAY / 1_000).map(|_| supply.next()).sum();
        assert_eq!(sum, 70);
    }

    #[test]
    fn every_pattern_has_the_same_mean() {
        let days = 2_000;
        for (pattern, tolerance) in
            [(Pattern::Constant, 1e-9), (Pattern::Random, 0.02), (Pattern::Bursty, 0.25)]
        {
            let seed = fastrand::u64(..);
            let sum = arrived(pattern, 24 * days, seed).iter().sum::<u128>() as f64 / TOKEN as f64;
            let mean = sum / f64::from(days) / 24.0;
            assert!((mean - 1.0).abs() < tolerance, "{pattern:?}, seed {seed}: {mean} of the mean");
        }
    }

    #[test]
    fn the_smallest_margin_bids() {
        let config = Config { buyers: 1_000, buyer_margin: Part(WAD / 2), ..Config::default() };
        let many = Buyers::new(&config, Rng::with_seed(3)).limit(TOKEN);
        let none = Buyers::new(&Config { buyer_margin: Part(0), ..config }, Rng::with_seed(3)).limit(TOKEN);
        assert!(many > TOKEN / 100 * 98 && many <= TOKEN, "{many}");
        assert_eq!(none, TOKEN);
    }
}
