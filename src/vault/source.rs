//! The vault as the source of its own liquidation pair: what it sells, and how it is paid.

use alloy_primitives::{Address, U256};

use super::{Vault, checks::check_amount};
use crate::{
    abi::IVault::InsufficientPayment,
    components::{
        auction::{LiquidationPair, Payment, Sale, Source, Terms},
        events, token,
    },
    host::Host,
    stylus::revert::{Revert, require},
};

impl LiquidationPair for Vault {
    fn host(&self) -> &Host {
        &self.host
    }

    fn last_sale(&self) -> Sale {
        self.ledger.last_sale()
    }

    /// Nothing is flushed: re-entrance reverts, so nobody can read the vault meanwhile.
    fn record(&mut self, sale: Sale) {
        self.ledger.record_sale(sale);
    }

    fn terms(&self) -> Terms {
        Terms { target_period: self.config.target_period.into(), smoothing: self.config.smoothing }
    }
}

impl Source for Vault {
    /// What the vault holds of the reward token above what it owes, after the transfer. It belongs to the stakers, and counts
    /// for no payment.
    type TransferData = U256;

    /// The surplus of the yield token: all of it, less what is owed if it is the asset.
    fn liquidatable_balance(&self) -> Result<U256, Revert> {
        self.surplus_for_sale(self.config.yield_token)
    }

    /// # Errors
    /// `ZeroAmount`, `ERC20InvalidReceiver` for the vault itself, `PrincipalShortfall` if the yield token is the asset and
    /// takes more than `amount`, and the tokens' own.
    fn transfer_tokens_out(&mut self, _: Address, receiver: Address, amount: U256) -> Result<U256, Revert> {
        check_amount(amount)?;
        self.check_receiver(receiver)?;
        token::transfer(&self.host, self.config.yield_token, receiver, amount)?;
        if self.config.asset_is_yield() {
            self.check_assets_after_sale()?;
        }
        // After the transfer: a yield token may send its holders rewards when it moves.
        Ok(self.spare_of_reward(self.held(self.config.reward)?))
    }

    /// Queues the price, and what else of the reward token was in the vault unqueued; that is announced as added, so that
    /// the events sum up. From a wallet the whole price is pulled.
    ///
    /// # Errors
    /// `InsufficientPayment`, the token's own, `PrincipalShortfall`, `RewardBoundExceeded`.
    fn verify_tokens_in(
        &mut self,
        sender: Address,
        amount_in: U256,
        payment: Payment,
        surplus_before: U256,
    ) -> Result<(), Revert> {
        if payment == Payment::Wallet {
            token::transfer_from(&self.host, self.config.reward, sender, self.address(), amount_in)?;
        }
        let surplus = self.check_payment(amount_in, surplus_before)?;
        let credited = self.credit(surplus, amount_in)?;
        if credited > amount_in {
            events::reward_added(&self.host, sender, credited.wrapping_sub(amount_in));
        }
        Ok(())
    }
}

impl Vault {
    /// What the vault holds of the reward token above what it owes, if that has grown by `amount_in`.
    ///
    /// # Errors
    /// `InsufficientPayment`, `PrincipalShortfall`, the token's own.
    pub(super) fn check_payment(&self, amount_in: U256, surplus_before: U256) -> Result<U256, Revert> {
        let surplus = self.surplus_of_reward()?;
        let paid = surplus.saturating_sub(surplus_before);
        require(paid >= amount_in, InsufficientPayment { amountIn: amount_in, paid })?;
        Ok(surplus)
    }
}
