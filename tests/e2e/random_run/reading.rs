//! Reads the views of vault and tokens after an operation: calls of the compiled WASM, in process.
//! The checks compare these values with the model.

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

use super::setup::{Setup, stakers};
use crate::{model::exact::big, scene::transaction};

/// What stakers can claim, and the index, in some block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claims {
    pub earned: Vec<BigInt>,
    pub index: U256,
}

/// What the vault answers those who leave, whether its programs can run or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leaving {
    pub earned: Vec<BigInt>,
    pub supply: BigInt,
    pub reserve: BigInt,
    pub total_assets: BigInt,
    /// Shares of each staker.
    pub shares: Vec<BigInt>,
    /// What those shares are worth.
    pub worth: Vec<BigInt>,
}

/// The state that is checked after each operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    pub claims: Claims,
    pub leaving: Leaving,
    pub epoch_reward: BigInt,
    pub queued: BigInt,
    pub for_sale: BigInt,
    pub room: BigInt,
    /// The vault's balance of each token.
    pub held: Vec<BigInt>,
}

impl Leaving {
    pub fn at(setup: &Setup, at: BlockId) -> Result<Self> {
        let vault = setup.vault.address();
        let shares = |staker| number(setup, at, vault, balanceOfCall { account: setup.address(staker) });
        let worth = |staker| number(setup, at, vault, maxWithdrawCall { owner: setup.address(staker) });
        Ok(Self {
            earned: earned(setup, at)?,
            supply: number(setup, at, vault, totalSupplyCall {})?,
            reserve: number(setup, at, vault, reserveCall {})?,
            total_assets: number(setup, at, vault, totalAssetsCall {})?,
            shares: stakers().map(shares).collect::<Result<_>>()?,
            worth: stakers().map(worth).collect::<Result<_>>()?,
        })
    }
}

/// What each staker can claim.
fn earned(setup: &Setup, at: BlockId) -> Result<Vec<BigInt>> {
    let vault = setup.vault.address();
    stakers().map(|staker| number(setup, at, vault, earnedCall { account: setup.address(staker) })).collect()
}

impl Claims {
    pub fn at(setup: &Setup, at: BlockId) -> Result<Self> {
        let index = view(setup, at, setup.vault.address(), rewardIndexCall {})?;
        Ok(Self { earned: earned(setup, at)?, index })
    }
}

impl Reading {
    /// As of the latest block.
    pub fn latest(setup: &Setup) -> Result<Self> {
        let (at, vault) = (BlockId::latest(), setup.vault.address());
        let held = |token| balance(setup, token, vault);
        Ok(Self {
            claims: Claims::at(setup, at)?,
            leaving: Leaving::at(setup, at)?,
            epoch_reward: number(setup, at, vault, epochRewardCall {})?,
            queued: number(setup, at, vault, queuedCall {})?,
            for_sale: number(setup, at, vault, maxAmountOutCall {})?,
            room: number(setup, at, vault, maxDepositCall { receiver: setup.address(0) })?,
            held: (0..setup.tokens.len()).map(held).collect::<Result<_>>()?,
        })
    }
}

/// Balance of an account in a token, as of the latest block.
pub fn balance(setup: &Setup, token: usize, account: Address) -> Result<BigInt> {
    number(setup, BlockId::latest(), setup.token(token), tokensOfCall { account })
}

fn number<C: SolCall<Return = U256>>(setup: &Setup, at: BlockId, to: Address, call: C) -> Result<BigInt> {
    Ok(big(view(setup, at, to, call)?))
}

fn view<C: SolCall>(setup: &Setup, at: BlockId, to: Address, call: C) -> Result<C::Return> {
    let request = transaction(to, call.abi_encode());
    let answer = setup.node()?.call(Call::new(request, at)).with_context(|| C::SIGNATURE)?;
    Ok(C::abi_decode_returns(&answer)?)
}
