//! The vault's shares as an ERC-20 token with permits.

use alloc::vec::Vec;

use alloy_primitives::{Address, B256, U256};

use super::Vault;
use crate::{
    abi::IERC20::{ERC20InsufficientBalance, ERC20InvalidSender},
    clones::VaultCode,
    components::{
        events,
        ledger::Exceeds,
        permits::{Domain, Permit},
    },
    stylus::revert::{Revert, require},
};

impl Vault {
    /// Name of the share token.
    pub fn name(&self) -> Vec<u8> {
        let [name, _] = self.texts();
        name
    }

    /// Symbol of the share token.
    pub fn symbol(&self) -> Vec<u8> {
        let [_, symbol] = self.texts();
        symbol
    }

    /// Name and symbol, which are in the vault's code.
    fn texts(&self) -> [Vec<u8>; 2] {
        let code = self.host.code(self.address());
        VaultCode::texts(&code).unwrap_or_default().map(<[u8]>::to_vec)
    }

    /// Sum of all shares.
    pub fn total_supply(&self) -> u128 {
        self.ledger.total_shares()
    }

    /// Shares of `account`.
    pub fn balance_of(&self, account: Address) -> u128 {
        self.ledger.shares(account)
    }

    /// What `spender` may still spend of `owner`'s shares.
    pub fn allowance(&self, owner: Address, spender: Address) -> U256 {
        self.allowances.get(owner, spender)
    }

    /// Lets `spender` spend `value` of the caller's shares.
    ///
    /// # Errors
    /// `ERC20InvalidSpender`.
    pub fn approve(&mut self, spender: Address, value: U256) -> Result<bool, Revert> {
        let owner = self.host.msg_sender();
        self.allowances.approve(owner, spender, value)?;
        Ok(true)
    }

    /// Lets a spender spend an owner's shares, by the owner's signature (EIP-2612, ERC-1271).
    ///
    /// # Errors
    /// `ERC2612ExpiredSignature`, `ECDSAInvalidSignatureS`, `ECDSAInvalidSignature`, `ERC2612InvalidSigner`, and
    /// `ERC20InvalidSpender`.
    pub fn permit(&mut self, permit: Permit, signature: &[u8]) -> Result<(), Revert> {
        self.permits.consume(self.name(), permit, signature)?;
        self.allowances.approve(permit.owner, permit.spender, permit.value)
    }

    /// The nonce of `owner`'s next permit.
    pub fn nonce(&self, owner: Address) -> U256 {
        self.permits.nonce(owner)
    }

    /// Hash of the domain of permits.
    pub fn domain_separator(&self) -> B256 {
        self.permits.domain_separator(self.name())
    }

    /// The domain of permits.
    pub fn domain(&self) -> Domain {
        self.permits.domain(self.name())
    }

    /// Moves the caller's shares. Pending rewards stay with the account that earned them.
    ///
    /// # Errors
    /// `ERC20InvalidReceiver` for the zero address and the vault itself; `ERC20InsufficientBalance`.
    pub fn transfer(&mut self, to: Address, value: U256) -> Result<bool, Revert> {
        let from = self.host.msg_sender();
        self.move_shares(from, to, value)
    }

    /// Moves `from`'s shares by allowance.
    ///
    /// # Errors
    /// As [`transfer`](Self::transfer); `ERC20InsufficientAllowance`; `ERC20InvalidSender` for the zero address, whose
    /// transfer would look like a mint.
    pub fn transfer_from(&mut self, from: Address, to: Address, value: U256) -> Result<bool, Revert> {
        let spender = self.host.msg_sender();
        self.allowances.spend(from, spender, value)?;
        self.move_shares(from, to, value)
    }

    fn move_shares(&mut self, from: Address, to: Address, value: U256) -> Result<bool, Revert> {
        require(!from.is_zero(), ERC20InvalidSender { sender: from })?;
        self.check_receiver(to)?;
        self.ledger.transfer(from, to, value, self.clock()).map_err(|Exceeds(balance)| {
            ERC20InsufficientBalance { sender: from, balance: U256::from(balance), needed: value }
        })?;
        events::transfer(&self.host, from, to, value);
        Ok(true)
    }
}
