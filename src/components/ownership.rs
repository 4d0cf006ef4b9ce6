//! An owner who hands over in two steps: what is offered has to be accepted. The ABI is OpenZeppelin's `Ownable2Step`.
//! The zero address is no owner: then no account can call what only an owner may.

use alloy_primitives::Address;

use super::events;
use crate::{
    abi::IVault::OwnableUnauthorizedAccount,
    host::Host,
    stylus::{
        revert::{Revert, require},
        slot::Slot,
        word::{pack_address, unpack_address},
    },
};

/// The owner of the contract that runs in `host`, and the account that the ownership is offered to.
#[derive(Clone)]
pub struct Ownership {
    host: Host,
    owner: Slot,
    pending: Slot,
}

impl Ownership {
    /// The ownership kept in these two slots.
    pub fn new(host: Host, owner: Slot, pending: Slot) -> Self {
        Self { host, owner, pending }
    }

    /// The owner; zero if there is none.
    pub fn owner(&self) -> Address {
        unpack_address(self.owner.load(&self.host))
    }

    /// The account that the ownership is offered to; zero if there is none.
    pub fn pending(&self) -> Address {
        unpack_address(self.pending.load(&self.host))
    }

    /// Reverts unless the owner calls; returns the owner.
    ///
    /// # Errors
    /// `OwnableUnauthorizedAccount`.
    pub fn check(&self) -> Result<Address, Revert> {
        let (owner, account) = (self.owner(), self.host.msg_sender());
        require(account == owner && !account.is_zero(), OwnableUnauthorizedAccount { account })?;
        Ok(owner)
    }

    /// Offers the ownership to `next` only; zero withdraws the offer.
    ///
    /// # Errors
    /// `OwnableUnauthorizedAccount`.
    pub fn offer(&mut self, next: Address) -> Result<(), Revert> {
        let owner = self.check()?;
        self.pending.store(&self.host, pack_address(next));
        events::ownership_transfer_started(&self.host, owner, next);
        Ok(())
    }

    /// Makes the caller the owner, if it was offered the ownership.
    ///
    /// # Errors
    /// `OwnableUnauthorizedAccount`.
    pub fn accept(&mut self) -> Result<(), Revert> {
        let account = self.host.msg_sender();
        require(account == self.pending() && !account.is_zero(), OwnableUnauthorizedAccount { account })?;
        self.pending.store(&self.host, pack_address(Address::ZERO));
        self.hand_over(self.owner(), account);
        Ok(())
    }

    /// Leaves the contract without an owner forever, and withdraws any offer.
    ///
    /// # Errors
    /// `OwnableUnauthorizedAccount`.
    pub fn renounce(&mut self) -> Result<(), Revert> {
        let owner = self.check()?;
        self.pending.store(&self.host, pack_address(Address::ZERO));
        self.hand_over(owner, Address::ZERO);
        Ok(())
    }

    fn hand_over(&mut self, from: Address, to: Address) {
        self.owner.store(&self.host, pack_address(to));
        events::ownership_transferred(&self.host, from, to);
    }
}
