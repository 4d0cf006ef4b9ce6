//! Which operation comes next: any of them, often with amounts and receivers that the vault must refuse.

use std::ops::Range;

use fastrand::Rng;
use num_bigint::BigInt;

use super::{
    operation::Operation,
    stage::{EPOCH, Kind},
};
use crate::{
    model::{
        terms::{NOBODY, Named, STAKERS, VAULT},
        vault::Vault,
    },
    seed::amount,
};

const WAD: u64 = 1_000_000_000_000_000_000;
/// The factors that wild tokens rebase to: now and then to the highest, where they round nothing.
const FACTORS: Range<u64> = WAD / 20..WAD;
/// The largest fee of a wild token, in hundredths of a percent.
const HIGHEST_FEE: u32 = 300;
/// Above any bound of the vault, and below everybody's wealth.
const TOO_MUCH: u128 = 1 << 112;
/// By so many bits rewards and yield are less than stakes, so that a rebase of the one token of both hurts the stakes.
const LESS: usize = 6;

/// Often no time, mostly less than an epoch, now and then several. In seconds.
pub fn pause(random: &mut Rng) -> u32 {
    match random.u32(..10) {
        0..3 => 0,
        3..9 => random.u32(..EPOCH / 2),
        _ => random.u32(..5 * EPOCH),
    }
}

/// The next operation on a vault that stands as in `model`.
pub fn choose(random: &mut Rng, model: &Vault, kind: Kind) -> Operation {
    if kind.wild_tokens() > 0 && random.u32(..8) == 0 {
        return habit(random, model, kind);
    }
    let (sender, receiver) = (staker(random), receiver(random));
    match random.u32(..100) {
        0..20 => {
            let amount = stake(random, kind);
            Operation::Enter { sender, receiver, amount: or_absurd(random, amount), named: named(random) }
        }
        20..38 => {
            let owner = holder(random, model);
            // Half of the time by itself.
            let sender = if random.bool() { owner } else { sender };
            let amount = part(random, model.ledger.stake(owner), kind);
            Operation::Leave { sender, receiver, owner, amount, named: named(random) }
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
        64..68 => Operation::ClaimFor { sender, account: staker(random) },
        68..71 => Operation::Exit { sender, receiver },
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

/// Now and then the price is not offered, or not paid in full, or too much is asked for.
fn sale(random: &mut Rng, model: &Vault, kind: Kind, sender: usize, receiver: usize) -> Operation {
    let price = whole(&model.price());
    // No more than what is funded otherwise.
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
        // Enough for any fee.
        1..5 => price.saturating_add(price / 16),
        _ => price,
    };
    Operation::FlashBuy { sender, amount, max, payment }
}

/// What comes to the vault by itself: most often what it sells.
fn arriving(random: &mut Rng, model: &Vault) -> usize {
    match random.u32(..3) {
        0 => model.terms.roles.yield_token,
        1 => model.terms.roles.foreign,
        _ => random.usize(..model.tokens.len()),
    }
}

/// Something that a wild token does by itself. Often enough all comes back to what it was at its best.
fn habit(random: &mut Rng, model: &Vault, kind: Kind) -> Operation {
    let token = random.usize(..kind.wild_tokens());
    match random.u32(..8) {
        0 => Operation::Rebase { token, wad: random.u64(FACTORS) },
        1..3 => Operation::Rebase { token, wad: FACTORS.end },
        3 => Operation::TakeFee { token, basis_points: random.u32(1..=HIGHEST_FEE) },
        4..6 => Operation::TakeFee { token, basis_points: 0 },
        _ => {
            let missing = whole(&(model.owed(token) - model.held(token)).max(BigInt::ZERO));
            Operation::Stray { token, amount: missing + some(random, kind) }
        }
    }
}

/// What puts an end to all that a wild token does.
pub fn calm(token: usize) -> [Operation; 2] {
    [Operation::Rebase { token, wad: FACTORS.end }, Operation::TakeFee { token, basis_points: 0 }]
}

fn staker(random: &mut Rng) -> usize {
    random.usize(..STAKERS)
}

/// A staker with shares, if it is found in a few tries.
fn holder(random: &mut Rng, model: &Vault) -> usize {
    let tries = [(); 4].map(|()| staker(random));
    tries.into_iter().find(|&staker| model.ledger.stake(staker) > 0).unwrap_or(tries[0])
}

/// A staker, rarely one that may not be.
fn receiver(random: &mut Rng) -> usize {
    match random.u32(..40) {
        0 => VAULT,
        1 => NOBODY,
        _ => staker(random),
    }
}

fn named(random: &mut Rng) -> Named {
    if random.bool() { Named::Assets } else { Named::Shares }
}

/// A stake.
fn stake(random: &mut Rng, kind: Kind) -> u128 {
    amount(random, kind.amount_bits())
}

/// Yield or reward.
fn some(random: &mut Rng, kind: Kind) -> u128 {
    amount(random, kind.amount_bits() - LESS)
}

/// Of an amount given rarely nothing, or too much.
fn or_absurd(random: &mut Rng, amount: u128) -> u128 {
    match random.u32(..40) {
        0 => 0,
        1 => TOO_MUCH,
        _ => amount,
    }
}

/// Some of what there is, often all of it, rarely nothing, one more, or too much.
fn part(random: &mut Rng, whole: u128, kind: Kind) -> u128 {
    match random.u32(..32) {
        0 => 0,
        1 => whole.saturating_add(1),
        2 => TOO_MUCH,
        3..11 => whole,
        _ => stake(random, kind).min(whole),
    }
}

/// An amount of the model's, which may be a price beyond all bounds.
fn whole(amount: &BigInt) -> u128 {
    u128::try_from(amount).unwrap_or(u128::MAX)
}
