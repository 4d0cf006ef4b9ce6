//! Sushi's MasterChefV2 and MiniChefV2: several pools share a reward rate, per block of the parent chain or per second.
//! Their rewards are transferred in advance, so they have no funding operation.

use alloy::{
    primitives::{Address, U256},
    rpc::types::TransactionRequest,
    sol,
};
use anyhow::Result;
use weir_client::Account;

use super::{Tokens, create};
use crate::{
    stage::{Stage, TOKEN, call, tokens},
    staking::{HOUR, PERIOD, REWARDS, Staking},
};

sol! {
    interface IMasterChef {
        function add(uint256 allocPoint, address lpToken, bool withUpdate) external;
    }

    interface IChef {
        function add(uint256 allocPoint, address lpToken, address rewarder) external;
        function setSushiPerSecond(uint256 sushiPerSecond) external;
        function deposit(uint256 pid, uint256 amount, address to) external;
        function withdraw(uint256 pid, uint256 amount, address to) external;
        function harvest(uint256 pid, address to) external;
        function withdrawAndHarvest(uint256 pid, uint256 amount, address to) external;
    }
}

/// The measured pool: the first of two with equal rewards.
const POOL: U256 = U256::ZERO;
const POOLS: u128 = 2;
/// Rewards of MasterChef per block, for all pools, which MasterChefV2 hard-codes: 100 tokens of 18 decimals.
const PER_BLOCK: u128 = 100 * TOKEN;
/// Seconds between blocks of the parent chain.
const BLOCK: u64 = 12;

pub struct Chef {
    address: Address,
    reward: Address,
}

/// MasterChefV2, with the MasterChef that it takes its share of the rewards from.
pub async fn master_chef(stage: &Stage, both: Tokens) -> Result<Chef> {
    let payer = stage.chain.payer();
    let arguments = (both.reward, payer.address(), U256::from(PER_BLOCK), U256::ZERO, U256::ZERO);
    let first = create(stage, "MasterChef", arguments).await?;
    let wanted = POOLS * REWARDS * TOKEN / u128::from(PERIOD / BLOCK);
    let dummy = stage.token().await?;
    for (points, token) in [(1, dummy), (PER_BLOCK / wanted - 1, both.asset)] {
        let add = IMasterChef::addCall { allocPoint: U256::from(points), lpToken: token, withUpdate: false };
        payer.send(call(first, add)).await?;
    }
    let address = create(stage, "MasterChefV2", (first, both.reward, U256::ZERO)).await?;
    Chef::open(stage, address, both).await
}

/// MiniChefV2, which Sushi uses on chains other than Ethereum.
pub async fn mini_chef(stage: &Stage, both: Tokens) -> Result<Chef> {
    let address = create(stage, "MiniChefV2", both.reward).await?;
    let rate = POOLS * REWARDS * TOKEN / u128::from(PERIOD);
    let set = IChef::setSushiPerSecondCall { sushiPerSecond: U256::from(rate) };
    stage.chain.payer().send(call(address, set)).await?;
    Chef::open(stage, address, both).await
}

impl Chef {
    /// Adds the pools.
    async fn open(stage: &Stage, address: Address, both: Tokens) -> Result<Self> {
        for token in [both.asset, stage.token().await?] {
            let add = IChef::addCall { allocPoint: U256::from(1), lpToken: token, rewarder: Address::ZERO };
            stage.chain.payer().send(call(address, add)).await?;
        }
        Ok(Self { address, reward: both.reward })
    }
}

impl Staking for Chef {
    fn address(&self) -> Address {
        self.address
    }

    async fn begin(&self, stage: &Stage, _: &Account, start: u64) -> Result<u64> {
        stage.give(self.reward, self.address).await?;
        Ok(start + HOUR)
    }

    fn deposit(&self, who: Address, amount: u128) -> TransactionRequest {
        call(self.address, IChef::depositCall { pid: POOL, amount: tokens(amount), to: who })
    }

    fn withdraw(&self, who: Address, amount: u128) -> TransactionRequest {
        call(self.address, IChef::withdrawCall { pid: POOL, amount: tokens(amount), to: who })
    }

    async fn leave(&self, who: Address, amount: u128) -> Result<TransactionRequest> {
        Ok(self.withdraw(who, amount))
    }

    fn claim(&self, who: Address) -> Option<TransactionRequest> {
        Some(call(self.address, IChef::harvestCall { pid: POOL, to: who }))
    }

    fn leave_with_claim(&self, who: Address, amount: u128) -> Option<TransactionRequest> {
        let leave = IChef::withdrawAndHarvestCall { pid: POOL, amount: tokens(amount), to: who };
        Some(call(self.address, leave))
    }

    fn fund(&self) -> Vec<TransactionRequest> {
        Vec::new()
    }
}
