//! The vault as the source of its own liquidation pair: what it sells, and how it is paid.

use alloc::vec::Vec;

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
        self.auction_terms()
    }
}

impl Source for Vault {
    /// The surplus of the yield token: all of it, less what is owed if it is the asset.
    fn liquidatable_balance(&self) -> Result<U256, Revert> {
        let held = self.held(self.yield_token())?;
        let rewards = self.rewards();
        let owed = if rewards.asset_is_yield { self.owed_of_asset(&rewards) } else { U256::ZERO };
        Ok(held.saturating_sub(owed))
    }

    /// # Errors
    /// `ZeroAmount`, `ERC20InvalidReceiver` for the vault itself, and the token's own.
    fn transfer_tokens_out(
        &mut self,
        _: Address,
        receiver: Address,
        amount: U256,
    ) -> Result<Vec<u8>, Revert> {
        check_amount(amount)?;
        self.check_receiver(receiver)?;
        token::transfer(&self.host, self.yield_token(), receiver, amount)?;
        Ok(Vec::new())
    }

    /// Queues the price, and what else of the reward token was in the vault unqueued; that is announced as added, so that
    /// the events sum up. From a wallet what is missing is pulled.
    ///
    /// # Errors
    /// `InsufficientPayment`, the token's own, `RewardBoundExceeded`.
    fn verify_tokens_in(
        &mut self,
        sender: Address,
        amount_in: U256,
        payment: Payment,
        _: Vec<u8>,
    ) -> Result<(), Revert> {
        let rewards = self.rewards();
        let mut paid = self.surplus_of_reward(&rewards)?;
        if paid < amount_in && payment == Payment::Wallet {
            let vault = self.host.contract_address();
            token::transfer_from(&self.host, rewards.token, sender, vault, amount_in.wrapping_sub(paid))?;
            paid = self.surplus_of_reward(&rewards)?;
        }
        require(paid >= amount_in, InsufficientPayment { amountIn: amount_in, paid })?;
        let credited = self.credit(paid, amount_in, &rewards)?;
        if credited > amount_in {
            events::reward_added(&self.host, sender, credited.wrapping_sub(amount_in));
        }
        Ok(())
    }
}
