//! What the bot's account has, and what it has approved.

use alloy::{
    eips::BlockId,
    primitives::{Address, U256},
    providers::{DynProvider, Provider},
};
use weir_bindings::IERC20;
use weir_client::NodeError;

use super::Pair;

/// What can be paid at one pair, in the block to come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Wallet {
    /// Of the token paid with, in base units.
    pub balance: U256,
    /// What whoever pulls the price may pull, in base units.
    pub allowance: U256,
    /// Wei.
    pub ether: U256,
}

impl Wallet {
    /// Reads it for `pair`.
    ///
    /// # Errors
    /// If the node does not answer, or the token refuses.
    pub async fn read(provider: &DynProvider, pair: &Pair, account: Address) -> Result<Self, NodeError> {
        let token = IERC20::new(pair.token_in.address, provider);
        let pending = BlockId::pending();
        let spender = pair.spender().unwrap_or(account);
        let (balance, allowance) =
            (token.balanceOf(account).block(pending), token.allowance(account, spender).block(pending));
        let (balance, allowance, ether) = tokio::join!(
            balance.call().into_future(),
            allowance.call().into_future(),
            provider.get_balance(account).block_id(pending).into_future()
        );
        Ok(Self { balance: balance?, allowance: allowance?, ether: ether? })
    }
}
