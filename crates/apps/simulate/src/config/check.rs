//! Checks settings before a run: what no vault could have, and what could exceed the arithmetic's bounds.

use anyhow::{Result, bail, ensure};
use weir::{
    clones::bounds::MAX_SMOOTHING,
    math::{MAX_UNPAID_REWARD, U256},
};

use super::{
    Config, Payout,
    quantity::{DAY, TOKEN},
};

/// Most pairs of a staker and a vault, of 32 bytes each. This many stakers with a billion tokens each stay below the
/// stake bound of a vault.
const MAX_POSITIONS: usize = 5_000_000;
/// Most arrivals of yield in a run.
const MAX_ARRIVALS: u64 = 100_000_000;

/// Most turns of stakers and arrivals of yield in a run on a devnode: a few minutes.
const MAX_ON_CHAIN: u64 = 50_000;

impl Config {
    /// Checks that the settings can be simulated.
    ///
    /// # Errors
    /// If a setting is out of bounds. The message names it and gives advice.
    pub fn check(&self) -> Result<()> {
        self.check_sizes()?;
        self.check_terms()?;
        self.check_amounts()
    }

    /// Checks that the settings can be run on the contracts, and within minutes.
    ///
    /// # Errors
    /// If the payout is the hypothetical one, or there are too many operations.
    pub fn check_on_chain(&self) -> Result<()> {
        ensure!(
            self.payout == Payout::Queue,
            "payout at-once is hypothetical and has no contract: leave out --on-chain, or set payout to queue"
        );
        let arrivals = u64::from(self.duration() / self.tick.0) * self.vaults as u64;
        let events = self.stakers as u64 * u64::from(self.epochs) + arrivals;
        ensure!(
            events <= MAX_ON_CHAIN,
            "{events} turns of stakers and arrivals of yield are more than the {MAX_ON_CHAIN} that can be sent: take \
             fewer stakers, vaults or epochs, or a longer tick"
        );
        Ok(())
    }

    fn check_sizes(&self) -> Result<()> {
        for (name, value) in [
            ("stakers", self.stakers as u64),
            ("vaults", self.vaults as u64),
            ("epochs", u64::from(self.epochs)),
            ("buyers", u64::from(self.buyers)),
            ("epoch-length", u64::from(self.epoch_length.0)),
            ("target-period", u64::from(self.target_period.0)),
            ("tick", u64::from(self.tick.0)),
            ("burst-every", u64::from(self.burst_every.0)),
        ] {
            ensure!(value > 0, "{name} is 0: make it at least 1");
        }
        let positions = self.stakers.checked_mul(self.vaults);
        if positions.is_none_or(|positions| positions > MAX_POSITIONS) {
            bail!(
                "{} stakers in {} vaults are more than {MAX_POSITIONS} positions: take fewer",
                self.stakers,
                self.vaults
            );
        }
        Ok(())
    }

    fn check_terms(&self) -> Result<()> {
        let seconds = (u64::from(self.epochs) + 2) * u64::from(self.epoch_length.0);
        ensure!(
            seconds <= u64::from(u32::MAX),
            "{} epochs of {} are longer than a vault lasts (136 years): take fewer or shorter ones",
            self.epochs,
            self.epoch_length
        );
        let arrivals = seconds / u64::from(self.tick.0) * self.vaults as u64;
        ensure!(
            arrivals <= MAX_ARRIVALS,
            "yield would arrive {arrivals} times, more than {MAX_ARRIVALS}: make tick longer than {}",
            self.tick
        );
        ensure!(self.smoothing.0 <= MAX_SMOOTHING, "smoothing must be at most 0.99: make it smaller");
        ensure!(
            self.first_price.is_none_or(|price| price.0 > 0),
            "first-price is 0: raise it, or leave it out"
        );
        Ok(())
    }

    fn check_amounts(&self) -> Result<()> {
        // Upper bound for the yield: four times the mean, and a burst in every tick.
        let ticks = u64::from(self.end() / self.tick.0) + 1;
        let burst = U256::from(self.yield_per_day.0) * U256::from(self.burst_every.0) / U256::from(DAY);
        let most = U256::from(4)
            * (U256::from(self.yield_per_day.0) * U256::from(self.end()) / U256::from(DAY))
            + burst * U256::from(ticks);
        let value = U256::from(self.yield_value.0.div_ceil(TOKEN).max(1));
        ensure!(
            most.saturating_mul(value) <= U256::from(MAX_UNPAID_REWARD),
            "{} yield tokens a day, worth {} each, could exceed a vault's limit of 2.6e15 reward tokens: take less",
            self.yield_per_day,
            self.yield_value
        );
        Ok(())
    }
}
