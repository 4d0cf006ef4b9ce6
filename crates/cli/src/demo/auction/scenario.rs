//! What happens in the auction: the figures of the vaults, and when how much yield arrives.

use weir::math::auction::WAD;

/// An hour in seconds.
pub const HOUR: u64 = 60 * 60;
/// Target period of the auction in seconds: half a day.
pub const TARGET_PERIOD: u64 = 12 * HOUR;
/// Seconds from one arrival of yield to the next.
pub const TICK: u64 = HOUR;
/// Arrivals of yield in a target period.
pub const TICKS_PER_PERIOD: u64 = TARGET_PERIOD / TICK;
/// How many target periods a scenario lasts.
pub const PERIODS: u64 = 50;
/// Epoch of the vault in seconds: a day.
pub const EPOCH: u64 = 24 * HOUR;

/// Yield tokens that arrive at each tick.
pub const YIELD_PER_TICK: u64 = 1;
/// Yield tokens that arrive in a target period when no burst falls into it.
pub const YIELD_PER_PERIOD: u64 = YIELD_PER_TICK * TICKS_PER_PERIOD;
/// Yield tokens of a burst: twenty periods' worth.
pub const BURST: u64 = 20 * YIELD_PER_PERIOD;
/// Ticks from one burst to the next: ten periods and a quarter, so that each falls elsewhere between two sales.
pub const BURST_EVERY: u64 = 10 * TICKS_PER_PERIOD + TICKS_PER_PERIOD / 4;
/// First price in reward tokens: twenty times what a period's yield is worth to the buyer, far off on purpose.
pub const FIRST_PRICE: u64 = 20 * YIELD_PER_PERIOD;
/// What the buyer thinks a yield token is worth, in reward tokens.
pub const WORTH: u64 = 1;

/// How the yield arrives, and how much of it the vault holds back in a sale.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scenario {
    pub bursts: bool,
    /// Wad.
    pub smoothing: u64,
}

const SMOOTHED: u64 = WAD / 10 * 9;

/// In the order in which they are played.
pub const SCENARIOS: [Scenario; 4] = [
    Scenario { bursts: false, smoothing: 0 },
    Scenario { bursts: false, smoothing: SMOOTHED },
    Scenario { bursts: true, smoothing: 0 },
    Scenario { bursts: true, smoothing: SMOOTHED },
];

impl Scenario {
    /// `bursts, smoothing 0.9`.
    pub fn title(self) -> String {
        format!("{}, {}", if self.bursts { "bursts" } else { "steady" }, self.smoothing_text())
    }

    /// `smoothing 0.9`.
    pub fn smoothing_text(self) -> String {
        match self.smoothing {
            0 => "no smoothing".into(),
            smoothing => format!("smoothing {}", smoothing as f64 / WAD as f64),
        }
    }

    /// For files: `bursts-0.9`.
    pub fn key(self) -> String {
        format!("{}-{}", if self.bursts { "bursts" } else { "steady" }, self.smoothing as f64 / WAD as f64)
    }

    /// Yield tokens that arrive at tick `tick`, the first being 1.
    pub fn arrival(self, tick: u64) -> u64 {
        let burst = if self.bursts && tick.is_multiple_of(BURST_EVERY) { BURST } else { 0 };
        YIELD_PER_TICK + burst
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bursts_fall_into_different_quarters_of_a_period() {
        let bursty = Scenario { bursts: true, smoothing: 0 };
        let ticks: Vec<u64> =
            (1..=PERIODS * TICKS_PER_PERIOD).filter(|tick| bursty.arrival(*tick) > YIELD_PER_TICK).collect();
        assert_eq!(ticks, [123, 246, 369, 492]);
        let quarters: Vec<u64> = ticks.iter().map(|tick| tick % TICKS_PER_PERIOD).collect();
        assert_eq!(quarters, [3, 6, 9, 0]);
    }

    #[test]
    fn names_tell_the_scenarios_apart() {
        let keys: Vec<String> = SCENARIOS.iter().map(|scenario| scenario.key()).collect();
        assert_eq!(keys, ["steady-0", "steady-0.9", "bursts-0", "bursts-0.9"]);
        assert_eq!(SCENARIOS[3].title(), "bursts, smoothing 0.9");
    }
}
