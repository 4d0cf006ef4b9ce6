//! What the vault and its tokens say of themselves after an operation: views of the compiled WASM, in process.

use alloy::{
    eips::BlockId,
    primitives::{Address, U256},
    sol_types::SolCall,
};
use anyhow::{Context, Result};
use num_bigint::BigInt;
use weir_bindings::{
    IERC20::balanceOfCall as tokensOfCall,
    IVault::{
        balanceOfCall, earnedCall, epochRewardCall, maxAmountOutCall, maxDepositCall, maxWithdrawCall,
        queuedCall, reserveCall, rewardIndexCall, totalAssetsCall, totalSupplyCall,
    },
};
use weir_devnode::chain::Call;

use super::stage::{Stage, stakers};
use crate::{model::exact::big, scene::transaction};

/// What stakers could claim, and the index, in the block to come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claims {
    pub earned: Vec<BigInt>,
    pub index: U256,
}

/// All that is checked after each operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    pub claims: Claims,
    pub supply: BigInt,
    pub reserve: BigInt,
    pub epoch_reward: BigInt,
    pub queued: BigInt,
    pub total_assets: BigInt,
    pub for_sale: BigInt,
    pub room: BigInt,
    /// The vault's balance of each token.
    pub held: Vec<BigInt>,
    /// Of each staker.
    pub shares: Vec<BigInt>,
    /// What they are worth.
    pub worth: Vec<BigInt>,
}

impl Claims {
    pub fn at(stage: &Stage, at: BlockId) -> Result<Self> {
        let vault = stage.vault.address();
        let earned = |staker| number(stage, at, vault, earnedCall { account: stage.address(staker) });
        Ok(Self {
            earned: stakers().map(earned).collect::<Result<_>>()?,
            index: view(stage, at, vault, rewardIndexCall {})?,
        })
    }
}

impl Reading {
    /// As of the latest block.
    pub fn latest(stage: &Stage) -> Result<Self> {
        let (at, vault) = (BlockId::latest(), stage.vault.address());
        let shares = |staker| number(stage, at, vault, balanceOfCall { account: stage.address(staker) });
        let worth = |staker| number(stage, at, vault, maxWithdrawCall { owner: stage.address(staker) });
        let held = |token| balance(stage, token, vault);
        Ok(Self {
            claims: Claims::at(stage, at)?,
            supply: number(stage, at, vault, totalSupplyCall {})?,
            reserve: number(stage, at, vault, reserveCall {})?,
            epoch_reward: number(stage, at, vault, epochRewardCall {})?,
            queued: number(stage, at, vault, queuedCall {})?,
            total_assets: number(stage, at, vault, totalAssetsCall {})?,
            for_sale: number(stage, at, vault, maxAmountOutCall {})?,
            room: number(stage, at, vault, maxDepositCall { receiver: stage.address(0) })?,
            held: (0..stage.tokens.len()).map(held).collect::<Result<_>>()?,
            shares: stakers().map(shares).collect::<Result<_>>()?,
            worth: stakers().map(worth).collect::<Result<_>>()?,
        })
    }
}

/// What an account has of a token, as of the latest block.
pub fn balance(stage: &Stage, token: usize, account: Address) -> Result<BigInt> {
    number(stage, BlockId::latest(), stage.token(token), tokensOfCall { account })
}

fn number<C: SolCall<Return = U256>>(stage: &Stage, at: BlockId, to: Address, call: C) -> Result<BigInt> {
    Ok(big(view(stage, at, to, call)?))
}

fn view<C: SolCall>(stage: &Stage, at: BlockId, to: Address, call: C) -> Result<C::Return> {
    let request = transaction(to, call.abi_encode());
    let answer = stage.node()?.call(Call::new(request, at)).with_context(|| C::SIGNATURE)?;
    Ok(C::abi_decode_returns(&answer)?)
}
