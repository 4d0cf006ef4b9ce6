//! What holds after every operation of a random run.

use alloy::primitives::U256;
use anyhow::{Result, ensure};
use num_bigint::BigInt;

use super::{
    operation::Operation,
    reading::{Claims, Reading, balance},
    stage::{Stage, stakers},
};
use crate::model::{
    exact::power_of_two,
    terms::{FUNDER, PUPPET},
    vault::Vault,
};

/// The vault says what the model says.
pub fn agrees(reading: &Reading, model: &Vault) -> Result<()> {
    let stake = |staker| BigInt::from(model.ledger.stake(staker));
    let expected = Reading {
        // Bounded below.
        claims: reading.claims.clone(),
        supply: model.supply(),
        reserve: model.reserve(),
        epoch_reward: model.stream.reward.clone(),
        queued: model.stream.queued.clone(),
        total_assets: model.total_assets(),
        for_sale: model.for_sale(),
        room: model.room(),
        held: (0..model.tokens.len()).map(|token| model.held(token)).collect(),
        shares: stakers().map(stake).collect(),
        worth: stakers().map(|staker| model.worth(&stake(staker))).collect(),
    };
    ensure!(*reading == expected, "the vault says {reading:#?}, but the model {expected:#?}");
    Ok(())
}

/// The shares are the principal, and the vault holds it and the reserve: unless a wild token took some.
pub fn is_solvent(reading: &Reading, stage: &Stage) -> Result<()> {
    ensure!(
        reading.supply == reading.shares.iter().sum::<BigInt>(),
        "the shares do not add up: {reading:#?}"
    );
    let roles = stage.terms.roles;
    for token in [roles.asset, roles.reward].into_iter().filter(|&token| !stage.is_wild(token)) {
        let principal = if token == roles.asset { &reading.supply } else { &BigInt::ZERO };
        let rewards = if token == roles.reward { &reading.reserve } else { &BigInt::ZERO };
        ensure!(
            reading.held[token] >= principal + rewards,
            "it holds too little of token {token}: {reading:#?}"
        );
    }
    Ok(())
}

/// Claimed and earned are never above the exact share, and below it by no more than `docs/arithmetic.md` allows.
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

/// Funded is claimed, earned and undistributed, to within what each staker may have lost: one unit, and a little.
pub fn loses_no_reward(reading: &Reading, model: &Vault) -> Result<()> {
    let told = model.claimed.iter().sum::<BigInt>() + reading.claims.earned.iter().sum::<BigInt>();
    let left_over = &model.credited - told - model.undistributed();
    let allowed: BigInt = stakers().map(|staker| model.allowed_loss(staker)).sum();
    ensure!(
        left_over >= BigInt::ZERO && &left_over * power_of_two(128) < allowed,
        "of {} units funded {left_over} are nobody's",
        model.credited
    );
    Ok(())
}

/// The index rises or stays, modulo 2^256: no rise of a run comes near half of that.
pub fn index_never_falls(before: U256, after: U256) -> Result<()> {
    ensure!(!after.wrapping_sub(before).bit(255), "the index fell from {before} to {after}");
    Ok(())
}

/// No time has passed: nobody's claim has grown, those whom the operation does not concern have just theirs, and the
/// others lost less than a unit.
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
            "staker {staker} could claim {}, and now {} and {paid} paid",
            before.earned[staker],
            after.earned[staker]
        );
    }
    Ok(())
}

/// What others do with their shares does not change what somebody's are worth: it rises by rounding at most, and falls
/// at most by what a wild token's own rounding takes.
pub fn worth_stands_still(
    operation: &Operation,
    before: &Reading,
    after: &Reading,
    stage: &Stage,
) -> Result<()> {
    let is_wild = stage.is_wild(stage.terms.roles.asset);
    if is_wild && operation.moves_the_backing() {
        return Ok(());
    }
    let (least, most) = if is_wild { (-2, 1) } else { (0, 0) };
    for staker in stakers().filter(|&staker| !operation.concerns(staker)) {
        let change = &after.worth[staker] - &before.worth[staker];
        ensure!(
            change >= BigInt::from(least) && change <= BigInt::from(most),
            "the shares of staker {staker} were worth {}, and now {}",
            before.worth[staker],
            after.worth[staker]
        );
    }
    Ok(())
}

/// Everybody has the tokens that the model says.
pub fn wallets_agree(stage: &Stage, model: &Vault) -> Result<()> {
    for (number, token) in model.tokens.iter().enumerate() {
        for account in stakers().chain([FUNDER, PUPPET]) {
            let (has, expected) = (balance(stage, number, stage.address(account))?, token.balance(account));
            ensure!(has == expected, "account {account} has {has} of token {number}, not {expected}");
        }
    }
    Ok(())
}
