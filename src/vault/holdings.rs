//! What the vault holds, what it owes, and what it has to spare.
//!
//! It owes principal (an asset for each share, or what is left of it) and the reserve (rewards credited and not yet paid).
//! Principal is senior: where asset and reward are one token, a shortfall is the rewards' first.

use alloy_primitives::{Address, U256};

use super::{Holding, Vault};
use crate::{
    abi::IVault::PrincipalShortfall,
    components::token,
    math::backing::Backing,
    stylus::revert::{Revert, require},
};

impl Vault {
    /// The vault's balance of `token`.
    ///
    /// # Errors
    /// The token's own.
    pub(super) fn held(&self, token: Address) -> Result<U256, Revert> {
        token::balance_of(&self.host, token, self.host.contract_address())
    }

    /// What the vault owes of the asset: principal, and the reserve if that is the same token. Below 2^113.
    pub(super) fn owed_of_asset(&self, holding: &Holding) -> U256 {
        let reserve = if holding.asset_is_reward { self.ledger.reserve() } else { 0 };
        U256::from(self.ledger.total_shares() + reserve)
    }

    /// What the vault owes of the reward token: the reserve, and principal if that is the same token. Below 2^113.
    fn owed_of_reward(&self, rewards: &Holding) -> U256 {
        if rewards.asset_is_reward { self.owed_of_asset(rewards) } else { U256::from(self.ledger.reserve()) }
    }

    /// What the vault holds of the reward token above what it owes.
    ///
    /// # Errors
    /// `PrincipalShortfall` if it holds less than it owes; the token's own.
    pub(super) fn surplus_of_reward(&self, rewards: &Holding) -> Result<U256, Revert> {
        let token = rewards.token;
        let held = self.held(token)?;
        let owed = self.owed_of_reward(rewards);
        require(held >= owed, PrincipalShortfall { token, owed, held })?;
        Ok(held.wrapping_sub(owed))
    }

    /// What can be sold of `token`: what the vault holds of it above what it owes. Nothing of the reward token.
    ///
    /// # Errors
    /// The token's own.
    pub(super) fn surplus_for_sale(&self, token: Address) -> Result<U256, Revert> {
        if token == self.reward() {
            return Ok(U256::ZERO);
        }
        let principal = self.principal();
        let owed = if token == principal.token { self.owed_of_asset(&principal) } else { U256::ZERO };
        Ok(self.held(token)?.saturating_sub(owed))
    }

    /// All shares, and what the vault holds for them.
    ///
    /// # Errors
    /// The asset's own.
    pub(super) fn backing(&self, principal: &Holding) -> Result<Backing, Revert> {
        Ok(Backing::new(self.ledger.total_shares(), self.held(principal.token)?))
    }

    /// What the vault has to hold of the asset once `amount`, which the ledger counts already, has arrived: what it owes;
    /// and where its surplus is somebody's (yield for sale, or reward to be queued), no less surplus than before. So a fee
    /// that the token takes is not paid out of that.
    ///
    /// # Errors
    /// The asset's own.
    pub(super) fn due_after_deposit(&self, principal: &Holding, amount: U256) -> Result<U256, Revert> {
        let owed = self.owed_of_asset(principal);
        if !principal.asset_is_reward && !principal.asset_is_yield {
            return Ok(owed);
        }
        Ok(owed.max(self.held(principal.token)?.saturating_add(amount)))
    }

    /// Reverts unless the vault holds `owed` of `token`.
    ///
    /// # Errors
    /// `PrincipalShortfall`; the token's own.
    pub(super) fn check_held(&self, token: Address, owed: U256) -> Result<(), Revert> {
        let held = self.held(token)?;
        require(held >= owed, PrincipalShortfall { token, owed, held })
    }

    /// `value`, which exists unless the vault holds too little of the asset.
    ///
    /// # Errors
    /// `PrincipalShortfall`.
    pub(super) fn or_shortfall<T>(
        &self,
        value: Option<T>,
        principal: &Holding,
        backing: Backing,
    ) -> Result<T, Revert> {
        value.ok_or_else(|| {
            let owed = U256::from(self.ledger.total_shares());
            PrincipalShortfall { token: principal.token, owed, held: backing.assets() }.into()
        })
    }
}
