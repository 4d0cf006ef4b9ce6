//! Synthetix's StakingRewards: pays rewards at a constant rate over seven days, which stakers claim.

use alloy::{primitives::Address, rpc::types::TransactionRequest, sol};
use anyhow::Result;
use weir_client::Account;

use super::{Tokens, act_all, create, gift};
use crate::{
    stage::{Stage, call, tokens},
    staking::{HOUR, REWARDS, Staking},
};

sol! {
    interface IStakingRewards {
        function stake(uint256 amount) external;
        function withdraw(uint256 amount) external;
        function getReward() external;
        function exit() external;
        function notifyRewardAmount(uint256 reward) external;
        function setRewardsDistribution(address rewardsDistribution) external;
    }
}

pub struct StakingRewards {
    address: Address,
    tokens: Tokens,
}

impl StakingRewards {
    pub async fn new(stage: &Stage, tokens: Tokens) -> Result<Self> {
        let owner = stage.chain.payer().address();
        let arguments = (owner, owner, tokens.reward, tokens.asset);
        Ok(Self { address: create(stage, "SynthetixStakingRewards", arguments).await?, tokens })
    }
}

impl Staking for StakingRewards {
    fn address(&self) -> Address {
        self.address
    }

    async fn begin(&self, stage: &Stage, funder: &Account, start: u64) -> Result<u64> {
        let appoint = IStakingRewards::setRewardsDistributionCall { rewardsDistribution: funder.address() };
        stage.chain.payer().send(call(self.address, appoint)).await?;
        act_all(stage, start + HOUR, funder, self.fund()).await?;
        Ok(start + HOUR)
    }

    fn deposit(&self, _: Address, amount: u128) -> TransactionRequest {
        call(self.address, IStakingRewards::stakeCall { amount: tokens(amount) })
    }

    fn withdraw(&self, _: Address, amount: u128) -> TransactionRequest {
        call(self.address, IStakingRewards::withdrawCall { amount: tokens(amount) })
    }

    async fn leave(&self, who: Address, amount: u128) -> Result<TransactionRequest> {
        Ok(self.withdraw(who, amount))
    }

    fn claim(&self, _: Address) -> Option<TransactionRequest> {
        Some(call(self.address, IStakingRewards::getRewardCall {}))
    }

    fn leave_with_claim(&self, _: Address, _: u128) -> Option<TransactionRequest> {
        Some(call(self.address, IStakingRewards::exitCall {}))
    }

    fn fund(&self) -> Vec<TransactionRequest> {
        let announce = IStakingRewards::notifyRewardAmountCall { reward: tokens(REWARDS) };
        vec![gift(self.tokens.reward, self.address), call(self.address, announce)]
    }
}
