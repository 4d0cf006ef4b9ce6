//! Tests of index and positions over random histories: every staker gets its exact share within the bounds.
//! Cases computed by hand are in `index_cases.rs`.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::TestCaseResult;
use weir::math::index::{Debt, Position, advance};
use weir::math::{MAX_STAKE, MAX_UNPAID_REWARD, U256};

use crate::bounds::Account;
use crate::exact::{big, floor, integer, power_of_two, ratio, word};
use crate::model::ExactLedger;
use crate::random::{self, amount, config, start_index};

/// One step. Amounts above a bound or balance are capped.
#[derive(Clone, Copy, Debug)]
enum Step {
    Add { staker: usize, shares: u128 },
    Remove { staker: usize, shares: u128 },
    Transfer { from: usize, to: usize, shares: u128 },
    Claim { staker: usize },
    Reward { amount: u128 },
}

fn step(stakers: usize, reward_bits: usize) -> impl Strategy<Value = Step> {
    let staker = move || 0..stakers;
    prop_oneof![
        4 => (staker(), amount(112)).prop_map(|(staker, shares)| Step::Add { staker, shares }),
        2 => (staker(), amount(112)).prop_map(|(staker, shares)| Step::Remove { staker, shares }),
        2 => (staker(), staker(), amount(112)).prop_map(|(from, to, shares)| Step::Transfer { from, to, shares }),
        2 => staker().prop_map(|staker| Step::Claim { staker }),
        4 => amount(reward_bits).prop_map(|amount| Step::Reward { amount }),
    ]
}

fn history(reward_bits: usize) -> impl Strategy<Value = (usize, Vec<Step>)> {
    (1..=5_usize).prop_flat_map(move |stakers| (Just(stakers), vec(step(stakers, reward_bits), 1..60)))
}

/// The stakers as the vault keeps them, and their exact rewards.
struct Staking {
    index: U256,
    positions: Vec<Position>,
    ledger: ExactLedger,
    accounts: Vec<Account>,
    handed_out: u128,
    claimed: u128,
}

impl Staking {
    fn new(stakers: usize, index: U256) -> Self {
        Self {
            index,
            positions: vec![Position::default(); stakers],
            ledger: ExactLedger::new(stakers),
            accounts: vec![Account::default(); stakers],
            handed_out: 0,
            claimed: 0,
        }
    }

    fn apply(&mut self, step: Step) -> TestCaseResult {
        match step {
            Step::Add { staker, shares } => self.add(staker, shares.min(MAX_STAKE - self.ledger.total())),
            Step::Remove { staker, shares } => self.remove(staker, shares.min(self.ledger.stake(staker))),
            Step::Transfer { from, to, shares } => {
                let shares = shares.min(self.ledger.stake(from));
                self.remove(from, shares);
                self.add(to, shares);
            }
            Step::Claim { staker } => self.claim(staker)?,
            Step::Reward { amount } => self.reward(amount),
        }
        self.check()
    }

    fn add(&mut self, staker: usize, shares: u128) {
        self.positions[staker].add_shares(shares, self.index);
        self.ledger.deposit(staker, shares);
        self.accounts[staker].shares_changed();
    }

    fn remove(&mut self, staker: usize, shares: u128) {
        self.positions[staker].remove_shares(shares, self.index).expect("as many shares as the model has");
        self.ledger.withdraw(staker, shares);
        self.accounts[staker].shares_changed();
    }

    fn claim(&mut self, staker: usize) -> TestCaseResult {
        let earned = self.positions[staker].earned(self.index);
        let shares = self.positions[staker].shares();
        prop_assert_eq!(self.positions[staker].claim(self.index), earned);
        prop_assert_eq!(self.positions[staker].claim(self.index), 0);
        prop_assert_eq!(self.positions[staker].shares(), shares);
        self.accounts[staker].claimed += earned;
        self.claimed += earned;
        Ok(())
    }

    fn reward(&mut self, amount: u128) {
        let total = self.ledger.total();
        if total == 0 {
            return;
        }
        let amount = amount.min(MAX_UNPAID_REWARD - (self.handed_out - self.claimed));
        self.index = advance(self.index, amount, total);
        self.ledger.hand_out(&amount.into());
        self.handed_out += amount;
        for (staker, account) in self.accounts.iter_mut().enumerate() {
            account.index_updated(self.ledger.stake(staker));
        }
    }

    fn earned(&self, staker: usize) -> u128 {
        self.positions[staker].earned(self.index)
    }

    fn check(&self) -> TestCaseResult {
        let mut paid = 0;
        for (staker, account) in self.accounts.iter().enumerate() {
            prop_assert_eq!(self.positions[staker].shares(), self.ledger.stake(staker));
            account.check(self.earned(staker), 0, &self.ledger.reward(staker))?;
            paid += account.claimed + self.earned(staker);
        }
        prop_assert!(paid <= self.handed_out, "{} paid of {}", paid, self.handed_out);
        Ok(())
    }

    /// Claimed plus earned of each staker.
    fn paid(&self) -> Vec<u128> {
        (0..self.positions.len()).map(|staker| self.accounts[staker].claimed + self.earned(staker)).collect()
    }
}

proptest! {
    #![proptest_config(config(2000))]

    #[test]
    fn the_index_rises_by_the_exact_floor(index in start_index(), amount in amount(128), total in amount(112)) {
        let total = total.max(1);
        let rise = floor(&ratio(power_of_two(128) * amount, total));
        prop_assert_eq!(advance(index, amount, total), word(&(big(index) + rise)));
    }

    #[test]
    fn the_index_stays_without_an_amount_or_shares(index in start_index(), amount in amount(128), total in amount(112)) {
        prop_assert_eq!(advance(index, 0, total), index);
        prop_assert_eq!(advance(index, amount, 0), index);
    }

    #[test]
    fn a_single_staker_earns_everything_except_rounding(
        index in start_index(), shares in amount(112), amount in amount(111), rounds in 1..4_u32,
    ) {
        let mut staking = Staking::new(1, index);
        staking.apply(Step::Add { staker: 0, shares: shares.max(1) })?;
        for _ in 0..rounds {
            staking.apply(Step::Reward { amount })?;
            staking.apply(Step::Claim { staker: 0 })?;
        }
        prop_assert!(integer(staking.handed_out) - integer(staking.claimed) < ratio(1 + rounds, 1));
    }

    #[test]
    fn a_change_of_shares_costs_at_most_one_pending_unit(
        index in start_index(), held in amount(112), amount in amount(111), shares in amount(112), part in amount(112),
    ) {
        let (held, later) = (held.max(1), advance(index, amount, held.max(1)));
        let mut position = Position::default();
        position.add_shares(held, index);
        let before = position.earned(later);
        position.add_shares(shares.min(MAX_STAKE - held), later);
        let added = position.earned(later);
        prop_assert!(added == before || added + 1 == before);
        position.remove_shares(part.min(position.shares()), later).expect("no more than it has");
        let removed = position.earned(later);
        prop_assert!(removed == added || removed + 1 == added);
    }

    #[test]
    fn removing_more_shares_than_held_fails(index in start_index(), held in amount(112), more in 1..=u128::MAX >> 16) {
        let mut position = Position::default();
        position.add_shares(held, index);
        let before = position;
        prop_assert_eq!(position.remove_shares(held + more, index), None);
        prop_assert_eq!(position, before);
    }

    #[test]
    fn a_deposit_and_withdrawal_at_the_same_index_earn_nothing(index in start_index(), visits in vec(amount(112), 1..20)) {
        let mut position = Position::default();
        for shares in visits {
            position.add_shares(shares, index);
            prop_assert_eq!(position.earned(index), 0);
            position.remove_shares(shares, index).expect("what was added");
            prop_assert_eq!(position.earned(index), 0);
        }
    }
}

proptest! {
    #![proptest_config(config(4000))]

    #[test]
    fn every_staker_is_paid_its_exact_share_within_the_bounds(start in start_index(), (stakers, steps) in history(111)) {
        let mut staking = Staking::new(stakers, start);
        for step in steps {
            staking.apply(step)?;
        }
    }

    /// To the last bit: later rounding can cost a whole unit only of what was not claimed yet.
    #[test]
    fn claims_change_only_whole_units(start in start_index(), (stakers, steps) in history(105)) {
        let (mut claiming, mut waiting) = (Staking::new(stakers, start), Staking::new(stakers, start));
        for step in steps {
            claiming.apply(step)?;
            if !matches!(step, Step::Claim { .. }) {
                waiting.apply(step)?;
            }
            prop_assert_eq!(claiming.index, waiting.index);
            for (staker, account) in claiming.accounts.iter().enumerate() {
                let (claimed, kept) = (claiming.positions[staker], waiting.positions[staker]);
                prop_assert_eq!(claimed.shares(), kept.shares());
                prop_assert_eq!(claimed.debt().wrapping_sub(kept.debt()), Debt::from(account.claimed) << 32);
            }
            for (claimed, kept) in claiming.paid().into_iter().zip(waiting.paid()) {
                prop_assert!(claimed == kept || claimed == kept + 1);
            }
        }
    }

    /// If the index is shifted by a multiple of 2^96, every debt rounds as before, so nothing may differ.
    #[test]
    fn where_the_index_starts_does_not_matter(start in start_index(), shift in random::word(160), (stakers, steps) in history(111)) {
        let (mut staking, mut shifted) = (Staking::new(stakers, start), Staking::new(stakers, start.wrapping_add(shift << 96)));
        for step in steps {
            staking.apply(step)?;
            shifted.apply(step)?;
            prop_assert_eq!(staking.paid(), shifted.paid());
        }
    }
}
