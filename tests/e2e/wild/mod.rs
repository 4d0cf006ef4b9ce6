//! Tokens as they are in the wild, as real contracts (`tests/solidity`): what happens to the vault with each.
//!
//! The vault believes what a token says of a balance, counts on nothing else, and lets principal leave whatever
//! becomes of rewards and yield.

mod assets;
mod balances;
mod callbacks;
mod decimals;
mod losses;
mod rewards;
mod token;
mod yields;

use libtest_mimic::Trial;

use crate::trial::with_solidity;

pub use token::phantom_vault;

pub fn trials() -> Vec<Trial> {
    let subjects = [
        callbacks::trials(),
        losses::trials(),
        assets::trials(),
        balances::trials(),
        decimals::trials(),
        rewards::trials(),
        yields::trials(),
    ];
    subjects.into_iter().flatten().map(with_solidity).collect()
}
