//! The state that the bot keeps for each pair: when to read it again, and its last log line.
//! A pair that causes failures is retried after increasing pauses.

use alloy::primitives::U256;

use crate::{
    market::{Offer, Pair},
    money::Auction,
    strategy::{Plan, Wait},
};

/// First and longest pause after a failure at a pair, in seconds.
const FIRST_BACK_OFF: u64 = 5;
const LONGEST_BACK_OFF: u64 = 3_600;

/// A pair and its state.
#[derive(Clone, Debug)]
pub struct Followed {
    pub pair: Pair,
    pub offer: Option<Offer>,
    /// Gas of a bid, from the last estimate.
    pub gas: u64,
    /// Chain time at which to read the pair again.
    pub due: u64,
    /// Whether an event requires reading the pair now.
    pub is_changed: bool,
    /// Whether the pair delivered less than it sold. The bot makes no more bids there.
    pub is_blocked: bool,
    /// Whether the bot itself made the next purchase that the auction shows.
    pub bought_by_us: bool,
    /// The auction in which a bid reverted, until the next read shows whether somebody else bought.
    pub lost_auction: Option<Auction>,
    /// Consecutive failures.
    rejections: u32,
    is_backing_off: bool,
    last_logged: Option<Logged>,
}

/// The part of a log line that decides whether the next one repeats it.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Logged {
    Wait(Wait),
    Other(String),
    DryBid(Offer),
}

impl Followed {
    /// Creates the state of a pair that has not been read yet.
    pub fn new(pair: Pair, gas: u64) -> Self {
        Self {
            pair,
            offer: None,
            gas,
            due: 0,
            is_changed: true,
            is_blocked: false,
            bought_by_us: false,
            lost_auction: None,
            rejections: 0,
            is_backing_off: false,
            last_logged: None,
        }
    }

    /// Postpones the next read after a failure at `now`, longer each time. An event at the pair ends the pause.
    pub fn back_off(&mut self, now: u64) {
        let seconds =
            FIRST_BACK_OFF.saturating_mul(2u64.saturating_pow(self.rejections)).min(LONGEST_BACK_OFF);
        self.rejections = self.rejections.saturating_add(1);
        self.due = now.saturating_add(seconds);
        self.is_changed = false;
        self.is_backing_off = true;
    }

    /// Returns whether to read the pair at `now`. `all` requests every pair that is not backing off.
    pub fn is_due(&self, now: u64, all: bool) -> bool {
        !self.is_blocked && (self.is_changed || self.due <= now || (all && !self.is_backing_off))
    }

    /// Schedules the next read at `due`.
    pub fn schedule_read(&mut self, due: u64) {
        (self.is_changed, self.is_backing_off, self.due) = (false, false, due);
    }

    /// Makes the next failure count as the first.
    pub fn reset_back_off(&mut self) {
        self.rejections = 0;
    }

    /// Returns whether to log a plan: its kind has changed, or its bid time has moved by more than a minute and more
    /// than 5% of the time left.
    pub fn should_log(&mut self, plan: &Plan, now: u64) -> bool {
        let next = match plan {
            Plan::Wait(wait) => {
                if let Some(Logged::Wait(last)) = &self.last_logged {
                    let (moved, left) = (last.until.abs_diff(wait.until), wait.until.saturating_sub(now));
                    if last.limited_by == wait.limited_by && moved <= 60.max(left / 20) {
                        return false;
                    }
                }
                Logged::Wait(*wait)
            }
            Plan::Skip(reason) => Logged::Other(reason.to_string()),
            Plan::Bid(_) => Logged::Other("bid".into()),
        };
        self.replace_last_logged(next)
    }

    /// Returns whether to log a dry run's bid: once for each auction.
    pub fn should_log_dry_bid(&mut self) -> bool {
        match self.offer {
            // The lot may grow within an auction, so it is not compared.
            Some(offer) => self.replace_last_logged(Logged::DryBid(Offer { lot: U256::ZERO, ..offer })),
            None => false,
        }
    }

    fn replace_last_logged(&mut self, next: Logged) -> bool {
        let is_new = self.last_logged.as_ref() != Some(&next);
        self.last_logged = Some(next);
        is_new
    }
}

#[cfg(test)]
mod tests {
    use alloy::primitives::Address;

    use super::*;
    use crate::{
        market::{TokenInfo, Venue},
        strategy::LimitedBy,
    };

    fn followed() -> Followed {
        let token = TokenInfo { address: Address::ZERO, symbol: "T".into(), decimals: 18 };
        let pair = Pair {
            address: Address::ZERO,
            source: Address::ZERO,
            token_in: token.clone(),
            token_out: token,
            target_period: 1,
            venue: Venue::Vault,
        };
        Followed::new(pair, 1)
    }

    #[test]
    fn pauses_double_with_each_failure() {
        let mut followed = followed();
        let mut pauses = Vec::new();
        for _ in 0..12 {
            followed.back_off(100);
            pauses.push(followed.due - 100);
        }
        assert_eq!(pauses[..3], [5, 10, 20]);
        assert_eq!(pauses[11], LONGEST_BACK_OFF);
        followed.reset_back_off();
        followed.back_off(100);
        assert_eq!(followed.due, 105);
    }

    #[test]
    fn small_changes_of_the_bid_time_are_not_logged() {
        let mut followed = followed();
        let wait = |until| {
            Plan::Wait(Wait { until, limit: U256::ZERO, worth: U256::ZERO, limited_by: LimitedBy::Worth })
        };
        assert!(followed.should_log(&wait(10_000), 0));
        assert!(!followed.should_log(&wait(9_800), 0));
        assert!(followed.should_log(&wait(9_000), 0));
        assert!(followed.should_log(&wait(9_061), 9_000));
    }
}
