//! Compares the state of the chain with the exact model, to the base unit.
//! Stakes must be equal. Wallets and rewards must be the exact amount rounded down.
//!
//! If the exact amount is a whole number of base units, it may be one unit less: the contract rounds its index down, so
//! it may reach a whole amount only from below.

use alloy::primitives::U256;
use anyhow::{Result, bail, ensure};
use num_rational::BigRational;

use super::example::{REWARD, Snapshot};
use crate::demo::rational::{ratio, tokens, units, units_of};

/// The state of the chain at one moment, in base units.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Observation {
    /// The moment, for messages: `step 3`.
    pub moment: String,
    /// *S*: the vault's total supply.
    pub total_stake: U256,
    /// The stakers, in order.
    pub stakers: Vec<ObservedStaker>,
    /// The vault's balance of the token.
    pub vault: U256,
    /// The rewards that the vault owes.
    pub reserve: U256,
    /// The funder's balance, which funds later steps.
    pub funder: U256,
    /// The token's total supply.
    pub supply: U256,
}

/// One staker on the chain, in base units.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ObservedStaker {
    pub wallet: U256,
    pub stake: U256,
    /// Rewards paid out so far, by the vault's events.
    pub claimed: U256,
    /// Rewards that can be claimed now.
    pub earned: U256,
}

impl ObservedStaker {
    /// Total rewards.
    pub fn reward(&self) -> U256 {
        self.claimed + self.earned
    }
}

/// Compares all amounts. Returns the largest amount that a staker lost by rounding, in base units.
///
/// # Errors
/// If an amount differs. The error names the moment, the staker, and both amounts.
pub fn compare(observed: &Observation, expected: &Snapshot) -> Result<BigRational> {
    let moment = &observed.moment;
    equal(&format!("{moment}: the total stake S"), observed.total_stake, &expected.total_stake)?;
    ensure!(
        observed.stakers.len() == expected.stakers.len(),
        "{moment}: the chain has {} stakers, and the model {}",
        observed.stakers.len(),
        expected.stakers.len()
    );
    let mut largest = BigRational::default();
    for (number, (seen, exact)) in observed.stakers.iter().zip(&expected.stakers).enumerate() {
        equal(&format!("{moment}, s{number}: the stake"), seen.stake, &exact.stake)?;
        for (what, found, exact) in [
            ("the wallet", seen.wallet, &exact.wallet),
            ("the reward claimed", seen.claimed, &exact.claimed),
            ("the reward claimed and earned", seen.reward(), &exact.earned()),
        ] {
            largest = largest.max(rounded_down(&format!("{moment}, s{number}: {what}"), found, exact)?);
        }
    }
    conserved(observed)?;
    Ok(largest)
}

fn equal(what: &str, found: U256, expected: &BigRational) -> Result<()> {
    ensure!(
        units(found) == units_of(expected),
        "{what} should be {expected} tokens = {} base units, but is {found}",
        units_of(expected)
    );
    Ok(())
}

/// The difference of `found` from the exact amount, in base units. It must be from 0 to 1.
fn rounded_down(what: &str, found: U256, expected: &BigRational) -> Result<BigRational> {
    let short = units_of(expected) - units(found);
    if short < ratio(0, 1) || short > ratio(1, 1) {
        bail!(
            "{what} should be {expected} tokens = {} base units rounded down, but is {found}",
            units_of(expected).floor()
        );
    }
    Ok(short)
}

/// Checks that no token was created or lost, and that the vault holds exactly what it owes.
fn conserved(observed: &Observation) -> Result<()> {
    let moment = &observed.moment;
    let wallets: U256 = observed.stakers.iter().map(|staker| staker.wallet).sum();
    let held = wallets + observed.vault + observed.funder;
    ensure!(
        held == observed.supply,
        "{moment}: wallets, vault and funder hold {held} base units in all, but the token's supply is {}",
        observed.supply
    );
    let owed = observed.total_stake + observed.reserve;
    ensure!(
        observed.vault == owed,
        "{moment}: the vault owes {owed} base units (stakes and reserve), but holds {}",
        observed.vault
    );
    let funded = tokens(REWARD * super::example::ACTIONS.len() as u64) - observed.funder;
    let claimed: U256 = observed.stakers.iter().map(|staker| staker.claimed).sum();
    ensure!(
        observed.reserve + claimed == funded,
        "{moment}: {funded} base units were funded and {claimed} claimed, but the vault's reserve is {}",
        observed.reserve
    );
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::example;
    use super::*;

    /// The state of a chain that rounds each amount down, after `step` steps.
    fn observed(expected: &Snapshot, step: u64) -> Observation {
        let down = |tokens: &BigRational| -> U256 {
            units_of(tokens).floor().to_integer().to_string().parse().unwrap()
        };
        let stakers: Vec<ObservedStaker> = expected
            .stakers
            .iter()
            .map(|staker| ObservedStaker {
                wallet: down(&staker.wallet),
                stake: down(&staker.stake),
                claimed: down(&staker.claimed),
                earned: down(&staker.earned()) - down(&staker.claimed),
            })
            .collect();
        let funder = tokens(REWARD * (10 - step));
        let claimed: U256 = stakers.iter().map(|staker| staker.claimed).sum();
        let reserve = tokens(REWARD * step) - claimed;
        let total_stake = down(&expected.total_stake);
        let vault = total_stake + reserve;
        let wallets: U256 = stakers.iter().map(|staker| staker.wallet).sum();
        let supply = wallets + vault + funder;
        Observation { moment: format!("step {step}"), total_stake, stakers, vault, reserve, funder, supply }
    }

    fn after(step: usize) -> (Observation, Snapshot) {
        let expected = example::expected().unwrap().steps.swap_remove(step);
        (observed(&expected, step as u64), expected)
    }

    #[test]
    fn rounded_down_amounts_are_accepted_and_the_largest_loss_is_returned() {
        let (observation, expected) = after(6);
        let short = compare(&observation, &expected).unwrap();
        assert!(short > ratio(0, 1) && short < ratio(1, 1), "{short}");
    }

    #[test]
    fn a_whole_amount_may_be_one_unit_short_but_not_two() {
        let (mut observation, expected) = after(2);
        observation.stakers[0].earned -= U256::ONE;
        assert_eq!(compare(&observation, &expected).unwrap(), ratio(1, 1));
        observation.stakers[0].earned -= U256::ONE;
        let error = compare(&observation, &expected).unwrap_err().to_string();
        assert_eq!(
            error,
            "step 2, s0: the reward claimed and earned should be 14/5 tokens = 2800000000000000000 base units \
             rounded down, but is 2799999999999999998"
        );
    }

    #[test]
    fn any_amount_that_is_one_unit_off_is_an_error() {
        let (right, expected) = after(5);
        let changes: [fn(&mut Observation); 8] = [
            |seen| seen.stakers[1].earned += U256::ONE,
            |seen| seen.stakers[1].stake += U256::ONE,
            |seen| seen.stakers[3].wallet += U256::ONE,
            |seen| seen.stakers[2].wallet -= U256::ONE,
            |seen| seen.total_stake += U256::ONE,
            |seen| seen.vault += U256::ONE,
            |seen| seen.reserve += U256::ONE,
            |seen| seen.supply -= U256::ONE,
        ];
        compare(&right, &expected).unwrap();
        for (number, change) in changes.iter().enumerate() {
            let mut wrong = right.clone();
            change(&mut wrong);
            assert!(compare(&wrong, &expected).is_err(), "change {number}");
        }
    }
}
