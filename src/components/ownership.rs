//! An owner, who hands over in two steps: what is offered has to be accepted. The ABI is OpenZeppelin's `Ownable2Step`.

use alloy_primitives::Address;
use stylus_sdk::{host::VM, stylus_core::*};

use super::{
    events,
    revert::Revert,
    storage::Slot,
    word::{pack_address, unpack_address},
};
use crate::abi::IVault::OwnableUnauthorizedAccount;

/// Owner and, once offered, the next owner, of the program that runs in `vm`.
#[derive(Clone)]
pub struct Ownership {
    vm: VM,
    owner: Slot,
    pending: Slot,
}

impl Ownership {
    /// The ownership that is kept in these two slots.
    pub fn new(vm: VM, owner: Slot, pending: Slot) -> Self {
        Self { vm, owner, pending }
    }

    /// The owner; zero if there is none.
    pub fn owner(&self) -> Address {
        unpack_address(self.owner.load(&self.vm))
    }

    /// To whom the ownership is offered; zero if to nobody.
    pub fn pending(&self) -> Address {
        unpack_address(self.pending.load(&self.vm))
    }

    /// Names the first owner, who may be zero. Only the constructor calls it.
    pub fn begin(&mut self, owner: Address) {
        if !owner.is_zero() {
            self.hand_over(Address::ZERO, owner);
        }
    }

    /// Refuses everybody but the owner.
    ///
    /// # Errors
    /// `OwnableUnauthorizedAccount`.
    pub fn check(&self) -> Result<Address, Revert> {
        let (owner, account) = (self.owner(), self.vm.msg_sender());
        if account != owner || account.is_zero() {
            return Err(OwnableUnauthorizedAccount { account }.into());
        }
        Ok(owner)
    }

    /// Offers the ownership to `next`, in place of whoever it was offered to before; zero takes the offer back.
    ///
    /// # Errors
    /// `OwnableUnauthorizedAccount`.
    pub fn offer(&mut self, next: Address) -> Result<(), Revert> {
        let owner = self.check()?;
        self.pending.store(&self.vm, pack_address(next));
        events::ownership_transfer_started(&self.vm, owner, next);
        Ok(())
    }

    /// Makes the caller the owner, if that was offered.
    ///
    /// # Errors
    /// `OwnableUnauthorizedAccount`.
    pub fn accept(&mut self) -> Result<(), Revert> {
        let account = self.vm.msg_sender();
        if account != self.pending() || account.is_zero() {
            return Err(OwnableUnauthorizedAccount { account }.into());
        }
        self.pending.store(&self.vm, pack_address(Address::ZERO));
        self.hand_over(self.owner(), account);
        Ok(())
    }

    /// Leaves the program without an owner for good, and takes back any offer.
    ///
    /// # Errors
    /// `OwnableUnauthorizedAccount`.
    pub fn renounce(&mut self) -> Result<(), Revert> {
        let owner = self.check()?;
        self.pending.store(&self.vm, pack_address(Address::ZERO));
        self.hand_over(owner, Address::ZERO);
        Ok(())
    }

    fn hand_over(&mut self, from: Address, to: Address) {
        self.owner.store(&self.vm, pack_address(to));
        events::ownership_transferred(&self.vm, from, to);
    }
}
