//! Deposit and withdraw: ERC-4626 at 1:1, so nothing is gained or lost to rounding.
//!
//! If the vault holds less of the asset than there are shares (the token took it), deposits are refused and each share
//! is worth its part of what is held, rounded down; it is worth 1 again when the balance returns. Withdrawing never
//! touches the reward token: whatever happens to rewards, principal can leave.

use alloy_primitives::{Address, U256};
use alloy_sol_types::SolError;
use stylus_sdk::stylus_core::*;

use super::{Holding, Vault};
use crate::{
    abi::IVault::{
        ERC4626ExceededMaxDeposit, ERC4626ExceededMaxMint, ERC4626ExceededMaxRedeem,
        ERC4626ExceededMaxWithdraw, PrincipalShortfall, ZeroAmount,
    },
    components::{
        events,
        ledger::Exceeds,
        permits::{Permit, Signature},
        revert::{Revert, refusal},
        token,
    },
    math::{MAX_STAKE, backing::Backing},
};

/// The standard's error of an account whose amount is above its maximum: all four have these arguments.
fn exceeded(error: u32, account: Address, amount: U256, max: U256) -> Revert {
    refusal(error, (account, amount, max))
}

const EXCEEDED_MAX_DEPOSIT: u32 = u32::from_be_bytes(ERC4626ExceededMaxDeposit::SELECTOR);
const EXCEEDED_MAX_MINT: u32 = u32::from_be_bytes(ERC4626ExceededMaxMint::SELECTOR);
const EXCEEDED_MAX_WITHDRAW: u32 = u32::from_be_bytes(ERC4626ExceededMaxWithdraw::SELECTOR);
const EXCEEDED_MAX_REDEEM: u32 = u32::from_be_bytes(ERC4626ExceededMaxRedeem::SELECTOR);

impl Vault {
    /// The token that is staked.
    pub fn asset(&self) -> Address {
        self.principal().token
    }

    /// What the vault holds for its shares: as many assets, unless the token took some.
    pub fn total_assets(&self) -> Result<U256, Revert> {
        Ok(self.backing(&self.principal())?.assets())
    }

    /// What still fits for `receiver`: 2^112 − 1 less the total stake; 0 for nobody and the vault itself, and while
    /// the vault holds less than it owes.
    pub fn max_deposit(&self, receiver: Address) -> Result<u128, Revert> {
        let principal = self.principal();
        if self.is_lost(receiver) || self.held(&principal)? < self.owed_principal(&principal) {
            return Ok(0);
        }
        Ok(MAX_STAKE - self.ledger.total_shares())
    }

    /// What `owner` can take out: its shares' worth. Rounds down.
    pub fn max_withdraw(&self, owner: Address) -> Result<U256, Revert> {
        self.preview_redeem(U256::from(self.ledger.shares(owner)))
    }

    /// The shares that `owner` can redeem: all, or none if they are worth nothing.
    pub fn max_redeem(&self, owner: Address) -> Result<U256, Revert> {
        let shares = U256::from(self.ledger.shares(owner));
        Ok(if self.preview_redeem(shares)?.is_zero() { U256::ZERO } else { shares })
    }

    /// What a deposit or mint of `amount` gives or takes: the same.
    ///
    /// # Errors
    /// `PrincipalShortfall` while deposits are refused.
    pub fn preview_deposit(&self, amount: U256) -> Result<U256, Revert> {
        let principal = self.principal();
        self.check_held(principal.token, self.owed_principal(&principal))?;
        Ok(amount)
    }

    /// What `shares` are worth in assets. Rounds down.
    ///
    /// # Errors
    /// `PrincipalShortfall` for more shares than can exist, while they are not worth 1 each.
    pub fn preview_redeem(&self, shares: U256) -> Result<U256, Revert> {
        let principal = self.principal();
        let backing = self.backing(&principal)?;
        self.or_shortfall(backing.assets_for(shares), &principal, backing)
    }

    /// What withdrawing `assets` costs in shares. Rounds up.
    ///
    /// # Errors
    /// `PrincipalShortfall` if no number of shares is worth so much.
    pub fn preview_withdraw(&self, assets: U256) -> Result<U256, Revert> {
        let principal = self.principal();
        let backing = self.backing(&principal)?;
        self.or_shortfall(backing.shares_for(assets), &principal, backing)
    }

    /// How many shares are worth `assets`. Rounds down.
    ///
    /// # Errors
    /// As [`preview_withdraw`](Self::preview_withdraw).
    pub fn convert_to_shares(&self, assets: U256) -> Result<U256, Revert> {
        let principal = self.principal();
        let backing = self.backing(&principal)?;
        self.or_shortfall(backing.shares_worth(assets), &principal, backing)
    }

    /// Takes `assets` from the caller and gives `receiver` as many shares.
    ///
    /// # Errors
    /// `ZeroAmount`, `ERC20InvalidReceiver`, `ERC4626ExceededMaxDeposit`, what the asset refuses, and
    /// `PrincipalShortfall` if less than that arrived.
    pub fn deposit(&mut self, assets: U256, receiver: Address) -> Result<U256, Revert> {
        self.enter(assets, receiver, EXCEEDED_MAX_DEPOSIT)
    }

    /// As [`deposit`](Self::deposit), with the caller's signed approval of the asset (EIP-2612). If the asset refuses
    /// the permit, the allowance decides: somebody else may have used the signature before.
    ///
    /// # Errors
    /// As [`deposit`](Self::deposit).
    pub fn deposit_with_permit(
        &mut self,
        assets: U256,
        receiver: Address,
        deadline: U256,
        signature: Signature,
    ) -> Result<U256, Revert> {
        let (owner, spender) = (self.vm.msg_sender(), self.vm.contract_address());
        let permit = Permit { owner, spender, value: assets, deadline };
        token::try_permit(&self.vm, self.asset(), permit, signature);
        self.deposit(assets, receiver)
    }

    /// As [`deposit`](Self::deposit), but names the amount `shares`, and its error `ERC4626ExceededMaxMint`.
    pub fn mint(&mut self, shares: U256, receiver: Address) -> Result<U256, Revert> {
        self.enter(shares, receiver, EXCEEDED_MAX_MINT)
    }

    /// Sends `receiver` these assets and burns as many of `owner`'s shares as they cost.
    ///
    /// # Errors
    /// `ZeroAmount`, `ERC20InvalidReceiver`, `ERC20InsufficientAllowance`, `ERC4626ExceededMaxWithdraw`, and what
    /// the asset refuses.
    pub fn withdraw(&mut self, assets: U256, receiver: Address, owner: Address) -> Result<U256, Revert> {
        check_amount(assets)?;
        let principal = self.principal();
        let backing = self.backing(&principal)?;
        let shares = backing.shares_for(assets).unwrap_or(U256::MAX);
        self.authorize(shares, receiver, owner)?;
        let max = backing.assets_for(U256::from(self.ledger.shares(owner))).unwrap_or_default();
        if assets > max {
            return Err(exceeded(EXCEEDED_MAX_WITHDRAW, owner, assets, max));
        }
        self.leave(&principal, [assets, shares], receiver, owner)?;
        Ok(shares)
    }

    /// Burns `owner`'s shares and sends `receiver` what they are worth.
    ///
    /// # Errors
    /// `ZeroAmount`, `ERC20InvalidReceiver`, `ERC20InsufficientAllowance`, `ERC4626ExceededMaxRedeem`,
    /// `PrincipalShortfall` if they are worth nothing, and what the asset refuses.
    pub fn redeem(&mut self, shares: U256, receiver: Address, owner: Address) -> Result<U256, Revert> {
        check_amount(shares)?;
        self.authorize(shares, receiver, owner)?;
        let max = U256::from(self.ledger.shares(owner));
        if shares > max {
            return Err(exceeded(EXCEEDED_MAX_REDEEM, owner, shares, max));
        }
        let principal = self.principal();
        let backing = self.backing(&principal)?;
        let worth = backing.assets_for(shares).filter(|assets| !assets.is_zero());
        let assets = self.or_shortfall(worth, &principal, backing)?;
        self.leave(&principal, [assets, shares], receiver, owner)?;
        Ok(assets)
    }

    fn enter(&mut self, amount: U256, receiver: Address, error: u32) -> Result<U256, Revert> {
        check_amount(amount)?;
        self.check_receiver(receiver)?;
        let principal = self.principal();
        self.ledger
            .mint(receiver, amount, principal.clock)
            .map_err(|Exceeds(room)| exceeded(error, receiver, amount, U256::from(room)))?;

        let (sender, vault) = (self.vm.msg_sender(), self.vm.contract_address());
        let due = self.held_after_deposit(&principal, amount)?;
        token::transfer_from(&self.vm, principal.token, sender, vault, amount)?;
        self.check_held(principal.token, due)?;

        events::transfer(&self.vm, Address::ZERO, receiver, amount);
        events::deposit(&self.vm, sender, receiver, amount);
        Ok(amount)
    }

    fn leave(
        &mut self,
        principal: &Holding,
        [assets, shares]: [U256; 2],
        receiver: Address,
        owner: Address,
    ) -> Result<(), Revert> {
        self.ledger
            .burn(owner, shares, principal.clock)
            .map_err(|Exceeds(balance)| exceeded(EXCEEDED_MAX_REDEEM, owner, shares, U256::from(balance)))?;
        token::transfer(&self.vm, principal.token, receiver, assets)?;

        events::transfer(&self.vm, owner, Address::ZERO, shares);
        events::withdraw(&self.vm, [self.vm.msg_sender(), receiver, owner], [assets, shares]);
        Ok(())
    }

    /// Whether the caller may take `shares` of `owner`'s out to `receiver`; spends its allowance if it is another.
    fn authorize(&mut self, shares: U256, receiver: Address, owner: Address) -> Result<(), Revert> {
        self.check_receiver(receiver)?;
        let sender = self.vm.msg_sender();
        if sender == owner { Ok(()) } else { self.allowances.spend(owner, sender, shares) }
    }

    /// All shares, and what is held for them.
    fn backing(&self, principal: &Holding) -> Result<Backing, Revert> {
        Ok(Backing::new(self.ledger.total_shares(), self.held(principal)?))
    }

    fn or_shortfall<T>(&self, value: Option<T>, principal: &Holding, backing: Backing) -> Result<T, Revert> {
        value.ok_or_else(|| {
            let owed = U256::from(self.ledger.total_shares());
            PrincipalShortfall { token: principal.token, owed, held: backing.assets() }.into()
        })
    }

    /// What the vault has to hold of the asset once `amount`, which the ledger counts already, has arrived: all that
    /// it owes, and where its surplus is somebody's (yield for sale, or reward to be queued) no less of that than
    /// now, so that no fee of the token is paid out of it.
    fn held_after_deposit(&self, principal: &Holding, amount: U256) -> Result<U256, Revert> {
        let owed = self.owed_principal(principal);
        if !principal.asset_is_reward && !principal.asset_is_yield {
            return Ok(owed);
        }
        Ok(owed.max(self.held(principal)?.saturating_add(amount)))
    }

    /// Refuses unless the vault holds an asset for each share.
    ///
    /// # Errors
    /// `PrincipalShortfall`.
    pub(super) fn check_principal(&self, principal: &Holding) -> Result<(), Revert> {
        self.check_held(principal.token, U256::from(self.ledger.total_shares()))
    }

    fn check_held(&self, token: Address, owed: U256) -> Result<(), Revert> {
        let held = token::balance_of(&self.vm, token, self.vm.contract_address())?;
        if held < owed {
            return Err(PrincipalShortfall { token, owed, held }.into());
        }
        Ok(())
    }

    /// What the vault holds of the asset.
    fn held(&self, principal: &Holding) -> Result<U256, Revert> {
        token::balance_of(&self.vm, principal.token, self.vm.contract_address())
    }

    /// What the vault owes of the asset: principal, and the reserve if that is in the same token. Below 2^113.
    pub(super) fn owed_principal(&self, holding: &Holding) -> U256 {
        let stake = self.ledger.total_shares();
        let reserve = if holding.asset_is_reward { self.ledger.reserve() } else { 0 };
        U256::from(stake + reserve)
    }
}

pub(super) fn check_amount(amount: U256) -> Result<(), Revert> {
    if amount.is_zero() { Err(ZeroAmount {}.into()) } else { Ok(()) }
}
