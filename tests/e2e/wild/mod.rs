//! Tests of vaults with non-standard tokens as they exist in the wild, written in Solidity (`tests/solidity`).
//!
//! The vault relies on the balances that a token returns and on nothing else. Principal can leave whatever happens to
//! rewards and yield.

mod assets;
mod balances;
mod callbacks;
mod decimals;
mod losses;
mod rewards;
mod rounding;
mod second_address;
pub mod token;
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
        rounding::trials(),
        second_address::trials(),
        yields::trials(),
    ];
    subjects.into_iter().flatten().map(with_solidity).collect()
}
