//! The vault as `ILiquidationSource` of standalone pairs, which sell tokens other than its own yield.

use alloc::vec::Vec;

use alloy_primitives::{Address, U256};

use super::{PAIRS, Vault, checks::check_amount};
use crate::{
    abi::IVault::{
        CallerNotLP, InsufficientBalance, InsufficientPayment, InvalidLiquidationPair, InvalidToken,
        TokenInNotReward,
    },
    components::{events, token},
    stylus::{
        revert::{Revert, require},
        slot::Slot,
        word::{pack_address, unpack_address},
    },
};

impl Vault {
    /// What of `token` can be sold: the vault's balance less what it owes of it; 0 of the reward token, which is never sold.
    ///
    /// # Errors
    /// The token's own.
    pub fn liquidatable_balance_of(&self, token: Address) -> Result<U256, Revert> {
        self.surplus_for_sale(token)
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
        Ok(self.host.contract_address())
    }

    /// Lets `pair` and no other sell `token`; zero ends it. Only the owner may.
    ///
    /// # Errors
    /// `OwnableUnauthorizedAccount`; `InvalidToken` for an account without code and the vault; `InvalidLiquidationPair` for
    /// the reward token, for the yield token, which the vault itself sells, and for a pair without code or the vault.
    pub fn set_liquidation_pair(&mut self, token: Address, pair: Address) -> Result<(), Revert> {
        self.ownership.check()?;
        let vault = self.host.contract_address();
        require(self.host.code_size(token) != 0 && token != vault, InvalidToken { token })?;
        let is_own = token == self.reward() || token == self.yield_token();
        let is_pair = pair.is_zero() || (pair != vault && self.host.code_size(pair) != 0);
        require(!is_own && is_pair, InvalidLiquidationPair { tokenOut: token, liquidationPair: pair })?;
        Slot::of_account(PAIRS, token).store(&self.host, pack_address(pair));
        events::liquidation_pair_set(&self.host, token, pair);
        Ok(())
    }

    /// Sends the buyer of the calling pair what it sold; returns what [`verify_payment`](Self::verify_payment) is given:
    /// nothing.
    ///
    /// # Errors
    /// `CallerNotLP`, `ZeroAmount`, `ERC20InvalidReceiver`, `InsufficientBalance`, and the token's own.
    pub fn send_sold(&mut self, receiver: Address, token: Address, amount: U256) -> Result<Vec<u8>, Revert> {
        let (caller, expected) = (self.host.msg_sender(), self.liquidation_pair(token));
        require(self.is_liquidation_pair(token, caller), CallerNotLP { caller, expected })?;
        check_amount(amount)?;
        self.check_receiver(receiver)?;
        let available = self.liquidatable_balance_of(token)?;
        require(amount <= available, InsufficientBalance { requested: amount, available })?;
        token::transfer(&self.host, token, receiver, amount)?;
        Ok(Vec::new())
    }

    /// Queues all reward that has arrived, if that is at least `amount_in`. Anyone may call it, as `sync`.
    ///
    /// # Errors
    /// `TokenInNotReward`, `InsufficientPayment`, `PrincipalShortfall`, `RewardBoundExceeded`.
    pub fn verify_payment(&mut self, token_in: Address, amount_in: U256) -> Result<(), Revert> {
        self.check_token_in(token_in)?;
        let rewards = self.rewards();
        let paid = self.surplus_of_reward(&rewards)?;
        require(paid >= amount_in, InsufficientPayment { amountIn: amount_in, paid })?;
        if !paid.is_zero() {
            self.credit_and_emit(paid, amount_in, &rewards)?;
        }
        Ok(())
    }

    /// The pair that sells `token`; for the yield token the vault itself, and zero if there is none.
    fn liquidation_pair(&self, token: Address) -> Address {
        if token == self.yield_token() {
            return self.host.contract_address();
        }
        unpack_address(Slot::of_account(PAIRS, token).load(&self.host))
    }

    fn check_token_in(&self, token_in: Address) -> Result<(), Revert> {
        let reward = self.reward();
        require(token_in == reward, TokenInNotReward { tokenIn: token_in, reward })
    }
}
