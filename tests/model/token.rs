//! The exact model of a token, with the rebases and fees of `tests/solidity/contracts/WildToken.sol`.
//! Without them it is any ERC-20.

use num_bigint::BigInt;
use num_rational::BigRational;

use super::exact::{floor, integer, ratio};

/// The error of a transfer that exceeds the balance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenShortfall {
    pub account: usize,
    pub held: BigInt,
    pub needed: BigInt,
}

/// A token's accounts, by number.
#[derive(Clone)]
pub struct Token {
    /// Balances before the factor.
    parts: Vec<BigInt>,
    /// The factor of all balances, which a rebase changes.
    factor: BigRational,
    /// The part of a transfer that arrives.
    kept: BigRational,
}

impl Token {
    /// A token with so many accounts and no balances.
    pub fn new(accounts: usize) -> Self {
        Self { parts: vec![BigInt::ZERO; accounts], factor: integer(1), kept: integer(1) }
    }

    /// Balance of `account` in base units. Rounds down.
    pub fn balance(&self, account: usize) -> BigInt {
        floor(&(integer(self.parts[account].clone()) * &self.factor))
    }

    /// Balance of `account` at a factor of 1, in base units.
    pub fn balance_before_factor(&self, account: usize) -> &BigInt {
        &self.parts[account]
    }

    /// Mints `value` base units to `account`; after a rebase it may be one less.
    pub fn mint(&mut self, account: usize, value: BigInt) {
        self.parts[account] += floor(&(integer(value) / &self.factor));
    }

    /// Moves `value` base units. The sender loses at least that; the receiver gets at most that, less the fee.
    pub fn transfer(&mut self, from: usize, to: usize, value: BigInt) -> Result<(), TokenShortfall> {
        let held = self.balance(from);
        if held < value {
            return Err(TokenShortfall { account: from, held, needed: value });
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

    /// From now on this fee is burnt of each transfer, in hundredths of a percent.
    pub fn set_fee(&mut self, basis_points: u32) {
        self.kept = ratio(10_000 - basis_points, 10_000);
    }
}
