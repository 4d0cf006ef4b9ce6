//! Balances and allowance of the bot's account.
//! Both are read at the pending block.

use alloy::{
    eips::BlockId,
    primitives::{Address, U256},
    providers::{DynProvider, Provider},
};
use weir_bindings::IERC20;
use weir_client::NodeError;

use super::Pair;

/// The means of payment at one pair, at the pending block.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Wallet {
    /// Of the payment token, in base units.
    pub balance: U256,
    /// Approved for the pair's spender, in base units of the payment token.
    pub allowance: U256,
    /// In wei.
    pub ether: U256,
}

impl Wallet {
    /// Reads the wallet for `pair`.
    ///
    /// # Errors
    /// If the node does not answer, or the token reverts.
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
