//! Compares what the chain says with what the arithmetic says, figure by figure.

use std::fmt::Display;

use anyhow::{Result, ensure};

use crate::engine::{Snapshot, VaultState};

/// How many figures are equal: all of them.
///
/// # Errors
/// Names the first that differs.
pub fn check(seen: &Snapshot, expected: &Snapshot) -> Result<u64> {
    let mut compared = 0;
    let mut same = |what: &dyn Fn() -> String, on_chain: &dyn Display, expected: &dyn Display| {
        compared += 1;
        let (on_chain, expected) = (on_chain.to_string(), expected.to_string());
        ensure!(
            on_chain == expected,
            "{} is {on_chain} on the chain and {expected} in the arithmetic: they should be equal to the base unit",
            what()
        );
        Ok(())
    };
    for (number, (seen, expected)) in seen.vaults.iter().zip(&expected.vaults).enumerate() {
        for (name, figure) in FIGURES {
            same(&|| format!("{name} of vault {number}"), &figure(seen), &figure(expected))?;
        }
    }
    for (staker, (seen, expected)) in seen.wallets.iter().zip(&expected.wallets).enumerate() {
        same(&|| format!("the asset in the wallet of staker {staker}"), &seen.0, &expected.0)?;
        same(&|| format!("the reward in the wallet of staker {staker}"), &seen.1, &expected.1)?;
    }
    for (vault, (seen, expected)) in seen.positions.iter().zip(&expected.positions).enumerate() {
        for (staker, (seen, expected)) in seen.iter().zip(expected).enumerate() {
            same(&|| format!("the stake of staker {staker} in vault {vault}"), &seen.0, &expected.0)?;
            same(&|| format!("what staker {staker} has earned in vault {vault}"), &seen.1, &expected.1)?;
        }
    }
    Ok(compared)
}

type Figure = fn(&VaultState) -> String;

const FIGURES: [(&str, Figure); 7] = [
    ("the total stake", |vault| vault.stake.to_string()),
    ("the epoch's reward", |vault| vault.reward.to_string()),
    ("the queue", |vault| vault.queued.to_string()),
    ("the reward index", |vault| vault.index.to_string()),
    ("the reserve", |vault| vault.reserve.to_string()),
    ("the last price", |vault| vault.last_price.to_string()),
    ("the lot", |vault| vault.lot.to_string()),
];

#[cfg(test)]
mod tests {
    use weir::math::U256;

    use super::*;

    fn snapshot() -> Snapshot {
        let vault = VaultState {
            stake: 3,
            reward: 4,
            queued: 5,
            index: U256::from(6),
            reserve: 9,
            last_price: U256::from(7),
            lot: 8,
        };
        Snapshot { vaults: vec![vault], wallets: vec![(1, 2)], positions: vec![vec![(3, 4)]] }
    }

    #[test]
    fn one_base_unit_of_difference_anywhere_is_told() {
        let expected = snapshot();
        assert_eq!(check(&expected, &expected).unwrap(), 11);
        type Change = fn(&mut Snapshot);
        let changes: [(&str, Change); 5] = [
            ("the queue of vault 0 is 6", |snapshot| snapshot.vaults[0].queued += 1),
            ("the reward index of vault 0", |snapshot| snapshot.vaults[0].index += U256::ONE),
            ("the reward in the wallet of staker 0", |snapshot| snapshot.wallets[0].1 += 1),
            ("the stake of staker 0 in vault 0", |snapshot| snapshot.positions[0][0].0 += 1),
            ("what staker 0 has earned in vault 0", |snapshot| snapshot.positions[0][0].1 += 1),
        ];
        for (beginning, change) in changes {
            let mut seen = snapshot();
            change(&mut seen);
            let error = check(&seen, &expected).unwrap_err().to_string();
            assert!(error.starts_with(beginning), "{error}");
        }
    }
}
