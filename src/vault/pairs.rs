//! The vault as `ILiquidationSource` of standalone pairs, which sell tokens other than its own yield.

use alloy_primitives::{Address, U256};
use stylus_sdk::stylus_core::*;

use super::{PAIRS, Vault, deposits::check_amount};
use crate::{
    abi::IVault::{
        CallerNotLP, InsufficientBalance, InsufficientPayment, InvalidLiquidationPair, InvalidToken,
        TokenInNotReward,
    },
    components::{
        auction::Source,
        events,
        revert::Revert,
        storage::Slot,
        token,
        word::{pack_address, unpack_address},
    },
};

impl Vault {
    /// What of `token` belongs to nobody: its balance less what is owed of it; 0 of the reward token, which is
    /// never sold.
    ///
    /// # Errors
    /// What the token refuses.
    pub fn liquidatable_balance_of(&self, token: Address) -> Result<U256, Revert> {
        if token == self.sale_token() {
            return self.liquidatable_balance();
        }
        if token == self.reward_token() {
            return Ok(U256::ZERO);
        }
        let held = token::balance_of(&self.vm, token, self.vm.contract_address())?;
        let principal = self.principal();
        let owed = if token == principal.token { self.owed_principal(&principal) } else { U256::ZERO };
        Ok(held.saturating_sub(owed))
    }

    /// Whether `pair` may sell `token`.
    pub fn is_liquidation_pair(&self, token: Address, pair: Address) -> bool {
        !pair.is_zero() && pair == self.liquidation_pair(token)
    }

    /// Where the price is to be paid: the vault.
    ///
    /// # Errors
    /// `TokenInNotReward`.
    pub fn target_of(&self, token_in: Address) -> Result<Address, Revert> {
        self.check_token_in(token_in)?;
        Ok(self.address())
    }

    /// Lets `pair` sell `token`, in place of whichever pair did; zero ends it. Only the owner may.
    ///
    /// # Errors
    /// `OwnableUnauthorizedAccount`; `InvalidToken` for an account without code; `InvalidLiquidationPair` for the
    /// reward token, for the yield token, which the vault itself sells, and for a pair without code or the vault.
    pub fn set_liquidation_pair(&mut self, token: Address, pair: Address) -> Result<(), Revert> {
        self.ownership.check()?;
        if self.vm.code_size(token) == 0 || token == self.address() {
            return Err(InvalidToken { token }.into());
        }
        let is_fixed = token == self.reward_token() || token == self.sale_token();
        let is_no_pair = !pair.is_zero() && (pair == self.address() || self.vm.code_size(pair) == 0);
        if is_fixed || is_no_pair {
            return Err(InvalidLiquidationPair { tokenOut: token, liquidationPair: pair }.into());
        }
        Slot::of_account(PAIRS, token).store(&self.vm, pack_address(pair));
        events::liquidation_pair_set(&self.vm, token, pair);
        Ok(())
    }

    /// Sends a pair's buyer what was sold; returns what [`verify_payment`](Self::verify_payment) is given: nothing.
    ///
    /// # Errors
    /// `CallerNotLP`, `ZeroAmount`, `ERC20InvalidReceiver`, `InsufficientBalance`, and what the token refuses.
    pub fn send_sold(&mut self, receiver: Address, token: Address, amount: U256) -> Result<Vec<u8>, Revert> {
        let (caller, expected) = (self.vm.msg_sender(), self.liquidation_pair(token));
        if !self.is_liquidation_pair(token, caller) {
            return Err(CallerNotLP { caller, expected }.into());
        }
        check_amount(amount)?;
        self.check_receiver(receiver)?;
        let available = self.liquidatable_balance_of(token)?;
        if amount > available {
            return Err(InsufficientBalance { requested: amount, available }.into());
        }
        token::transfer(&self.vm, token, receiver, amount)?;
        Ok(Vec::new())
    }

    /// Queues all reward that has arrived, if that is `amount_in` at least. Anyone may call it, as `sync`.
    ///
    /// # Errors
    /// `TokenInNotReward`, `InsufficientPayment`, `PrincipalShortfall`, `RewardBoundExceeded`.
    pub fn verify_payment(&mut self, token_in: Address, amount_in: U256) -> Result<(), Revert> {
        self.check_token_in(token_in)?;
        let rewards = self.rewards();
        let paid = self.reward_surplus(&rewards)?;
        if paid < amount_in {
            return Err(InsufficientPayment { amountIn: amount_in, paid }.into());
        }
        if !paid.is_zero() {
            self.announce_credit(paid, amount_in, &rewards)?;
        }
        Ok(())
    }

    /// The pair that sells `token`: the vault itself its yield token; zero if none does.
    fn liquidation_pair(&self, token: Address) -> Address {
        if token == self.sale_token() {
            return self.address();
        }
        unpack_address(Slot::of_account(PAIRS, token).load(&self.vm))
    }

    fn check_token_in(&self, token_in: Address) -> Result<(), Revert> {
        let reward = self.reward_token();
        if token_in != reward { Err(TokenInNotReward { tokenIn: token_in, reward }.into()) } else { Ok(()) }
    }
}
