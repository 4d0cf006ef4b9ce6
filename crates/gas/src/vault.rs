//! The vault's operations, on the timeline on which its peers were measured: three stakers, half-way through a period that
//! pays 1 000 tokens, with as much queued for the next.

use alloy::{
    primitives::{Address, U256},
    sol_types::SolValue,
};
use anyhow::Result;
use weir_bindings::IVault::{self, IVaultInstance};
use weir_harness::{Account, Vault, VaultSettings};

use crate::stage::{Measured, Stage, tokens};

const HOUR: u64 = 3_600;
/// Length of an epoch, in seconds: a week, as the peers' periods.
const EPOCH: u64 = 7 * 24 * HOUR;
/// Target period of the auction, in seconds: six hours, as the original's was when it was measured.
const PERIOD: u64 = 6 * HOUR;
/// Price of the lot after one target period, in tokens.
const PRICE: u128 = 10;

/// A vault in the middle of its life, with everyone who acts on it.
struct Scene {
    stage: Stage,
    vault: IVaultInstance<alloy::providers::DynProvider>,
    start: u64,
    yield_token: Address,
    reward: Address,
    staker: Account,
    funder: Account,
}

/// Measures all operations.
pub async fn operations(treat_all_as_cached: bool) -> Result<Vec<Measured>> {
    let mut scene = Scene::new(treat_all_as_cached).await?;
    scene.staking().await?;
    scene.leaving().await?;
    scene.sales().await?;
    scene.shares().await?;
    scene.next_epoch().await?;
    Ok(scene.stage.measured)
}

impl Scene {
    async fn new(treat_all_as_cached: bool) -> Result<Self> {
        let stage = Stage::new(treat_all_as_cached).await?;
        let (asset, reward, yield_token) = (stage.token().await?, stage.token().await?, stage.token().await?);
        let settings = VaultSettings {
            asset,
            reward,
            yieldToken: yield_token,
            epochLength: EPOCH as u32,
            targetAuctionPeriod: PERIOD as u32,
            targetAuctionPrice: tokens(PRICE),
            smoothingFactor: 0,
            name: "Weir Plain Token".into(),
            symbol: "wPLAIN".into(),
            owner: Address::ZERO,
        };
        let vault = Vault::deploy(&stage.chain, &settings).await?;
        let (address, start) = (vault.address(), vault.lastAuctionAt().call().await?);
        let vault = IVault::new(address, stage.provider());
        let known = [asset, reward];
        let staker = stage.account("A", &known, address).await?;
        let funder = stage.account("funder", &known, address).await?;
        let others = [
            stage.account("B", &known, address).await?,
            stage.account("C", &known, address).await?,
            stage.account("D", &known, address).await?,
        ];

        for other in &others {
            stage.chain.act(start + HOUR, other, vault.deposit(tokens(100), other.address())).await?;
        }
        stage.chain.act(start + HOUR, &funder, vault.fund(tokens(1_000))).await?;
        stage.chain.act(start + EPOCH, &funder, vault.fund(tokens(1_000))).await?;
        let [second, third, _] = &others;
        let quarter = start + EPOCH + EPOCH / 4;
        stage.chain.act(quarter, second, vault.deposit(tokens(1), second.address())).await?;
        stage.chain.act(quarter, third, vault.claim(third.address())).await?;
        Ok(Self { stage, vault, start, yield_token, reward, staker, funder })
    }

    /// Half-way through the epoch, in seconds.
    fn half(&self) -> u64 {
        self.start + EPOCH + EPOCH / 2
    }

    async fn staking(&mut self) -> Result<()> {
        let (vault, who, half) = (self.vault.clone(), self.staker.address(), self.half());
        let (stage, staker, program) = (&mut self.stage, &self.staker, *vault.address());
        let deposit = |amount| vault.deposit(tokens(amount), who);
        stage.measure("first deposit", half, staker, program, deposit(100)).await?;
        stage.measure("top-up", half + HOUR, staker, program, deposit(50)).await?;
        let withdraw = vault.withdraw(tokens(25), who, who);
        stage.measure("partial withdrawal", half + 2 * HOUR, staker, program, withdraw).await
    }

    async fn leaving(&mut self) -> Result<()> {
        let (vault, who, half) = (self.vault.clone(), self.staker.address(), self.half());
        let (redeem, exit) = (vault.redeem(tokens(125), who, who), vault.exit(who));
        let (stage, staker, program) = (&mut self.stage, &self.staker, *vault.address());
        let before = stage.snapshot().await?;
        stage.measure("full exit before any claim", half + 3 * HOUR, staker, program, redeem.clone()).await?;
        let staker = &stage.back(&before, staker).await?;
        let before = stage.snapshot().await?;
        stage
            .measure("exit with claim before any claim", half + 3 * HOUR, staker, program, exit.clone())
            .await?;
        let staker = &stage.back(&before, staker).await?;

        stage.measure("claim", half + 3 * HOUR, staker, program, vault.claim(who)).await?;
        stage.measure("claim again", half + 4 * HOUR, staker, program, vault.claim(who)).await?;
        stage.measure("fund", half + 5 * HOUR, &self.funder, program, vault.fund(tokens(1_000))).await?;

        let before = stage.snapshot().await?;
        stage.measure("full exit", half + 6 * HOUR, staker, program, redeem).await?;
        let staker = &stage.back(&before, staker).await?;
        stage.measure("exit with claim", half + 6 * HOUR, staker, program, exit).await
    }

    async fn sales(&mut self) -> Result<()> {
        let (vault, yield_token, reward) = (self.vault.clone(), self.yield_token, self.reward);
        let (stage, program) = (&mut self.stage, *vault.address());
        let buyer = stage.account("buyer", &[reward, yield_token], program).await?;
        let flash_buyer =
            stage.chain.create_solidity("FlashReceiver", &(reward, program).abi_encode()).await?;
        for holder in [program, flash_buyer] {
            stage.give(yield_token, holder).await?;
        }
        stage.give(reward, flash_buyer).await?;

        // Still in the epoch that all this happens in, and each one target period after the sale before.
        let mut time = self.start + EPOCH + EPOCH / 2 + 7 * HOUR;
        let buy = |receiver, data: &'static [u8]| {
            vault.swapExactAmountOut(receiver, tokens(100), U256::MAX, data.into())
        };
        stage.chain.act(time, &buyer, buy(buyer.address(), &[])).await?;
        time += PERIOD;
        stage.measure("sale to a wallet", time, &buyer, program, buy(buyer.address(), &[])).await?;
        time += PERIOD;
        stage.measure("sale by flash swap", time, &buyer, program, buy(flash_buyer, &[1])).await
    }

    /// The shares as a token.
    async fn shares(&mut self) -> Result<()> {
        let vault = self.vault.clone();
        let time = self.start + EPOCH + EPOCH / 2 + 30 * HOUR;
        let (stage, program) = (&mut self.stage, *vault.address());
        let (holder, other) =
            (stage.account("holder", &[], program).await?, stage.account("other", &[], program).await?);
        stage.chain.act(time, &self.funder, vault.deposit(tokens(10), holder.address())).await?;
        let send = vault.transfer(other.address(), tokens(1));
        stage
            .measure("transfer of shares to a new holder", time + HOUR, &holder, program, send.clone())
            .await?;
        stage.measure("transfer of shares", time + 2 * HOUR, &holder, program, send).await?;
        let approve = vault.approve(other.address(), U256::MAX);
        stage.measure("approval of shares", time + 2 * HOUR, &holder, program, approve).await?;
        let pull = vault.transferFrom(holder.address(), other.address(), tokens(1));
        stage.measure("transfer of shares by allowance", time + 3 * HOUR, &other, program, pull).await?;
        Ok(())
    }

    /// The first call in a new epoch, which rolls the queue on.
    async fn next_epoch(&mut self) -> Result<()> {
        let (vault, next) = (self.vault.clone(), self.start + 2 * EPOCH + HOUR);
        let (stage, funder, program) = (&mut self.stage, &self.funder, *vault.address());
        let before = stage.snapshot().await?;
        let fund = vault.fund(tokens(1));
        stage.measure("fund, first in an epoch", next, funder, program, fund).await?;
        let funder = &stage.back(&before, funder).await?;
        let deposit = vault.deposit(tokens(1), funder.address());
        stage.measure("deposit, first in an epoch", next, funder, program, deposit).await
    }
}
