//! A vault and its model: random calls to both, and the invariants between them after each call.
//! Used by the tests in `vault.rs`.

use std::num::NonZeroU32;

use num_bigint::BigInt;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::TestCaseResult;
use weir::math::U256;

use crate::bounds::Account;
use crate::composed::Vault;
use crate::model::{ExactLedger, SecondBySecond};
use crate::random::{amount, short_epoch_length, start_index};

/// One call. Amounts above a bound or balance are capped.
#[derive(Clone, Copy, Debug)]
pub enum Call {
    Deposit {
        staker: usize,
        shares: u128,
    },
    Withdraw {
        staker: usize,
        shares: u128,
    },
    Transfer {
        from: usize,
        to: usize,
        shares: u128,
    },
    Claim {
        staker: usize,
    },
    Fund {
        amount: u128,
    },
    /// Stores the index and changes nothing else, as any call in a later epoch may.
    Settle,
}

fn call(stakers: usize) -> impl Strategy<Value = Call> {
    let staker = move || 0..stakers;
    prop_oneof![
        4 => (staker(), amount(112)).prop_map(|(staker, shares)| Call::Deposit { staker, shares }),
        4 => (staker(), amount(112)).prop_map(|(staker, shares)| Call::Withdraw { staker, shares }),
        // A full withdrawal, which sometimes leaves the vault empty.
        2 => staker().prop_map(|staker| Call::Withdraw { staker, shares: u128::MAX }),
        3 => (staker(), staker(), amount(112)).prop_map(|(from, to, shares)| Call::Transfer { from, to, shares }),
        3 => staker().prop_map(|staker| Call::Claim { staker }),
        4 => amount(111).prop_map(|amount| Call::Fund { amount }),
        1 => Just(Call::Settle),
    ]
}

/// Seconds until the next call: 0, within an epoch, a few epochs, or many.
fn wait(length: NonZeroU32) -> impl Strategy<Value = u32> {
    let length = length.get();
    prop_oneof![3 => Just(0), 6 => 0..=length, 2 => 0..=3 * length, 1 => 0..=20 * length]
}

/// An empty vault at any time (up to the last possible seconds), and calls to it with the seconds before each.
#[derive(Clone, Debug)]
pub struct History {
    pub length: NonZeroU32,
    pub start: u32,
    pub index: U256,
    pub stakers: usize,
    pub calls: Vec<(u32, Call)>,
}

/// Up to eight stakers, all kinds of calls, amounts of every size.
pub fn history(calls: usize) -> impl Strategy<Value = History> {
    let start = prop_oneof![2 => Just(0), 3 => 0..=u32::MAX, 1 => u32::MAX - 200..=u32::MAX];
    (short_epoch_length(), start, start_index(), 1..=8_usize).prop_flat_map(
        move |(length, start, index, stakers)| {
            vec((wait(length), call(stakers)), 1..calls).prop_map(move |calls| History {
                length,
                start,
                index,
                stakers,
                calls,
            })
        },
    )
}

/// Where the rounding of the index matters most: a few units of reward for stakes near the bound. Almost all of the
/// stake is sent back and forth, so that its exact share is just below a whole number.
pub fn large_stakes_sent_back_and_forth() -> impl Strategy<Value = History> {
    let send = |from, to| Call::Transfer { from, to, shares: u128::MAX };
    let call = prop_oneof![
        3 => Just(send(0, 1)),
        3 => Just(send(1, 0)),
        2 => (1..50_u128).prop_map(|amount| Call::Fund { amount }),
        1 => Just(Call::Settle),
    ];
    (short_epoch_length(), start_index(), amount(60), 1_u128 << 110..1 << 112, vec((0..8_u32, call), 4..40))
        .prop_map(|(length, index, rest, stake, calls)| {
            let stakes = [
                Call::Deposit { staker: 2, shares: rest.max(1) },
                Call::Deposit { staker: 0, shares: stake },
            ];
            let calls = stakes.into_iter().map(|call| (0, call)).chain(calls).collect();
            History { length, start: 0, index, stakers: 3, calls }
        })
}

/// The vault and its model.
pub struct Run {
    pub vault: Vault,
    pub ledger: ExactLedger,
    stream: SecondBySecond,
    accounts: Vec<Account>,
    pub now: u32,
    funded: BigInt,
}

impl Run {
    pub fn new(history: &History) -> Self {
        let vault = Vault::new(history.length, history.start, history.index, history.stakers);
        Self {
            stream: SecondBySecond::new(history.length, vault.stream),
            vault,
            ledger: ExactLedger::new(history.stakers),
            accounts: vec![Account::default(); history.stakers],
            now: history.start,
            funded: BigInt::ZERO,
        }
    }

    /// The state after all calls of `history`.
    pub fn after(history: &History) -> Self {
        let mut run = Self::new(history);
        for (seconds, call) in &history.calls {
            run.wait(*seconds);
            run.apply(*call);
        }
        run
    }

    /// Advances the time by `seconds`, up to the last possible second.
    pub fn wait(&mut self, seconds: u32) {
        self.now = self.now.saturating_add(seconds);
        let handed_out = self.stream.run_to(self.now, self.ledger.total() > 0);
        self.ledger.hand_out(&handed_out);
    }

    pub fn apply(&mut self, call: Call) {
        let stored = self.vault.stream.updated;
        match call {
            Call::Deposit { staker, shares } => self.deposit(staker, shares.min(self.vault.room_for_stake())),
            Call::Withdraw { staker, shares } => self.withdraw(staker, shares.min(self.ledger.stake(staker))),
            Call::Transfer { from, to, shares } => {
                self.transfer(from, to, shares.min(self.ledger.stake(from)));
            }
            Call::Claim { staker } => self.claim(staker),
            Call::Fund { amount } => self.fund(amount.min(self.vault.room_for_reward()), stored),
            Call::Settle => self.settle(),
        }
    }

    fn deposit(&mut self, staker: usize, shares: u128) {
        self.note_update();
        self.vault.deposit(staker, shares, self.now);
        self.ledger.deposit(staker, shares);
        self.accounts[staker].shares_changed();
    }

    fn withdraw(&mut self, staker: usize, shares: u128) {
        self.note_update();
        self.vault.withdraw(staker, shares, self.now);
        self.ledger.withdraw(staker, shares);
        self.accounts[staker].shares_changed();
    }

    fn transfer(&mut self, from: usize, to: usize, shares: u128) {
        self.vault.transfer(from, to, shares, self.now);
        self.ledger.withdraw(from, shares);
        self.ledger.deposit(to, shares);
        self.accounts[from].moved_in_memory(shares);
        self.accounts[to].moved_in_memory(shares);
    }

    fn claim(&mut self, staker: usize) {
        let claimed = self.vault.claim(staker, self.now);
        let account = &mut self.accounts[staker];
        account.claimed += claimed;
        account.closings += u32::from(claimed != 0 && self.ledger.stake(staker) == 0);
    }

    fn fund(&mut self, amount: u128, stored: u32) {
        if self.now / self.vault.length > stored / self.vault.length {
            self.note_update();
        }
        self.vault.fund(amount, self.now);
        self.stream.queued += amount;
        self.funded += amount;
    }

    pub fn settle(&mut self) {
        self.note_update();
        self.vault.settle(self.now);
    }

    fn note_update(&mut self) {
        for (staker, account) in self.accounts.iter_mut().enumerate() {
            account.index_updated(self.ledger.stake(staker));
        }
    }

    fn earned(&self, staker: usize) -> u128 {
        self.vault.earned(staker, self.now)
    }

    fn paid(&self, staker: usize) -> u128 {
        self.accounts[staker].claimed + self.earned(staker)
    }

    pub fn check(&self) -> TestCaseResult {
        prop_assert_eq!(self.vault.total, self.ledger.total());
        self.check_stream()?;
        for (staker, account) in self.accounts.iter().enumerate() {
            let stake = self.ledger.stake(staker);
            prop_assert_eq!(self.vault.positions[staker].shares(), stake);
            account.check(self.earned(staker), stake, &self.ledger.reward(staker))?;
        }
        self.check_conservation()
    }

    fn check_stream(&self) -> TestCaseResult {
        let (stream, _) = self.vault.view(self.now);
        prop_assert_eq!(BigInt::from(stream.reward), self.stream.reward.clone());
        prop_assert_eq!(BigInt::from(stream.queued), self.stream.queued.clone());
        Ok(())
    }

    /// Rewards funded and not handed out yet.
    pub fn undistributed(&self) -> BigInt {
        &self.stream.reward - self.stream.streamed() + &self.stream.queued
    }

    /// Funded = claimed + earned + undistributed, except for about a unit per staker that is still pending, and less than
    /// one unit that each claim without shares gives up.
    fn check_conservation(&self) -> TestCaseResult {
        let paid: u128 = (0..self.accounts.len()).map(|staker| self.paid(staker)).sum();
        let pending = &self.funded - self.undistributed() - paid;
        prop_assert!(pending >= BigInt::ZERO, "{} paid, {} more than handed out", paid, -pending);
        let given_up: u32 = self.accounts.iter().map(|account| account.closings).sum();
        prop_assert!(pending <= BigInt::from(self.accounts.len()) + given_up, "{} units are lost", pending);
        let claimed: u128 = self.accounts.iter().map(|account| account.claimed).sum();
        prop_assert_eq!(BigInt::from(self.vault.reserve) + claimed, self.funded.clone());
        Ok(())
    }
}
