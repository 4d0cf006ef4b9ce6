//! What the accounts of a token hold: exact, with the habits of a wild token (rebases, fees on transfer).
//! Written from what `tests/solidity/contracts/WildToken.sol` says of itself; without habits any ERC-20 is so.

use num_bigint::BigInt;
use num_rational::BigRational;

use super::exact::{floor, integer, ratio};

/// A transfer of more than there is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Short {
    pub account: usize,
    pub held: BigInt,
    pub needed: BigInt,
}

/// A token's accounts, by number.
#[derive(Clone)]
pub struct Token {
    /// Balances before the factor.
    parts: Vec<BigInt>,
    /// What every balance is multiplied by: a rebase changes it.
    factor: BigRational,
    /// What of a transfer arrives.
    kept: BigRational,
}

impl Token {
    /// A token with nothing in so many accounts.
    pub fn new(accounts: usize) -> Self {
        Self { parts: vec![BigInt::ZERO; accounts], factor: integer(1), kept: integer(1) }
    }

    /// Base units of `account`. Rounds down.
    pub fn balance(&self, account: usize) -> BigInt {
        floor(&(integer(self.parts[account].clone()) * &self.factor))
    }

    /// Makes `value` base units for `account`; after a rebase they may be one less.
    pub fn mint(&mut self, account: usize, value: BigInt) {
        self.parts[account] += floor(&(integer(value) / &self.factor));
    }

    /// Moves `value` base units. The sender loses no less than that, the receiver gets no more, and a fee less.
    pub fn transfer(&mut self, from: usize, to: usize, value: BigInt) -> Result<(), Short> {
        let held = self.balance(from);
        if held < value {
            return Err(Short { account: from, held, needed: value });
        }
        let parts = integer(value) / &self.factor;
        let taken = parts.ceil().to_integer().min(self.parts[from].clone());
        self.parts[from] -= taken;
        self.parts[to] += floor(&(parts.floor() * &self.kept));
        Ok(())
    }

    /// From now on all balances are multiplied by this wad.
    pub fn rebase(&mut self, wad: u64) {
        self.factor = ratio(wad, 1_000_000_000_000_000_000_u64);
    }

    /// From now on so many hundredths of a percent of each transfer are burnt.
    pub fn set_fee(&mut self, basis_points: u32) {
        self.kept = ratio(10_000 - basis_points, 10_000);
    }
}
