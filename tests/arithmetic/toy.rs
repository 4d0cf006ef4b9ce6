//! The example run of the toy vault model (one vault, four stakers, ten steps of R = 7) with the vault's arithmetic.
//!
//! Source: the two figures of *toy_vault_model*, which give the balances and rewards below.

use std::num::NonZeroU32;

use num_bigint::BigInt;
use num_rational::BigRational;
use weir::math::U256;

use crate::composed::Vault;
use crate::exact::{integer, ratio};

/// One token in base units. The token is asset and reward.
const TOKEN: u128 = 1_000_000_000_000_000_000;
const REWARD: u128 = 7 * TOKEN;
const STAKERS: usize = 4;
const STEPS: usize = 10;

#[derive(Clone, Copy)]
enum Action {
    Deposit(usize, u128),
    WithdrawAll(usize),
    Claim(usize),
}
use Action::{Claim as C, Deposit as D, WithdrawAll as W};

/// The actions of the stakers in each step, and the total stake after them, in tokens.
const ACTIONS: [(&[Action], u128); STEPS] = [
    (&[D(0, 2), D(3, 3)], 5),
    (&[W(0), D(3, 4)], 7),
    (&[D(0, 3), D(1, 1), W(3)], 4),
    (&[D(0, 2), W(1), D(2, 3), D(3, 3)], 11),
    (&[D(0, 1), D(1, 1), C(2), D(3, 3)], 16),
    (&[W(0), D(1, 1), W(3)], 5),
    (&[W(1), D(2, 1)], 4),
    (&[D(0, 2), D(2, 1), D(3, 1)], 8),
    (&[W(0), D(3, 1)], 7),
    (&[D(0, 3), W(3)], 8),
];

/// Wallet balances at first and after each step, in tokens divided by [`BALANCE_PARTS`].
const BALANCES: [[u128; STEPS + 1]; STAKERS] = [
    [6, 4, 6, 3, 1, 0, 6, 6, 4, 6, 3],
    [8, 8, 8, 7, 8, 7, 6, 8, 8, 8, 8],
    [44, 44, 44, 44, 11, 32, 32, 21, 10, 10, 10],
    [7, 4, 0, 7, 4, 1, 7, 7, 6, 5, 7],
];
const BALANCE_PARTS: [u128; STAKERS] = [1, 1, 11, 1];

/// Rewards of each staker at the end of the last step, claimed or not, in tokens: numerator and denominator.
const REWARDS: [(u128, u128); STAKERS] = [(4011, 220), (399, 80), (24791, 880), (2047, 110)];

/// A vault whose asset is its reward, and the stakers' wallets.
struct Replay {
    vault: Vault,
    wallets: [u128; STAKERS],
    claimed: [u128; STAKERS],
}

impl Replay {
    fn new(length: NonZeroU32, index: U256) -> Self {
        let wallets = std::array::from_fn(|staker| BALANCES[staker][0] / BALANCE_PARTS[staker] * TOKEN);
        Self { vault: Vault::new(length, 0, index, STAKERS), wallets, claimed: [0; STAKERS] }
    }

    fn apply(&mut self, action: Action, now: u32) {
        match action {
            D(staker, tokens) => {
                self.wallets[staker] -= tokens * TOKEN;
                self.vault.deposit(staker, tokens * TOKEN, now);
            }
            W(staker) => {
                let shares = self.vault.positions[staker].shares();
                self.vault.withdraw(staker, shares, now);
                self.wallets[staker] += shares;
            }
            C(staker) => {
                let claimed = self.vault.claim(staker, now);
                self.wallets[staker] += claimed;
                self.claimed[staker] += claimed;
            }
        }
    }

    /// Claimed and earned, in base units.
    fn paid(&self, staker: usize, now: u32) -> u128 {
        self.claimed[staker] + self.vault.earned(staker, now)
    }
}

/// Checks that `base_units` is at most the exact amount, and at most one base unit below it: where the exact amount is
/// whole, rounding the index down costs a whole unit.
fn assert_within_a_unit(base_units: u128, tokens: BigRational, what: &str) {
    let exact = tokens * BigInt::from(TOKEN);
    let held = integer(base_units);
    assert!(held <= exact && exact <= &held + integer(1), "{what}: {held} base units, exactly {exact}");
}

/// Replays the run with epochs of `length` seconds. Rewards arrive `funded_after` seconds into the epoch before.
fn replay(length: u32, funded_after: u32, index: U256) {
    let mut replay = Replay::new(NonZeroU32::new(length).expect("not 0"), index);
    let mut stakes = [0_u128; STAKERS];
    let mut earned: [BigRational; STAKERS] = std::array::from_fn(|_| integer(0));
    replay.vault.fund(REWARD, funded_after);
    for (step, (actions, total)) in (1_u32..).zip(ACTIONS) {
        let start = step * length;
        for action in actions {
            replay.apply(*action, start);
            match *action {
                D(staker, tokens) => stakes[staker] += tokens,
                W(staker) => stakes[staker] = 0,
                C(_) => {}
            }
        }
        assert_eq!(replay.vault.total, total * TOKEN, "total stake of step {step}");
        for (staker, earned) in earned.iter_mut().enumerate() {
            *earned += ratio(7 * stakes[staker], total);
            let balance = ratio(BALANCES[staker][step as usize], BALANCE_PARTS[staker]);
            assert_within_a_unit(
                replay.wallets[staker],
                balance,
                &format!("balance of s{staker}, step {step}"),
            );
            assert_eq!(replay.vault.positions[staker].shares(), stakes[staker] * TOKEN);
        }
        replay.vault.fund(REWARD, start + funded_after);
        for (staker, earned) in earned.iter().enumerate() {
            let paid = replay.paid(staker, start + length);
            assert_within_a_unit(paid, earned.clone(), &format!("reward of s{staker}, step {step}"));
        }
    }
    check_rewards(&replay, length * (STEPS as u32 + 1));
}

fn check_rewards(replay: &Replay, end: u32) {
    for (staker, (numerator, denominator)) in REWARDS.into_iter().enumerate() {
        let paid = replay.paid(staker, end);
        assert_within_a_unit(paid, ratio(numerator, denominator), &format!("reward of s{staker} in all"));
    }
}

#[test]
fn the_rewards_of_the_toy_model_sum_to_the_total_funded() {
    let sum = REWARDS.into_iter().fold(integer(0), |sum, (part, parts)| sum + ratio(part, parts));
    assert_eq!(sum, integer(70));
}

#[test]
fn the_replay_matches_the_toy_model_to_the_base_unit() {
    replay(100, 0, U256::ZERO);
    replay(604_800, 302_400, U256::ZERO);
}

#[test]
fn the_replay_depends_on_neither_epoch_nor_index_nor_funding_time() {
    for length in [1, 7, 97, 86_400, 100_000_007] {
        for funded_after in [0, length / 2, length - 1] {
            for index in [U256::ZERO, U256::MAX, U256::ONE << 255, U256::MAX >> 3] {
                replay(length, funded_after, index);
            }
        }
    }
}
