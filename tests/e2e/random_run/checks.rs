//! The invariants that hold after every operation of a random run.
//! They compare the vault with the model and with its own state before.

use alloy::primitives::U256;
use anyhow::{Result, ensure};
use num_bigint::BigInt;

use super::{
    operation::Operation,
    reading::{Claims, Leaving, Reading, balance},
    setup::{Setup, stakers},
};
use crate::model::{
    exact::power_of_two,
    terms::{FUNDER, PUPPET},
    vault::Vault,
};

/// The vault's views return what the model has.
pub fn agrees(reading: &Reading, model: &Vault) -> Result<()> {
    let stake = |staker| BigInt::from(model.ledger.stake(staker));
    let expected = Reading {
        // Checked by `pays_exact_shares`.
        claims: reading.claims.clone(),
        leaving: Leaving {
            // The same as those claims.
            earned: reading.claims.earned.clone(),
            supply: model.supply(),
            reserve: model.reserve(),
            total_assets: model.total_assets(),
            shares: stakers().map(stake).collect(),
            worth: stakers().map(|staker| model.worth(&stake(staker))).collect(),
        },
        epoch_reward: model.stream.reward.clone(),
        queued: model.stream.queued.clone(),
        for_sale: model.for_sale(),
        room: model.room(),
        held: (0..model.tokens.len()).map(|token| model.held(token)).collect(),
    };
    ensure!(*reading == expected, "the vault has {reading:#?}, but the model {expected:#?}");
    Ok(())
}

/// The shares add up to the principal, and the vault holds principal and reserve, unless a wild token took some.
pub fn is_solvent(reading: &Reading, setup: &Setup) -> Result<()> {
    ensure!(
        reading.leaving.supply == reading.leaving.shares.iter().sum::<BigInt>(),
        "the shares do not add up: {reading:#?}"
    );
    let roles = setup.terms.roles;
    for token in [roles.asset, roles.reward].into_iter().filter(|&token| !setup.is_wild(token)) {
        let principal = if token == roles.asset { &reading.leaving.supply } else { &BigInt::ZERO };
        let rewards = if token == roles.reward { &reading.leaving.reserve } else { &BigInt::ZERO };
        ensure!(
            reading.held[token] >= principal + rewards,
            "the vault holds too little of token {token}: {reading:#?}"
        );
    }
    Ok(())
}

/// Claimed plus earned never exceeds the exact share, and is below it by no more than `docs/arithmetic.md` allows.
pub fn pays_exact_shares(reading: &Reading, model: &Vault) -> Result<()> {
    for staker in stakers() {
        let got = &model.claimed[staker] + &reading.claims.earned[staker];
        let exact = model.ledger.reward(staker);
        let lost = exact.numer() - &got * exact.denom();
        ensure!(
            lost >= BigInt::ZERO,
            "staker {staker} got {got}: more than its share, which is below {}",
            exact.ceil()
        );
        ensure!(
            lost * power_of_two(128) < exact.denom() * model.allowed_loss(staker),
            "staker {staker} got {got}: too little of its share, which is above {}",
            exact.floor()
        );
    }
    Ok(())
}

/// Funded = claimed + earned + undistributed, to within what rounding may cost the stakers.
pub fn loses_no_reward(reading: &Reading, model: &Vault) -> Result<()> {
    let paid = model.claimed.iter().sum::<BigInt>() + reading.claims.earned.iter().sum::<BigInt>();
    let left_over = &model.credited - paid - model.undistributed();
    let allowed: BigInt = stakers().map(|staker| model.allowed_loss(staker)).sum();
    ensure!(
        left_over >= BigInt::ZERO && &left_over * power_of_two(128) < allowed,
        "of {} units funded {left_over} are lost",
        model.credited
    );
    Ok(())
}

/// The index rises or stays, modulo 2^256: no rise of a run comes near half of that.
pub fn index_never_falls(before: U256, after: U256) -> Result<()> {
    ensure!(!after.wrapping_sub(before).bit(255), "the index fell from {before} to {after}");
    Ok(())
}

/// At the same time no claim has grown. Claims that the operation does not concern are unchanged; the others lost at most
/// a unit.
pub fn claims_stand_still(
    operation: &Operation,
    model_paid: &BigInt,
    before: &Claims,
    after: &Claims,
) -> Result<()> {
    for staker in stakers() {
        let paid = if operation.pays() == Some(staker) { model_paid } else { &BigInt::ZERO };
        let lost = &before.earned[staker] - &after.earned[staker] - paid;
        let allowed = i32::from(operation.concerns(staker));
        ensure!(
            lost >= BigInt::ZERO && lost <= BigInt::from(allowed),
            "staker {staker} could claim {}; now it can claim {}, and {paid} were paid",
            before.earned[staker],
            after.earned[staker]
        );
    }
    Ok(())
}

/// An operation does not change what the shares of other stakers are worth, except by rounding: it rises by at most a
/// unit, and falls by at most what a wild token's own rounding takes.
pub fn worth_stands_still(
    operation: &Operation,
    before: &Reading,
    after: &Reading,
    setup: &Setup,
) -> Result<()> {
    let is_wild = setup.is_wild(setup.terms.roles.asset);
    if is_wild && operation.changes_backing() {
        return Ok(());
    }
    let (least, most) = if is_wild { (-2, 1) } else { (0, 0) };
    for staker in stakers().filter(|&staker| !operation.concerns(staker)) {
        let change = &after.leaving.worth[staker] - &before.leaving.worth[staker];
        ensure!(
            change >= BigInt::from(least) && change <= BigInt::from(most),
            "the shares of staker {staker} were worth {}, but now {}",
            before.leaving.worth[staker],
            after.leaving.worth[staker]
        );
    }
    Ok(())
}

/// All accounts have the balances of the model.
pub fn wallets_agree(setup: &Setup, model: &Vault) -> Result<()> {
    for (number, token) in model.tokens.iter().enumerate() {
        for account in stakers().chain([FUNDER, PUPPET]) {
            let (has, expected) = (balance(setup, number, setup.address(account))?, token.balance(account));
            ensure!(has == expected, "account {account} has {has} of token {number}, not {expected}");
        }
    }
    Ok(())
}
