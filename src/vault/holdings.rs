//! What the vault holds, what it owes, and what it has to spare.
//!
//! It owes principal (an asset for each share, or what is left of it) and the reserve (rewards credited and not yet paid).
//! Principal is senior: where asset and reward are one token, a shortfall is the rewards' first.

use alloy_primitives::{Address, U256};

use super::Vault;
use crate::{
    abi::IVault::PrincipalShortfall,
    components::token,
    math::backing::Backing,
    stylus::revert::{Revert, require},
};

/// How much less than its amount a deposit may bring if surplus covers it, and how much more than its amount a sale of the
/// asset may take, in base units. Tokens that keep balances as
/// parts of a pool (stETH, Aave's, Comet's) round what a transfer moves: by less than the worth of two parts, which is 2 as
/// long as a part is worth less than 2 base units (`docs/security.md`).
const ROUNDING: U256 = U256::from_limbs([2, 0, 0, 0]);

impl Vault {
    /// The vault's balance of `token`.
    ///
    /// # Errors
    /// The token's own.
    pub(super) fn held(&self, token: Address) -> Result<U256, Revert> {
        token::balance_of(&self.host, token, self.address())
    }

    /// The vault's balance of `token`; 0 if the token does not return it.
    pub(super) fn held_if_known(&self, token: Address) -> U256 {
        token::balance_if_any(&self.host, token, self.address()).unwrap_or_default()
    }

    /// What the vault owes of the asset: principal, and the reserve if that is the same token. Below 2^113.
    pub(super) fn owed_of_asset(&self) -> U256 {
        let reserve = if self.config.asset_is_reward() { self.ledger.reserve() } else { 0 };
        U256::from(self.ledger.total_shares() + reserve)
    }

    /// What the vault owes of the reward token: the reserve, and principal if that is the same token. Below 2^113.
    fn owed_of_reward(&self) -> U256 {
        if self.config.asset_is_reward() { self.owed_of_asset() } else { U256::from(self.ledger.reserve()) }
    }

    /// What the vault holds of the reward token above what it owes.
    ///
    /// # Errors
    /// `PrincipalShortfall` if it holds less than it owes; the token's own.
    pub(super) fn surplus_of_reward(&self) -> Result<U256, Revert> {
        let token = self.config.reward;
        let held = self.held(token)?;
        let owed = self.owed_of_reward();
        require(held >= owed, PrincipalShortfall { token, owed, held })?;
        Ok(held.wrapping_sub(owed))
    }

    /// What of a balance of `held` of the reward token is above what the vault owes; 0 if it is less.
    pub(super) fn spare_of_reward(&self, held: U256) -> U256 {
        held.saturating_sub(self.owed_of_reward())
    }

    /// What can be sold of `token`, which is not the reward token: what the vault holds of it above what it owes.
    ///
    /// # Errors
    /// The token's own.
    pub(super) fn surplus_for_sale(&self, token: Address) -> Result<U256, Revert> {
        let owed = if token == self.config.asset { self.owed_of_asset() } else { U256::ZERO };
        Ok(self.held(token)?.saturating_sub(owed))
    }

    /// All shares, and what the vault holds for them.
    ///
    /// # Errors
    /// The asset's own.
    pub(super) fn backing(&self) -> Result<Backing, Revert> {
        Ok(Backing::new(self.ledger.total_shares(), self.held(self.config.asset)?))
    }

    /// All shares, and what the vault holds for them: nothing if the asset does not return its balance.
    pub(super) fn known_backing(&self) -> Backing {
        Backing::new(self.ledger.total_shares(), self.held_if_known(self.config.asset))
    }

    /// What the vault has to hold of the asset once `amount`, which the ledger counts already, has arrived: what it owes;
    /// and where its surplus is somebody's (yield for sale, or reward to be queued), no less surplus than before, but for
    /// [`ROUNDING`]. So a fee that the token takes is not paid out of that.
    ///
    /// # Errors
    /// The asset's own.
    pub(super) fn due_after_deposit(&self, amount: U256) -> Result<U256, Revert> {
        let owed = self.owed_of_asset();
        if !self.config.asset_is_reward() && !self.config.asset_is_yield() {
            return Ok(owed);
        }
        let whole = self.held(self.config.asset)?.saturating_add(amount);
        Ok(owed.max(whole.saturating_sub(ROUNDING)))
    }

    /// Reverts if a sale of the asset took more than the lot out of the vault: principal, but for [`ROUNDING`]. Tokens that
    /// charge the sender a fee do.
    ///
    /// # Errors
    /// `PrincipalShortfall`; the asset's own.
    pub(super) fn check_assets_after_sale(&self) -> Result<(), Revert> {
        self.check_assets(self.owed_of_asset().saturating_sub(ROUNDING))
    }

    /// Reverts unless the vault holds `owed` of the asset.
    ///
    /// # Errors
    /// `PrincipalShortfall`; the asset's own.
    pub(super) fn check_assets(&self, owed: U256) -> Result<(), Revert> {
        let token = self.config.asset;
        let held = self.held(token)?;
        require(held >= owed, PrincipalShortfall { token, owed, held })
    }

    /// `value`, which exists unless the vault holds too little of the asset.
    ///
    /// # Errors
    /// `PrincipalShortfall`.
    pub(super) fn or_shortfall<T>(&self, value: Option<T>, backing: Backing) -> Result<T, Revert> {
        value.ok_or_else(|| {
            let owed = U256::from(self.ledger.total_shares());
            PrincipalShortfall { token: self.config.asset, owed, held: backing.assets() }.into()
        })
    }
}
