//! Tests of the vault against a continuous stream: how much rounding to whole units each second costs or favors
//! stakers who come and go.

use std::num::NonZeroU32;

use num_bigint::BigInt;
use num_rational::BigRational;
use proptest::collection::vec;
use proptest::prelude::*;

use crate::composed::Vault;
use crate::exact::{integer, ratio};
use crate::model::ExactLedger;
use crate::random::{amount, config, start_index};

const HOUR: u32 = 3600;
const DAY: u32 = 24 * HOUR;

/// A stream of exactly `R / L` a second. The ledger holds rewards times L. There is always a stake.
struct Continuous {
    ledger: ExactLedger,
    length: u32,
    reward: u128,
    queued: u128,
    now: u32,
}

impl Continuous {
    fn run_to(&mut self, now: u32) {
        while self.now < now {
            let epoch_end = (self.now / self.length + 1) * self.length;
            let until = epoch_end.min(now);
            self.ledger.hand_out(&(BigInt::from(self.reward) * (until - self.now)));
            self.now = until;
            if until == epoch_end {
                self.reward = std::mem::take(&mut self.queued);
            }
        }
    }

    fn reward(&self, staker: usize) -> BigRational {
        self.ledger.reward(staker) / integer(self.length)
    }
}

fn length() -> impl Strategy<Value = u32> {
    prop_oneof![Just(HOUR), Just(DAY), Just(7 * DAY), Just(28 * DAY), 1..100_u32, 1..28 * DAY]
}

/// Seconds to wait, a staker that deposits, withdraws or does nothing, its shares, and the amount funded.
type Step = (u32, usize, Option<bool>, u128, u128);

fn steps() -> impl Strategy<Value = (u32, Vec<Step>)> {
    length().prop_flat_map(|length| {
        let step = (0..=2 * length, 1..4_usize, any::<Option<bool>>(), amount(108), amount(105));
        (Just(length), vec(step, 1..25))
    })
}

proptest! {
    #![proptest_config(config(1500))]

    /// The stream is rounded down to whole units at each change of the stakes, which costs or favors a staker by less
        /// than a unit. The current rounding of stream and result costs less than a unit each.
    #[test]
    fn every_staker_is_within_one_unit_per_change_of_a_continuous_stream(
        index in start_index(), always in amount(108), (length, steps) in steps(),
    ) {
        let mut vault = Vault::new(NonZeroU32::new(length).expect("not 0"), 0, index, 4);
        let mut model = Continuous { ledger: ExactLedger::new(4), length, reward: 0, queued: 0, now: 0 };
        vault.deposit(0, always.max(1), 0);
        model.ledger.deposit(0, always.max(1));
        let mut changes = 0_u32;
        for (seconds, staker, comes, shares, fund) in steps {
            let now = model.now + seconds;
            model.run_to(now);
            match comes {
                Some(true) => {
                    vault.deposit(staker, shares, now);
                    model.ledger.deposit(staker, shares);
                }
                Some(false) => {
                    let shares = shares.min(model.ledger.stake(staker));
                    vault.withdraw(staker, shares, now);
                    model.ledger.withdraw(staker, shares);
                }
                None => {}
            }
            changes += u32::from(comes.is_some());
            vault.fund(fund, now);
            model.queued += fund;
            for staker in 0..4 {
                let (earned, exact) = (integer(vault.earned(staker, now)), model.reward(staker));
                prop_assert!(earned <= &exact + integer(changes), "{} of {}", earned, exact);
                // The thousandth covers 2^-32 a change and 2^112 / 2^128 an update of the index.
                let below = integer(2 + changes) + ratio(1, 1000);
                prop_assert!(earned > &exact - below, "{} of {}", earned, exact);
            }
        }
    }
}
