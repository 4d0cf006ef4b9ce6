//! A pair that is followed: when it is to be looked at again, and what was last told of it.

use alloy::primitives::U256;

use crate::{
    market::{Pair, Sale},
    money::Auction,
    strategy::{Plan, Wait},
};

/// Seconds that a pair is left alone after it refused, at first and at most.
const FIRST_HOLD: u64 = 5;
const LONGEST_HOLD: u64 = 3_600;

/// A pair, and what is known of it.
#[derive(Clone, Debug)]
pub struct Followed {
    pub pair: Pair,
    pub sale: Option<Sale>,
    /// Gas of a bid there, as last estimated.
    pub gas: u64,
    /// The chain's time from which it is to be looked at again.
    pub due: u64,
    /// Something has happened: it is to be looked at now.
    pub is_changed: bool,
    /// It delivered less than it sold: it is not bought at any more.
    pub is_blocked: bool,
    /// The sale that will be seen next is the bot's own.
    pub sold_to_us: bool,
    /// The auction in which a bid was mined and reverted, until it is known who bought.
    pub lost: Option<Auction>,
    /// Times in a row that it refused, and whether it is left alone for that.
    refusals: u32,
    is_held: bool,
    told: Option<Told>,
}

/// What was told last, as far as it decides whether the next is news.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Told {
    Wait(Wait),
    Other(String),
    WouldBid(Sale),
}

impl Followed {
    /// A pair that has not been looked at.
    pub fn new(pair: Pair, gas: u64) -> Self {
        Self {
            pair,
            sale: None,
            gas,
            due: 0,
            is_changed: true,
            is_blocked: false,
            sold_to_us: false,
            lost: None,
            refusals: 0,
            is_held: false,
            told: None,
        }
    }

    /// It refused at `now`: leaves it alone for a while, longer each time, unless something happens to it.
    pub fn hold(&mut self, now: u64) {
        let seconds = FIRST_HOLD.saturating_mul(2u64.saturating_pow(self.refusals)).min(LONGEST_HOLD);
        self.refusals = self.refusals.saturating_add(1);
        self.due = now.saturating_add(seconds);
        self.is_changed = false;
        self.is_held = true;
    }

    /// Whether it is to be looked at `now`; `anyway`: for reasons that have nothing to do with it.
    pub fn is_due(&self, now: u64, anyway: bool) -> bool {
        !self.is_blocked && (self.is_changed || self.due <= now || (anyway && !self.is_held))
    }

    /// It has been looked at, and is to be again at `due`.
    pub fn look_again(&mut self, due: u64) {
        (self.is_changed, self.is_held, self.due) = (false, false, due);
    }

    /// It did what it should.
    pub fn forgive(&mut self) {
        self.refusals = 0;
    }

    /// Whether a plan is worth a line in the log: its kind has changed, or the moment by more than a minute and a twentieth of
    /// the time to it.
    pub fn is_news(&mut self, plan: &Plan, now: u64) -> bool {
        let next = match plan {
            Plan::Wait(wait) => {
                if let Some(Told::Wait(told)) = &self.told {
                    let (moved, left) = (told.until.abs_diff(wait.until), wait.until.saturating_sub(now));
                    if told.bound == wait.bound && moved <= 60.max(left / 20) {
                        return false;
                    }
                }
                Told::Wait(*wait)
            }
            Plan::Rest(rest) => Told::Other(rest.to_string()),
            Plan::Bid(_) => Told::Other("bid".into()),
        };
        self.tell(next)
    }

    /// Whether a bid of a dry run for the lot as it is has not been told of.
    pub fn is_new_dry_bid(&mut self) -> bool {
        match self.sale {
            // A lot that grows is the same lot.
            Some(sale) => self.tell(Told::WouldBid(Sale { lot: U256::ZERO, ..sale })),
            None => false,
        }
    }

    fn tell(&mut self, next: Told) -> bool {
        let is_news = self.told.as_ref() != Some(&next);
        self.told = Some(next);
        is_news
    }
}

#[cfg(test)]
mod tests {
    use alloy::primitives::Address;

    use super::*;
    use crate::{
        market::{TokenInfo, Way},
        strategy::Bound,
    };

    fn followed() -> Followed {
        let token = TokenInfo { address: Address::ZERO, symbol: "T".into(), decimals: 18 };
        let pair = Pair {
            address: Address::ZERO,
            source: Address::ZERO,
            token_in: token.clone(),
            token_out: token,
            target_period: 1,
            way: Way::Vault,
        };
        Followed::new(pair, 1)
    }

    #[test]
    fn a_pair_that_refuses_is_left_alone_longer_each_time() {
        let mut followed = followed();
        let mut holds = Vec::new();
        for _ in 0..12 {
            followed.hold(100);
            holds.push(followed.due - 100);
        }
        assert_eq!(holds[..3], [5, 10, 20]);
        assert_eq!(holds[11], LONGEST_HOLD);
        followed.forgive();
        followed.hold(100);
        assert_eq!(followed.due, 105);
    }

    #[test]
    fn a_moment_that_moves_a_little_is_no_news() {
        let mut followed = followed();
        let wait =
            |until| Plan::Wait(Wait { until, limit: U256::ZERO, worth: U256::ZERO, bound: Bound::Worth });
        assert!(followed.is_news(&wait(10_000), 0));
        assert!(!followed.is_news(&wait(9_800), 0));
        assert!(followed.is_news(&wait(9_000), 0));
        assert!(followed.is_news(&wait(9_061), 9_000));
    }
}
