//! Deposit and withdraw: ERC-4626 at 1:1, so nothing is gained or lost to rounding.
//!
//! Withdrawing never touches the reward token: whatever happens to rewards, principal can leave.

use alloy_primitives::{Address, U256};
use stylus_sdk::stylus_core::*;

use super::{Principal, Vault};
use crate::{
    abi::IVault::{
        ERC4626ExceededMaxDeposit, ERC4626ExceededMaxMint, ERC4626ExceededMaxRedeem,
        ERC4626ExceededMaxWithdraw, PrincipalShortfall, ZeroAmount,
    },
    components::{events, ledger::Exceeds, revert::Revert, token},
    math::MAX_STAKE,
};

/// Makes the standard's error of an account whose amount is above its maximum.
type Exceeded = fn(account: Address, amount: U256, max: U256) -> Revert;

impl Vault {
    /// The token that is staked.
    pub fn asset(&self) -> Address {
        self.principal().asset
    }

    /// What the vault owes its stakers in principal: the sum of all shares.
    pub fn total_assets(&self) -> u128 {
        self.ledger.total_shares()
    }

    /// What still fits for `receiver`: 2^112 − 1 less the total stake; 0 for nobody and the vault itself.
    pub fn max_deposit(&self, receiver: Address) -> u128 {
        if self.is_lost(receiver) { 0 } else { MAX_STAKE - self.ledger.total_shares() }
    }

    /// What `owner` can take out: its shares.
    pub fn max_withdraw(&self, owner: Address) -> u128 {
        self.ledger.shares(owner)
    }

    /// Takes `assets` from the caller and gives `receiver` as many shares.
    ///
    /// # Errors
    /// `ZeroAmount`, `ERC20InvalidReceiver`, `ERC4626ExceededMaxDeposit`, what the asset refuses, and
    /// `PrincipalShortfall` if less than that arrived.
    pub fn deposit(&mut self, assets: U256, receiver: Address) -> Result<U256, Revert> {
        self.enter(assets, receiver, |receiver, assets, max| {
            ERC4626ExceededMaxDeposit { receiver, assets, max }.into()
        })
    }

    /// As [`deposit`](Self::deposit), but names the amount `shares`, and its error `ERC4626ExceededMaxMint`.
    pub fn mint(&mut self, shares: U256, receiver: Address) -> Result<U256, Revert> {
        self.enter(shares, receiver, |receiver, shares, max| {
            ERC4626ExceededMaxMint { receiver, shares, max }.into()
        })
    }

    /// Burns `owner`'s shares and sends `receiver` as many assets.
    ///
    /// # Errors
    /// `ZeroAmount`, `ERC20InvalidReceiver`, `ERC20InsufficientAllowance`, `ERC4626ExceededMaxWithdraw`, and what
    /// the asset refuses.
    pub fn withdraw(&mut self, assets: U256, receiver: Address, owner: Address) -> Result<U256, Revert> {
        self.leave(assets, receiver, owner, |owner, assets, max| {
            ERC4626ExceededMaxWithdraw { owner, assets, max }.into()
        })
    }

    /// As [`withdraw`](Self::withdraw), but names the amount `shares`, and its error `ERC4626ExceededMaxRedeem`.
    pub fn redeem(&mut self, shares: U256, receiver: Address, owner: Address) -> Result<U256, Revert> {
        self.leave(shares, receiver, owner, exceeded_max_redeem)
    }

    fn enter(&mut self, amount: U256, receiver: Address, exceeded: Exceeded) -> Result<U256, Revert> {
        check_amount(amount)?;
        self.check_receiver(receiver)?;
        let principal = self.principal();
        self.ledger
            .mint(receiver, amount, principal.clock)
            .map_err(|Exceeds(room)| exceeded(receiver, amount, U256::from(room)))?;

        let (sender, vault) = (self.vm.msg_sender(), self.vm.contract_address());
        let due = self.held_after_deposit(&principal, amount)?;
        token::transfer_from(&self.vm, principal.asset, sender, vault, amount)?;
        self.check_held(principal.asset, due)?;

        events::transfer(&self.vm, Address::ZERO, receiver, amount);
        events::deposit(&self.vm, sender, receiver, amount);
        Ok(amount)
    }

    pub(super) fn leave(
        &mut self,
        amount: U256,
        receiver: Address,
        owner: Address,
        exceeded: Exceeded,
    ) -> Result<U256, Revert> {
        check_amount(amount)?;
        self.check_receiver(receiver)?;
        let sender = self.vm.msg_sender();
        if sender != owner {
            self.allowances.spend(owner, sender, amount)?;
        }
        let principal = self.principal();
        self.ledger
            .burn(owner, amount, principal.clock)
            .map_err(|Exceeds(balance)| exceeded(owner, amount, U256::from(balance)))?;
        token::transfer(&self.vm, principal.asset, receiver, amount)?;

        events::transfer(&self.vm, owner, Address::ZERO, amount);
        events::withdraw(&self.vm, sender, receiver, owner, amount);
        Ok(amount)
    }

    /// What the vault has to hold of the asset once `amount`, which the ledger counts already, has arrived: all that
    /// it owes, and where its surplus is somebody's (yield for sale, or reward to be queued) no less of that than
    /// now, so that no fee of the token is paid out of it.
    fn held_after_deposit(&self, principal: &Principal, amount: U256) -> Result<U256, Revert> {
        let owed = self.owed_principal(principal);
        if !principal.asset_is_reward && !principal.asset_is_yield {
            return Ok(owed);
        }
        let held = token::balance_of(&self.vm, principal.asset, self.vm.contract_address())?;
        Ok(owed.max(held.saturating_add(amount)))
    }

    /// Refuses unless the vault holds all of the asset that it owes.
    ///
    /// # Errors
    /// `PrincipalShortfall`.
    pub(super) fn check_principal(&self, principal: &Principal) -> Result<(), Revert> {
        self.check_held(principal.asset, self.owed_principal(principal))
    }

    fn check_held(&self, token: Address, owed: U256) -> Result<(), Revert> {
        let held = token::balance_of(&self.vm, token, self.vm.contract_address())?;
        if held < owed {
            return Err(PrincipalShortfall { token, owed, held }.into());
        }
        Ok(())
    }

    /// What the vault owes of the asset: principal, and the reserve if that is in the same token. Below 2^113.
    pub(super) fn owed_principal(&self, principal: &Principal) -> U256 {
        let stake = self.ledger.total_shares();
        let reserve = if principal.asset_is_reward { self.ledger.treasury().reserve } else { 0 };
        U256::from(stake + reserve)
    }
}

pub(super) fn exceeded_max_redeem(owner: Address, shares: U256, max: U256) -> Revert {
    ERC4626ExceededMaxRedeem { owner, shares, max }.into()
}

pub(super) fn check_amount(amount: U256) -> Result<(), Revert> {
    if amount.is_zero() { Err(ZeroAmount {}.into()) } else { Ok(()) }
}
