//! Chooses the next operation of a random run, sometimes with amounts and receivers that must revert.
//! Choices depend on the state of the model, so that most operations succeed.

use std::ops::Range;

use fastrand::Rng;
use num_bigint::BigInt;

use super::{
    operation::Operation,
    setup::{EPOCH, Kind},
};
use crate::{
    model::{
        terms::{STAKERS, Unit, VAULT, ZERO_ADDRESS},
        vault::Vault,
    },
    seed::amount,
};

const WAD: u64 = 1_000_000_000_000_000_000;
/// The factors that wild tokens rebase to. At the highest, which is chosen often, they round nothing.
const FACTORS: Range<u64> = WAD / 20..WAD;
/// The lowest factor of all: the lower it is, the more a transfer rounds.
const LOWEST_FACTOR: u64 = WAD >> 20;
/// The largest fee of a wild token, in hundredths of a percent.
const HIGHEST_FEE: u32 = 300;
/// Above any bound of the vault, and below each account's balance.
const TOO_MUCH: u128 = 1 << 112;
/// Rewards and yield have so many bits less than stakes, so that a rebase of a token with two roles hurts the stakes.
const LESS: usize = 6;

/// Seconds before the next operation: often 0, mostly less than an epoch, sometimes several epochs.
pub fn pause(random: &mut Rng) -> u32 {
    match random.u32(..10) {
        0..3 => 0,
        3..9 => random.u32(..EPOCH / 2),
        _ => random.u32(..5 * EPOCH),
    }
}

/// The next operation on a vault in the state of `model`. While the programs are dead, most are such that do not need them.
pub fn choose(random: &mut Rng, model: &Vault, kind: Kind, are_dead: bool) -> Operation {
    loop {
        let operation = choose_any(random, model, kind);
        // What a standalone pair does begins with a payment, whose own error would come first.
        let is_pair = matches!(operation, Operation::SellForeign { .. });
        if !are_dead || !operation.needs_program() || !is_pair && random.u32(..5) == 0 {
            return operation;
        }
    }
}

fn choose_any(random: &mut Rng, model: &Vault, kind: Kind) -> Operation {
    if kind.wild_tokens() > 0 && random.u32(..8) == 0 {
        return token_behavior(random, model, kind);
    }
    let (sender, receiver) = (staker(random), receiver(random));
    match random.u32(..100) {
        0..20 => {
            let amount = stake(random, kind);
            Operation::Enter { sender, receiver, amount: or_absurd(random, amount), unit: unit(random) }
        }
        20..38 => {
            let owner = holder(random, model);
            // Half of the time the owner itself.
            let sender = if random.bool() { owner } else { sender };
            let amount = part(random, model.ledger.stake(owner), kind);
            Operation::Leave { sender, receiver, owner, amount, unit: unit(random) }
        }
        38..46 => {
            let from = holder(random, model);
            let amount = part(random, model.ledger.stake(from), kind);
            Operation::Transfer { from, to: receiver, amount }
        }
        46..52 => {
            let from = holder(random, model);
            let amount = part(random, model.ledger.stake(from), kind);
            Operation::TransferFrom { spender: sender, from, to: receiver, amount }
        }
        52..54 => Operation::Approve { owner: staker(random), spender: sender, amount: stake(random, kind) },
        54..57 => Operation::ApproveAll { owner: staker(random), spender: sender },
        57..64 => Operation::Claim { sender, receiver },
        64..67 => {
            let account = staker(random);
            // Half of the time the account itself.
            let sender = if random.bool() { account } else { sender };
            Operation::ClaimFor { sender, account }
        }
        67..69 => {
            // Half of the time anyone.
            let claimer = if random.bool() { ZERO_ADDRESS } else { sender };
            Operation::SetClaimer { account: staker(random), claimer, allowed: random.u8(..4) != 0 }
        }
        69..71 => Operation::Exit { sender, receiver },
        71..80 => {
            let amount = some(random, kind);
            Operation::Fund { amount: or_absurd(random, amount) }
        }
        80..83 => Operation::Sync { sender },
        83..88 => Operation::Stray { token: arriving(random, model), amount: some(random, kind) },
        88..96 => sale(random, model, kind, sender, receiver),
        _ => {
            let amount = part(random, whole(&model.foreign_surplus()), kind);
            Operation::SellForeign { sender, receiver, amount, payment: some(random, kind) }
        }
    }
}

/// A purchase. Sometimes the maximum is below the price, the payment is too small, or the amount too large.
fn sale(random: &mut Rng, model: &Vault, kind: Kind, sender: usize, receiver: usize) -> Operation {
    let price = whole(&model.price());
    // No more than rewards that are funded.
    let max = price.min(1 << (kind.amount_bits() - LESS));
    let max = if random.u32(..8) == 0 { max.saturating_sub(1) } else { max };
    let for_sale = whole(&model.for_sale());
    if for_sale == 0 {
        return Operation::Stray { token: model.terms.roles.yield_token, amount: some(random, kind) };
    }
    let amount = part(random, for_sale, kind);
    if random.bool() {
        return Operation::Buy { sender, receiver, amount, max };
    }
    let payment = match random.u32(..8) {
        0 => price.saturating_sub(1),
        // Enough to cover any fee.
        1..5 => price.saturating_add(price / 16),
        _ => price,
    };
    Operation::FlashBuy { sender, amount, max, payment }
}

/// The token of a stray transfer: most often one that is sold.
fn arriving(random: &mut Rng, model: &Vault) -> usize {
    match random.u32(..3) {
        0 => model.terms.roles.yield_token,
        1 => model.terms.roles.foreign,
        _ => random.usize(..model.tokens.len()),
    }
}

/// A change of a wild token by itself. Often the token returns to its first state.
fn token_behavior(random: &mut Rng, model: &Vault, kind: Kind) -> Operation {
    let token = random.usize(..kind.wild_tokens());
    match random.u32(..8) {
        0 => Operation::Rebase { token, wad: lower_factor(random, model, token) },
        1..3 => Operation::Rebase { token, wad: FACTORS.end },
        3 => Operation::TakeFee { token, basis_points: random.u32(1..=HIGHEST_FEE) },
        4..6 => Operation::TakeFee { token, basis_points: 0 },
        _ => {
            let missing = whole(&(model.owed(token) - model.held(token)).max(BigInt::ZERO));
            Operation::Stray { token, amount: missing + some(random, kind) }
        }
    }
}

/// A lower factor for all balances. Half of the time one at which the vault no longer holds what it owes: surplus of
/// earlier operations can cover any ordinary loss, for a whole run.
fn lower_factor(random: &mut Rng, model: &Vault, token: usize) -> u64 {
    let (owed, covered) = (model.owed(token), model.tokens[token].balance_before_factor(VAULT));
    if random.bool() || owed == BigInt::ZERO || *covered == BigInt::ZERO {
        return random.u64(FACTORS);
    }
    let factor = owed * random.u64(FACTORS) / covered;
    u64::try_from(factor).unwrap_or(FACTORS.end).clamp(LOWEST_FACTOR, FACTORS.end)
}

/// The operations that return a wild token to its first state.
pub fn reset(token: usize) -> [Operation; 2] {
    [Operation::Rebase { token, wad: FACTORS.end }, Operation::TakeFee { token, basis_points: 0 }]
}

fn staker(random: &mut Rng) -> usize {
    random.usize(..STAKERS)
}

/// A staker with shares, if a few tries find one.
fn holder(random: &mut Rng, model: &Vault) -> usize {
    let tries = [(); 4].map(|()| staker(random));
    tries.into_iter().find(|&staker| model.ledger.stake(staker) > 0).unwrap_or(tries[0])
}

/// A staker, rarely an invalid receiver.
fn receiver(random: &mut Rng) -> usize {
    match random.u32(..40) {
        0 => VAULT,
        1 => ZERO_ADDRESS,
        _ => staker(random),
    }
}

fn unit(random: &mut Rng) -> Unit {
    if random.bool() { Unit::Assets } else { Unit::Shares }
}

/// The amount of a stake.
fn stake(random: &mut Rng, kind: Kind) -> u128 {
    amount(random, kind.amount_bits())
}

/// An amount of yield or reward.
fn some(random: &mut Rng, kind: Kind) -> u128 {
    amount(random, kind.amount_bits() - LESS)
}

/// The amount, rarely 0 or too much.
fn or_absurd(random: &mut Rng, amount: u128) -> u128 {
    match random.u32(..40) {
        0 => 0,
        1 => TOO_MUCH,
        _ => amount,
    }
}

/// Part of `whole`, often all of it, rarely 0, one more, or too much.
fn part(random: &mut Rng, whole: u128, kind: Kind) -> u128 {
    match random.u32(..32) {
        0 => 0,
        1 => whole.saturating_add(1),
        2 => TOO_MUCH,
        3..11 => whole,
        _ => stake(random, kind).min(whole),
    }
}

/// An amount of the model, capped at 128 bits: a price may be larger.
fn whole(amount: &BigInt) -> u128 {
    u128::try_from(amount).unwrap_or(u128::MAX)
}
