//! Deposit and withdraw: ERC-4626 at 1:1, so that nothing is gained or lost by rounding.
//!
//! While the vault holds less of the asset than there are shares (the token took it), deposits revert, and a share is worth
//! its part of what is held, rounded down; it is worth 1 again when the balance returns. Withdrawing never touches the
//! reward token: whatever happens to rewards, principal can leave.

use alloy_primitives::{Address, U256};

use super::{Vault, checks::check_amount};
use crate::{
    abi::IVault::{
        ERC4626ExceededMaxDeposit, ERC4626ExceededMaxMint, ERC4626ExceededMaxRedeem,
        ERC4626ExceededMaxWithdraw,
    },
    components::{
        events,
        ledger::Exceeds,
        permits::{Permit, Signature},
        token,
    },
    math::MAX_STAKE,
    stylus::revert::{Revert, require},
};

impl Vault {
    /// What the vault holds for its shares: as many assets, or fewer if the token took some. Never reverts (ERC-4626).
    pub fn total_assets(&self) -> U256 {
        self.known_backing().assets()
    }

    /// What still fits for `receiver`: 2^112 − 1 less the total stake. 0 for the zero address and the vault itself, and
    /// while the vault holds less than it owes. Never reverts (ERC-4626).
    pub fn max_deposit(&self, receiver: Address) -> u128 {
        if self.is_lost(receiver) || self.held_if_known(self.config.asset) < self.owed_of_asset() {
            return 0;
        }
        MAX_STAKE - self.ledger.total_shares()
    }

    /// What `owner` can take out: what its shares are worth. Rounds down. Never reverts (ERC-4626).
    pub fn max_withdraw(&self, owner: Address) -> U256 {
        let shares = U256::from(self.ledger.shares(owner));
        self.known_backing().assets_for(shares).unwrap_or_default()
    }

    /// The shares that `owner` can redeem: all, or none if they are worth nothing. Never reverts (ERC-4626).
    pub fn max_redeem(&self, owner: Address) -> U256 {
        if self.max_withdraw(owner).is_zero() {
            return U256::ZERO;
        }
        U256::from(self.ledger.shares(owner))
    }

    /// What `shares` are worth in assets, now and without any error of the asset. Rounds down.
    ///
    /// # Errors
    /// `PrincipalShortfall` for more shares than can exist, while a share is worth less than 1.
    pub fn convert_to_assets(&self, shares: U256) -> Result<U256, Revert> {
        let backing = self.known_backing();
        self.or_shortfall(backing.assets_for(shares), backing)
    }

    /// How many shares are worth `assets`; 0 if shares are worth nothing. Rounds down.
    ///
    /// # Errors
    /// `PrincipalShortfall` for more assets than can exist, while a share is worth less than 1.
    pub fn convert_to_shares(&self, assets: U256) -> Result<U256, Revert> {
        let backing = self.known_backing();
        if backing.is_lost() {
            return Ok(U256::ZERO);
        }
        self.or_shortfall(backing.shares_worth(assets), backing)
    }

    /// The shares that a deposit of `amount` gives, and the assets that a mint of `amount` takes: `amount`.
    ///
    /// # Errors
    /// `PrincipalShortfall` while deposits revert.
    pub fn preview_deposit(&self, amount: U256) -> Result<U256, Revert> {
        self.check_assets(self.owed_of_asset())?;
        Ok(amount)
    }

    /// What `shares` are worth in assets. Rounds down.
    ///
    /// # Errors
    /// `PrincipalShortfall` for more shares than can exist, while a share is worth less than 1.
    pub fn preview_redeem(&self, shares: U256) -> Result<U256, Revert> {
        let backing = self.backing()?;
        self.or_shortfall(backing.assets_for(shares), backing)
    }

    /// What withdrawing `assets` costs in shares. Rounds up.
    ///
    /// # Errors
    /// `PrincipalShortfall` if no number of shares is worth so much.
    pub fn preview_withdraw(&self, assets: U256) -> Result<U256, Revert> {
        let backing = self.backing()?;
        self.or_shortfall(backing.shares_for(assets), backing)
    }

    /// Takes `assets` from the caller and gives `receiver` as many shares.
    ///
    /// # Errors
    /// `ZeroAmount`, `ERC20InvalidReceiver`, `ERC4626ExceededMaxDeposit`, the asset's own, and `PrincipalShortfall` if less
    /// than `assets` arrived.
    pub fn deposit(&mut self, assets: U256, receiver: Address) -> Result<U256, Revert> {
        self.enter(assets, receiver)?.map_err(|Exceeds(max)| {
            let max = U256::from(max);
            ERC4626ExceededMaxDeposit { receiver, assets, max }
        })?;
        Ok(assets)
    }

    /// As [`deposit`](Self::deposit), with the caller's signed approval of the asset (EIP-2612). If the asset rejects the
    /// permit, the allowance decides: somebody else may have used the signature before.
    ///
    /// # Errors
    /// The permit's own, if the allowance is too small; as [`deposit`](Self::deposit).
    pub fn deposit_with_permit(
        &mut self,
        assets: U256,
        receiver: Address,
        deadline: U256,
        signature: Signature,
    ) -> Result<U256, Revert> {
        let (owner, spender) = (self.host.msg_sender(), self.address());
        let permit = Permit { owner, spender, value: assets, deadline };
        token::permit(&self.host, self.config.asset, permit, signature)?;
        self.deposit(assets, receiver)
    }

    /// As [`deposit`](Self::deposit), but the amount is that of the shares, and the error `ERC4626ExceededMaxMint`.
    ///
    /// # Errors
    /// As [`deposit`](Self::deposit).
    pub fn mint(&mut self, shares: U256, receiver: Address) -> Result<U256, Revert> {
        self.enter(shares, receiver)?.map_err(|Exceeds(max)| {
            let max = U256::from(max);
            ERC4626ExceededMaxMint { receiver, shares, max }
        })?;
        Ok(shares)
    }

    /// Sends `receiver` these assets and burns as many of `owner`'s shares as they cost.
    ///
    /// # Errors
    /// `ZeroAmount`, `ERC20InvalidReceiver`, `ERC20InsufficientAllowance`, `ERC4626ExceededMaxWithdraw`, and the asset's
    /// own.
    pub fn withdraw(&mut self, assets: U256, receiver: Address, owner: Address) -> Result<U256, Revert> {
        check_amount(assets)?;
        let backing = self.backing()?;
        let shares = backing.shares_for(assets).unwrap_or(U256::MAX);
        self.authorize(shares, receiver, owner)?;
        let max = backing.assets_for(U256::from(self.ledger.shares(owner))).unwrap_or_default();
        require(assets <= max, ERC4626ExceededMaxWithdraw { owner, assets, max })?;
        self.leave([assets, shares], receiver, owner)?;
        Ok(shares)
    }

    /// Burns `owner`'s shares and sends `receiver` what they are worth.
    ///
    /// # Errors
    /// `ZeroAmount`, `ERC20InvalidReceiver`, `ERC20InsufficientAllowance`, `ERC4626ExceededMaxRedeem`,
    /// `PrincipalShortfall` if they are worth nothing, and the asset's own.
    pub fn redeem(&mut self, shares: U256, receiver: Address, owner: Address) -> Result<U256, Revert> {
        check_amount(shares)?;
        self.authorize(shares, receiver, owner)?;
        let max = U256::from(self.ledger.shares(owner));
        require(shares <= max, ERC4626ExceededMaxRedeem { owner, shares, max })?;
        let backing = self.backing()?;
        let worth = backing.assets_for(shares).filter(|assets| !assets.is_zero());
        let assets = self.or_shortfall(worth, backing)?;
        self.leave([assets, shares], receiver, owner)?;
        Ok(assets)
    }

    /// Deposit and mint. An amount that does not fit changes nothing, and is left to the caller to name by its own error.
    #[inline(never)]
    fn enter(&mut self, amount: U256, receiver: Address) -> Result<Result<(), Exceeds>, Revert> {
        check_amount(amount)?;
        self.check_receiver(receiver)?;
        if let Err(exceeds) = self.ledger.mint(receiver, amount, self.clock()) {
            return Ok(Err(exceeds));
        }

        let sender = self.host.msg_sender();
        let due = self.due_after_deposit(amount)?;
        token::transfer_from(&self.host, self.config.asset, sender, self.address(), amount)?;
        self.check_assets(due)?;

        events::transfer(&self.host, Address::ZERO, receiver, amount);
        events::deposit(&self.host, sender, receiver, amount);
        Ok(Ok(()))
    }

    /// Withdraw and redeem, once both amounts are known.
    fn leave(
        &mut self,
        [assets, shares]: [U256; 2],
        receiver: Address,
        owner: Address,
    ) -> Result<(), Revert> {
        self.ledger.burn(owner, shares, self.clock()).map_err(|Exceeds(balance)| {
            ERC4626ExceededMaxRedeem { owner, shares, max: U256::from(balance) }
        })?;
        token::transfer(&self.host, self.config.asset, receiver, assets)?;

        events::transfer(&self.host, owner, Address::ZERO, shares);
        events::withdraw(&self.host, [self.host.msg_sender(), receiver, owner], [assets, shares]);
        Ok(())
    }

    /// Reverts unless the caller may send `shares` of `owner`'s to `receiver`; spends the allowance of another caller.
    fn authorize(&mut self, shares: U256, receiver: Address, owner: Address) -> Result<(), Revert> {
        self.check_receiver(receiver)?;
        let sender = self.host.msg_sender();
        if sender == owner { Ok(()) } else { self.allowances.spend(owner, sender, shares) }
    }
}
