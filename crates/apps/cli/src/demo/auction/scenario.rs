//! The scenarios of the auction: how yield arrives, and the smoothing of the vault.
//! All other settings are constants.

use weir::math::auction::WAD;

/// Seconds of an hour.
pub const HOUR: u64 = 60 * 60;
/// Target period of the auction in seconds: half a day.
pub const TARGET_PERIOD: u64 = 12 * HOUR;
/// Seconds from one arrival of yield to the next.
pub const TICK: u64 = HOUR;
/// Arrivals of yield per target period.
pub const TICKS_PER_PERIOD: u64 = TARGET_PERIOD / TICK;
/// Target periods of a scenario, unless its yield arrives in lumps.
const PERIODS: u64 = 50;
/// Epoch of the vault in seconds: a day.
pub const EPOCH: u64 = 24 * HOUR;

/// Yield tokens per tick.
pub const YIELD_PER_TICK: u64 = 1;
/// Yield tokens per target period without a burst.
pub const YIELD_PER_PERIOD: u64 = YIELD_PER_TICK * TICKS_PER_PERIOD;
/// Yield tokens of a burst: as many as in twenty periods.
pub const BURST: u64 = 20 * YIELD_PER_PERIOD;
/// Ticks between bursts: ten periods and a quarter, so that each burst falls at another time between two sales.
pub const BURST_EVERY: u64 = 10 * TICKS_PER_PERIOD + TICKS_PER_PERIOD / 4;
/// Steps: the factor by which the yield is larger between these two target periods.
pub const STEP: u64 = 4;
pub const STEP_FROM: u64 = 20;
pub const STEP_TO: u64 = 35;
/// Lumps: target periods between them.
pub const LUMP_EVERY: u64 = 7;
/// Yield tokens of a lump: as many as arrive in that time when the yield is steady.
pub const LUMP: u64 = LUMP_EVERY * YIELD_PER_PERIOD;
/// Number of lumps.
pub const LUMPS: u64 = 12;
/// First price in reward tokens. It is intentionally wrong: twenty times the worth of a period's yield.
pub const FIRST_PRICE: u64 = 20 * YIELD_PER_PERIOD;
/// Worth of a yield token to the buyer, in reward tokens.
pub const WORTH: u64 = 1;

/// How the yield arrives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Supply {
    /// The same amount at each tick.
    Steady,
    /// Steady, but four times as much for a while.
    Steps,
    /// Steady, and sometimes a large amount at once.
    Bursts,
    /// Large amounts, with gaps longer than the target period.
    Lumps,
}

/// How the yield arrives, and the smoothing of the vault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scenario {
    pub supply: Supply,
    /// Wad.
    pub smoothing: u64,
}

const SMOOTHED: u64 = WAD / 10 * 9;

impl Supply {
    /// All variants.
    pub const ALL: [Self; 4] = [Self::Steady, Self::Steps, Self::Bursts, Self::Lumps];

    fn name(self) -> &'static str {
        match self {
            Self::Steady => "steady",
            Self::Steps => "steps",
            Self::Bursts => "bursts",
            Self::Lumps => "lumps",
        }
    }

    /// Target periods of a scenario with this supply.
    pub const fn periods(self) -> u64 {
        match self {
            Self::Lumps => (LUMPS + 1) * LUMP_EVERY,
            _ => PERIODS,
        }
    }

    /// Yield tokens that arrive at `tick`. The first tick is 1.
    pub fn arrival(self, tick: u64) -> u64 {
        let step = STEP_FROM * TICKS_PER_PERIOD..STEP_TO * TICKS_PER_PERIOD;
        match self {
            Self::Steps if step.contains(&tick) => STEP * YIELD_PER_TICK,
            Self::Bursts if tick.is_multiple_of(BURST_EVERY) => YIELD_PER_TICK + BURST,
            Self::Lumps if tick > LUMPS * LUMP_EVERY * TICKS_PER_PERIOD => 0,
            Self::Lumps if tick.is_multiple_of(LUMP_EVERY * TICKS_PER_PERIOD) => LUMP,
            Self::Lumps => 0,
            _ => YIELD_PER_TICK,
        }
    }
}

impl Scenario {
    /// The scenarios of the demo without --all-scenarios.
    pub const SOME: [Self; 4] = [
        Self { supply: Supply::Steady, smoothing: 0 },
        Self { supply: Supply::Steady, smoothing: SMOOTHED },
        Self { supply: Supply::Bursts, smoothing: 0 },
        Self { supply: Supply::Bursts, smoothing: SMOOTHED },
    ];

    /// Each supply without smoothing, with 0.5 and with 0.9. Lumps leave out 0.5, because all scenarios have to end
    /// within a year, when the programs expire.
    pub fn all() -> Vec<Self> {
        let smoothed = |supply| [0, WAD / 2, SMOOTHED].map(|smoothing| Self { supply, smoothing });
        let mut all: Vec<Self> = Supply::ALL.into_iter().flat_map(smoothed).collect();
        all.retain(|scenario| scenario.supply != Supply::Lumps || scenario.smoothing != WAD / 2);
        all
    }

    /// `bursts, smoothing 0.9`.
    pub fn title(self) -> String {
        format!("{}, {}", self.supply.name(), self.smoothing_text())
    }

    /// `smoothing 0.9`.
    pub fn smoothing_text(self) -> String {
        match self.smoothing {
            0 => "no smoothing".into(),
            smoothing => format!("smoothing {}", smoothing as f64 / WAD as f64),
        }
    }

    /// The key in files and JSON: `bursts-0.9`.
    pub fn key(self) -> String {
        format!("{}-{}", self.supply.name(), self.smoothing as f64 / WAD as f64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bursts_fall_into_different_quarters_of_a_period() {
        let bursty = Supply::Bursts;
        let ticks: Vec<u64> =
            (1..=PERIODS * TICKS_PER_PERIOD).filter(|tick| bursty.arrival(*tick) > YIELD_PER_TICK).collect();
        assert_eq!(ticks, [123, 246, 369, 492]);
        let quarters: Vec<u64> = ticks.iter().map(|tick| tick % TICKS_PER_PERIOD).collect();
        assert_eq!(quarters, [3, 6, 9, 0]);
    }

    #[test]
    fn keys_are_unique() {
        let keys: Vec<String> = Scenario::SOME.iter().map(|scenario| scenario.key()).collect();
        assert_eq!(keys, ["steady-0", "steady-0.9", "bursts-0", "bursts-0.9"]);
        assert_eq!(Scenario::SOME[3].title(), "bursts, smoothing 0.9");
        let mut keys: Vec<String> = Scenario::all().iter().map(|scenario| scenario.key()).collect();
        keys.dedup();
        assert_eq!((keys.len(), keys[4].as_str()), (11, "steps-0.5"));
    }

    #[test]
    fn twelve_lumps_arrive_seven_periods_apart_and_seven_periods_follow() {
        let last = Supply::Lumps.periods() * TICKS_PER_PERIOD;
        let ticks: Vec<u64> = (1..=last).filter(|tick| Supply::Lumps.arrival(*tick) > 0).collect();
        assert_eq!((ticks.len(), ticks[0], ticks[11]), (12, 84, 12 * 84));
        assert_eq!(last, 13 * 84);
    }

    #[test]
    fn a_step_lasts_exactly_its_periods() {
        let (first, last) = (STEP_FROM * TICKS_PER_PERIOD, STEP_TO * TICKS_PER_PERIOD - 1);
        let around = [first - 1, first, last, last + 1].map(|tick| Supply::Steps.arrival(tick));
        assert_eq!(around, [1, 4, 4, 1]);
    }
}
