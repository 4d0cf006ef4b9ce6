//! The test token: an ERC-20 that anyone may mint, for demos and tests.

use alloc::vec::Vec;

use alloy_primitives::{Address, U256};

use crate::{
    abi::{
        IERC20::{ERC20InsufficientBalance, ERC20InvalidReceiver, ERC20InvalidSender},
        IEntry::AlreadyInitialized,
        IToken::SupplyOverflow,
    },
    components::{allowances::Allowances, events},
    host::Host,
    stylus::{
        entry::Contract,
        revert::{Revert, require},
        slot::Slot,
        text,
    },
};

const TOTAL_SUPPLY: Slot = Slot::fixed(0);
/// Decimals u8; above them 1 once the constructor has run.
const DECIMALS: Slot = Slot::fixed(1);
const NAME: Slot = Slot::fixed(2);
const SYMBOL: Slot = Slot::fixed(3);
/// Tag of the map from accounts to balances.
const BALANCES: u32 = 1;

/// Bit of `DECIMALS`: the constructor has run.
const INITIALIZED: U256 = U256::from_limbs([1 << 8, 0, 0, 0]);

/// A token.
pub struct Token {
    host: Host,
    allowances: Allowances,
}

impl Contract for Token {
    fn open(host: Host, calldata: &[u8]) -> Result<(Self, &[u8]), Revert> {
        Ok((Self { allowances: Allowances::new(host.clone()), host }, calldata))
    }
}

impl Token {
    /// Sets up the token, once.
    ///
    /// # Errors
    /// `AlreadyInitialized`.
    pub fn construct(&mut self, name: &[u8], symbol: &[u8], decimals: u8) -> Result<(), Revert> {
        require(DECIMALS.load(&self.host).is_zero(), AlreadyInitialized {})?;
        DECIMALS.store(&self.host, INITIALIZED | U256::from(decimals));
        text::store(&self.host, NAME, name);
        text::store(&self.host, SYMBOL, symbol);
        Ok(())
    }

    /// Name.
    pub fn name(&self) -> Vec<u8> {
        text::load(&self.host, NAME)
    }

    /// Symbol.
    pub fn symbol(&self) -> Vec<u8> {
        text::load(&self.host, SYMBOL)
    }

    /// Decimals.
    pub fn decimals(&self) -> u8 {
        DECIMALS.load(&self.host).as_limbs()[0] as u8
    }

    /// Sum of all balances, in base units.
    pub fn total_supply(&self) -> U256 {
        TOTAL_SUPPLY.load(&self.host)
    }

    /// `account`'s balance, in base units.
    pub fn balance_of(&self, account: Address) -> U256 {
        balance(account).load(&self.host)
    }

    /// What `spender` may still spend of `owner`'s tokens.
    pub fn allowance(&self, owner: Address, spender: Address) -> U256 {
        self.allowances.get(owner, spender)
    }

    /// Lets `spender` spend `value` of the caller's tokens.
    ///
    /// # Errors
    /// `ERC20InvalidSpender`.
    pub fn approve(&mut self, spender: Address, value: U256) -> Result<bool, Revert> {
        self.allowances.approve(self.host.msg_sender(), spender, value)?;
        Ok(true)
    }

    /// Sends the caller's tokens.
    ///
    /// # Errors
    /// `ERC20InvalidReceiver`, `ERC20InsufficientBalance`.
    pub fn transfer(&mut self, to: Address, value: U256) -> Result<bool, Revert> {
        self.move_tokens(self.host.msg_sender(), to, value)
    }

    /// Sends `from`'s tokens by allowance.
    ///
    /// # Errors
    /// `ERC20InsufficientAllowance`, `ERC20InvalidSender`; as [`transfer`](Self::transfer).
    pub fn transfer_from(&mut self, from: Address, to: Address, value: U256) -> Result<bool, Revert> {
        self.allowances.spend(from, self.host.msg_sender(), value)?;
        self.move_tokens(from, to, value)
    }

    /// Mints `value` base units to `to`.
    ///
    /// # Errors
    /// `ERC20InvalidReceiver`, `SupplyOverflow`.
    pub fn mint(&mut self, to: Address, value: U256) -> Result<(), Revert> {
        require(!to.is_zero(), ERC20InvalidReceiver { receiver: to })?;
        let supply = self.total_supply();
        let total = supply.checked_add(value).ok_or(SupplyOverflow { supply, minted: value })?;
        TOTAL_SUPPLY.store(&self.host, total);
        self.credit(to, value);
        events::transfer(&self.host, Address::ZERO, to, value);
        Ok(())
    }

    fn move_tokens(&mut self, from: Address, to: Address, value: U256) -> Result<bool, Revert> {
        require(!from.is_zero(), ERC20InvalidSender { sender: from })?;
        require(!to.is_zero(), ERC20InvalidReceiver { receiver: to })?;
        let available = self.balance_of(from);
        require(
            value <= available,
            ERC20InsufficientBalance { sender: from, balance: available, needed: value },
        )?;
        balance(from).store(&self.host, available.wrapping_sub(value));
        self.credit(to, value);
        events::transfer(&self.host, from, to, value);
        Ok(true)
    }

    /// Cannot overflow: no balance is above the total supply.
    fn credit(&mut self, to: Address, value: U256) {
        balance(to).store(&self.host, self.balance_of(to).wrapping_add(value));
    }
}

fn balance(account: Address) -> Slot {
    Slot::of_account(BALANCES, account)
}
