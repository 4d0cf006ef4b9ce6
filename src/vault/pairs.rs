//! The vault as `ILiquidationSource` of standalone pairs, which sell tokens other than its own yield.

use alloc::vec::Vec;

use alloy_primitives::{Address, U256};

use super::{Vault, checks::check_amount};
use crate::{
    abi::IVault::{
        CallerNotLP, InsufficientBalance, InvalidLiquidationPair, InvalidToken, RewardShortfall,
        TokenInNotReward,
    },
    components::{events, token},
    host::bytes::{from_be_bytes, to_be_bytes},
    stylus::{
        revert::{Revert, require},
        slot::Slot,
        word::{pack_address, unpack_address},
    },
};

/// Tag of the map from tokens to the standalone pairs that sell them.
const PAIRS: u32 = 4;

impl Vault {
    /// What of `token` can be sold: the vault's balance less what it owes of it; 0 of the reward token, which is never sold.
    ///
    /// # Errors
    /// The token's own.
    pub fn liquidatable_balance_of(&self, token: Address) -> Result<U256, Revert> {
        if token == self.config.reward { Ok(U256::ZERO) } else { self.surplus_for_sale(token) }
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

    /// Lets `pair` and no other sell `token`; zero ends it. Only the owner may.
    ///
    /// # Errors
    /// `OwnableUnauthorizedAccount`; `InvalidToken` for an account without code and the vault; `InvalidLiquidationPair` for
    /// the reward token, for the yield token, which the vault itself sells, and for a pair without code or the vault.
    pub fn set_liquidation_pair(&mut self, token: Address, pair: Address) -> Result<(), Revert> {
        self.ownership.check()?;
        let vault = self.address();
        require(self.host.code_size(token) != 0 && token != vault, InvalidToken { token })?;
        let is_own = token == self.config.reward || token == self.config.yield_token;
        let is_pair = pair.is_zero() || (pair != vault && self.host.code_size(pair) != 0);
        require(!is_own && is_pair, InvalidLiquidationPair { tokenOut: token, liquidationPair: pair })?;
        Slot::of_account(PAIRS, token).store(&self.host, pack_address(pair));
        events::liquidation_pair_set(&self.host, token, pair);
        Ok(())
    }

    /// Sends the buyer of the calling pair what it sold. Returns what [`verify_payment`](Self::verify_payment) is given: the
    /// surplus of the reward token afterwards, which belongs to the stakers and counts for no payment.
    ///
    /// `token` may be another address of the asset or the reward token, with the same balances. So afterwards the vault must
    /// hold what it owes of the asset (or no less than before), and no less of the reward token than before.
    ///
    /// # Errors
    /// `CallerNotLP`, `ZeroAmount`, `ERC20InvalidReceiver`, `InsufficientBalance`, `PrincipalShortfall`, and the token's own.
    pub fn send_sold(&mut self, receiver: Address, token: Address, amount: U256) -> Result<Vec<u8>, Revert> {
        let (caller, expected) = (self.host.msg_sender(), self.liquidation_pair(token));
        require(self.is_liquidation_pair(token, caller), CallerNotLP { caller, expected })?;
        check_amount(amount)?;
        self.check_receiver(receiver)?;
        let available = self.liquidatable_balance_of(token)?;
        require(amount <= available, InsufficientBalance { requested: amount, available })?;
        let due = self.owed_of_asset().min(self.held(self.config.asset)?);
        let reward_before = self.held(self.config.reward)?;
        token::transfer(&self.host, token, receiver, amount)?;
        self.check_assets(due)?;
        let reward_after = self.held(self.config.reward)?;
        require(
            reward_after >= reward_before,
            RewardShortfall { heldBefore: reward_before, heldAfter: reward_after },
        )?;
        Ok(to_be_bytes(self.spare_of_reward(reward_after)).to_vec())
    }

    /// Queues all reward that has arrived, if it has grown by `amount_in` since [`send_sold`](Self::send_sold) returned
    /// `transfer_data`. Without such data all that has arrived counts. Anyone may call it, as `sync`.
    ///
    /// # Errors
    /// `TokenInNotReward`, `InsufficientPayment`, `PrincipalShortfall`, `RewardBoundExceeded`.
    pub fn verify_payment(
        &mut self,
        token_in: Address,
        amount_in: U256,
        transfer_data: &[u8],
    ) -> Result<(), Revert> {
        self.check_token_in(token_in)?;
        let before = transfer_data.first_chunk().map_or(U256::ZERO, from_be_bytes);
        let surplus = self.check_payment(amount_in, before)?;
        if !surplus.is_zero() {
            self.credit_and_emit(surplus, amount_in)?;
        }
        Ok(())
    }

    /// The pair that sells `token`; for the yield token the vault itself, and zero if there is none.
    fn liquidation_pair(&self, token: Address) -> Address {
        if token == self.config.yield_token {
            return self.address();
        }
        unpack_address(Slot::of_account(PAIRS, token).load(&self.host))
    }

    fn check_token_in(&self, token_in: Address) -> Result<(), Revert> {
        let reward = self.config.reward;
        require(token_in == reward, TokenInNotReward { tokenIn: token_in, reward })
    }
}
