//! Bare ERC-4626 vaults. They pay no rewards: assets transferred to them raise the value of a share.

use alloy::{primitives::Address, rpc::types::TransactionRequest};
use anyhow::Result;
use weir_bindings::{
    IERC20,
    IVault::{depositCall, redeemCall, withdrawCall},
};
use weir_client::Account;

use super::{Tokens, create};
use crate::{
    stage::{Stage, call, tokens},
    staking::{HOUR, Staking},
};

/// Names of the peers, and of their contracts.
pub const VAULTS: [(&str, &str); 3] = [
    ("OpenZeppelin ERC4626", "OpenZeppelinVault"),
    ("solmate ERC4626", "SolmateVault"),
    ("solady ERC4626", "SoladyVault"),
];

/// Tokens transferred to a vault of 300 tokens, so that a share is worth 1.1 tokens.
const GIFT: u128 = 30;

pub struct Erc4626 {
    shares: IERC20::IERC20Instance<alloy::providers::DynProvider>,
    asset: Address,
}

impl Erc4626 {
    pub async fn new(stage: &Stage, both: Tokens, contract: &str) -> Result<Self> {
        let address = create(stage, contract, both.asset).await?;
        Ok(Self { shares: IERC20::new(address, stage.provider()), asset: both.asset })
    }
}

impl Staking for Erc4626 {
    fn address(&self) -> Address {
        *self.shares.address()
    }

    async fn begin(&self, stage: &Stage, funder: &Account, start: u64) -> Result<u64> {
        let give = IERC20::transferCall { to: self.address(), value: tokens(GIFT) };
        stage.chain.act(start + HOUR, funder, call(self.asset, give)).await?;
        Ok(start + HOUR)
    }

    fn deposit(&self, who: Address, amount: u128) -> TransactionRequest {
        call(self.address(), depositCall { assets: tokens(amount), receiver: who })
    }

    fn withdraw(&self, who: Address, amount: u128) -> TransactionRequest {
        call(self.address(), withdrawCall { assets: tokens(amount), receiver: who, owner: who })
    }

    async fn leave(&self, who: Address, _: u128) -> Result<TransactionRequest> {
        let shares = self.shares.balanceOf(who).call().await?;
        Ok(call(self.address(), redeemCall { shares, receiver: who, owner: who }))
    }

    fn claim(&self, _: Address) -> Option<TransactionRequest> {
        None
    }

    fn leave_with_claim(&self, _: Address, _: u128) -> Option<TransactionRequest> {
        None
    }

    fn fund(&self) -> Vec<TransactionRequest> {
        Vec::new()
    }
}
