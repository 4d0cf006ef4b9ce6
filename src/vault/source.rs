//! The vault as the source of its own liquidation pair: what it sells, sends, and takes in.

use alloy_primitives::{Address, U256};
use stylus_sdk::stylus_core::*;

use super::{Vault, deposits::check_amount};
use crate::{
    abi::IVault::InsufficientPayment,
    components::{
        auction::{LiquidationPair, Payment, Sale, Source, Terms},
        events,
        revert::Revert,
        token,
    },
};

impl Vault {
    /// The token for sale.
    pub fn yield_token(&self) -> Address {
        self.sale_token()
    }

    /// The vault's own address: source of the pair, and where its price is paid.
    pub fn address(&self) -> Address {
        self.vm.contract_address()
    }
}

impl LiquidationPair for Vault {
    fn last_sale(&self) -> Sale {
        self.ledger.last_sale()
    }

    /// Nobody can ask the vault meanwhile.
    fn record(&mut self, sale: Sale) {
        self.ledger.record_sale(sale);
    }

    fn terms(&self) -> Terms {
        self.sale_terms()
    }
}

impl Source for Vault {
    /// The surplus of the yield token: all of it, less the principal if it is the asset.
    fn liquidatable_balance(&self) -> Result<U256, Revert> {
        let held = token::balance_of(&self.vm, self.sale_token(), self.vm.contract_address())?;
        let rewards = self.rewards();
        let owed = if rewards.asset_is_yield { self.owed_principal(&rewards) } else { U256::ZERO };
        Ok(held.saturating_sub(owed))
    }

    /// # Errors
    /// `ZeroAmount`, `ERC20InvalidReceiver` for the vault itself, and what the token refuses.
    fn transfer_tokens_out(
        &mut self,
        _: Address,
        receiver: Address,
        amount: U256,
    ) -> Result<Vec<u8>, Revert> {
        check_amount(amount)?;
        self.check_receiver(receiver)?;
        token::transfer(&self.vm, self.sale_token(), receiver, amount)?;
        Ok(Vec::new())
    }

    /// Queues the price, and whatever else of the reward token was lying in the vault (which is then announced
    /// as added, so that the events add up). A wallet is asked for what is missing.
    ///
    /// # Errors
    /// `InsufficientPayment`, what the token refuses, `RewardBoundExceeded`.
    fn verify_tokens_in(
        &mut self,
        sender: Address,
        amount_in: U256,
        payment: Payment,
        _: Vec<u8>,
    ) -> Result<(), Revert> {
        let rewards = self.rewards();
        let mut paid = self.reward_surplus(&rewards)?;
        if paid < amount_in && payment == Payment::Wallet {
            let vault = self.vm.contract_address();
            token::transfer_from(&self.vm, rewards.token, sender, vault, amount_in - paid)?;
            paid = self.reward_surplus(&rewards)?;
        }
        if paid < amount_in {
            return Err(InsufficientPayment { amountIn: amount_in, paid }.into());
        }
        let credited = self.credit(paid, amount_in, &rewards)?;
        if credited > amount_in {
            events::reward_added(&self.vm, sender, credited - amount_in);
        }
        Ok(())
    }
}
