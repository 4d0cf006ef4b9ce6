//! Tokens that call back while they are moved (ERC-777): the vault is shut from the inside. A token that insists has
//! its own transfer refused; one that does not has done nothing.

use alloy::{
    primitives::{Address, B256, Bytes, U256},
    rpc::types::TransactionRequest,
    sol_types::SolError,
};
use anyhow::{Context, Result, ensure};
use libtest_mimic::Trial;
use weir_bindings::IEntry;
use weir_harness::{Account, Action};

use super::token::{IPhantomToken, Role, Wild, phantom_vault, wild_vault};
use crate::{
    evm::{Puppet, Script},
    intruder::{self, arm, attempts, entries, fixed_views},
    refusal::{expect_revert, refused},
    scene::{EPOCH, FIRST_PRICE, Scene, u},
    trial::with_time_control,
};

/// What the staker has staked, and has besides. A power of two: shares of rewards are exact.
const STAKE: u128 = 64;
/// What the funder has of the reward, besides a price.
const FUNDS: u128 = 1_000;
/// Yield for sale.
const YIELD: u128 = 500;
/// What the intruder has of the reward.
const LOOT: u128 = 70;

pub fn trials() -> Vec<Trial> {
    vec![
        with_time_control(every_entry_is_shut_to_an_asset_that_calls_back),
        with_time_control(every_entry_is_shut_to_a_reward_that_calls_back),
        with_time_control(every_entry_is_shut_to_a_yield_token_that_calls_back),
        with_time_control(every_entry_is_shut_to_a_token_of_two_parts_that_calls_back),
        with_time_control(every_entry_is_shut_to_a_token_that_a_standalone_pair_sells),
        with_time_control(what_never_changes_can_be_asked_while_a_token_moves),
        with_time_control(an_asset_that_calls_back_and_swallows_the_refusal_has_done_nothing),
        with_time_control(a_reward_that_calls_back_and_swallows_the_refusal_has_done_nothing),
        with_time_control(a_yield_token_that_calls_back_and_swallows_the_refusal_has_done_nothing),
        with_time_control(an_asset_whose_permit_calls_back_has_done_nothing),
    ]
}

/// A vault, a staker with a stake, rewards and assets, a funder with rewards, and yield for sale at the first price.
struct Stage {
    scene: Scene,
    wild: Wild,
    staker: Account,
    funder: Account,
}

impl Stage {
    async fn new(role: Role) -> Result<Self> {
        Self::set(wild_vault(role).await?).await
    }

    async fn set((scene, wild): (Scene, Wild)) -> Result<Self> {
        let staker = scene.staker("staker", 2 * STAKE).await?;
        let funder = scene.holder("funder", FUNDS + 24 * FIRST_PRICE).await?;
        scene.act(60, &staker, scene.vault.deposit(u(STAKE), staker.address())).await?;
        scene.fund(60, FUNDS).await?;
        scene.accrue(YIELD).await?;
        scene.look_at(2 * EPOCH).await?;
        Ok(Self { scene, wild, staker, funder })
    }

    /// What moves the asset.
    fn stake_moves(&self) -> Vec<(&Account, TransactionRequest)> {
        let (vault, who) = (&self.scene.vault, self.staker.address());
        let moves = [
            vault.deposit(u(1), who).into_request(),
            vault.withdraw(u(1), who, who).into_request(),
            vault.exit(who).into_request(),
        ];
        moves.into_iter().map(|action| (&self.staker, action)).collect()
    }

    /// What moves the reward.
    fn reward_moves(&self) -> Vec<(&Account, TransactionRequest)> {
        let vault = &self.scene.vault;
        vec![
            (&self.staker, vault.claim(self.staker.address()).into_request()),
            (&self.funder, vault.fund(u(1)).into_request()),
            (&self.funder, self.purchase()),
        ]
    }

    /// The funder buys all the yield.
    fn purchase(&self) -> TransactionRequest {
        let buyer = self.funder.address();
        self.scene.vault.swapExactAmountOut(buyer, u(YIELD), U256::MAX, Bytes::new()).into_request()
    }

    /// After each transfer of the wild token, `target` is called; its failure is the transfer's.
    async fn hook(&self, target: Address, data: Bytes) -> Result<()> {
        self.scene.arrange(self.wild.setHook(target, data, true)).await
    }

    /// Each entry, called from within each of these, is refused, and the token passes it on.
    async fn expect_shut(&self, outer: Vec<(&Account, TransactionRequest)>) -> Result<()> {
        let reentrant = IEntry::ReentrantCall {}.abi_encode();
        for (name, call) in entries() {
            self.hook(self.scene.vault.address(), call).await?;
            for (account, action) in &outer {
                let tried = expect_revert(account, action.clone(), &reentrant).await;
                tried.with_context(|| format!("{name} was called by the token"))?;
            }
        }
        for (account, action) in outer {
            refused(&self.scene, account, action, IEntry::ReentrantCall {}).await?;
        }
        Ok(())
    }

    /// An intruder that is called after each transfer of the wild token, and tries everything.
    async fn let_in(&self) -> Result<Intruder<'_>> {
        let puppet = Puppet::create(&self.scene.chain).await?;
        arm(&self.scene, puppet, LOOT).await?;
        self.scene.watch(puppet.address);
        let friend = self.scene.person("friend").await?;
        let script: Script = attempts(&self.scene, puppet, friend.address());
        self.hook(puppet.address, script.bytes()).await?;
        Ok(Intruder { stage: self, puppet, friend })
    }
}

/// Who is called back, with all it needs to rob the vault but an open door.
struct Intruder<'a> {
    stage: &'a Stage,
    puppet: Puppet,
    friend: Account,
}

impl Intruder<'_> {
    /// Does this, and makes sure that the intruder was called and nothing came of it.
    async fn watch(&self, account: &Account, action: impl Action) -> Result<()> {
        let Stage { scene, wild, .. } = self.stage;
        // Forgets the call before.
        let script = attempts(scene, self.puppet, self.friend.address()).bytes();
        self.stage.hook(self.puppet.address, script).await?;
        account.send(action).await?;
        let told = wild.lastHook().call().await?;
        ensure!(told.called && told.success, "the intruder was not called");
        self.expect_nothing().await
    }

    /// It has what it had, and its friend has nothing.
    async fn expect_nothing(&self) -> Result<()> {
        let (scene, who, friend) = (&self.stage.scene, self.puppet.address, self.friend.address());
        assert_eq!(scene.vault.balanceOf(who).call().await?, u(intruder::STAKE), "shares");
        assert_eq!(scene.asset.balance(who).await?, u(intruder::STAKE), "assets");
        assert_eq!(scene.reward.balance(who).await?, u(LOOT), "rewards");
        assert_eq!(scene.yield_token.balance(who).await?, u(0), "yield");
        assert_eq!(scene.vault.balanceOf(friend).call().await?, u(0));
        assert_eq!(scene.asset.balance(friend).await?, u(0));
        assert_eq!(scene.vault.allowance(who, friend).call().await?, u(0));
        Ok(())
    }
}

async fn every_entry_is_shut_to_an_asset_that_calls_back() -> Result<()> {
    let stage = Stage::new(Role::Asset).await?;
    stage.expect_shut(stage.stake_moves()).await
}

async fn every_entry_is_shut_to_a_reward_that_calls_back() -> Result<()> {
    let stage = Stage::new(Role::Reward).await?;
    stage.expect_shut(stage.reward_moves()).await
}

async fn every_entry_is_shut_to_a_yield_token_that_calls_back() -> Result<()> {
    let stage = Stage::new(Role::Yield).await?;
    stage.expect_shut(vec![(&stage.funder, stage.purchase())]).await
}

async fn every_entry_is_shut_to_a_token_of_two_parts_that_calls_back() -> Result<()> {
    let staked_and_earned = Stage::new(Role::AssetAndReward).await?;
    let moves = [staked_and_earned.stake_moves(), staked_and_earned.reward_moves()].concat();
    staked_and_earned.expect_shut(moves).await?;
    let staked_and_sold = Stage::new(Role::AssetAndYield).await?;
    let purchase = vec![(&staked_and_sold.funder, staked_and_sold.purchase())];
    staked_and_sold.expect_shut([staked_and_sold.stake_moves(), purchase].concat()).await
}

async fn every_entry_is_shut_to_a_token_that_a_standalone_pair_sells() -> Result<()> {
    let stage = Stage::new(Role::Asset).await?;
    let (scene, asset) = (&stage.scene, *stage.wild.address());
    let pair = Puppet::create(&scene.chain).await?;
    scene.arrange(scene.vault.setLiquidationPair(asset, pair.address)).await?;
    scene.asset.mint(&scene.chain, scene.vault.address(), u(5)).await?;
    let who = stage.staker.address();
    let sale = Script::new().call(scene.vault.transferTokensOut(who, who, asset, u(5)));
    stage.expect_shut(vec![(&stage.staker, pair.run(sale))]).await
}

async fn what_never_changes_can_be_asked_while_a_token_moves() -> Result<()> {
    let stage = Stage::new(Role::Asset).await?;
    for view in fixed_views() {
        stage.hook(stage.scene.vault.address(), view).await?;
        stage.staker.send(stage.scene.vault.deposit(u(1), stage.staker.address())).await?;
        let told = stage.wild.lastHook().call().await?;
        assert!(told.called && told.success && !told.result.is_empty());
    }
    Ok(())
}

async fn an_asset_that_calls_back_and_swallows_the_refusal_has_done_nothing() -> Result<()> {
    let stage = Stage::new(Role::Asset).await?;
    let intruder = stage.let_in().await?;
    let (vault, staker, who) = (&stage.scene.vault, &stage.staker, stage.staker.address());
    intruder.watch(staker, vault.deposit(u(30), who)).await?;
    intruder.watch(staker, vault.mint(u(20), who)).await?;
    assert_eq!(stage.scene.shares(staker).await?, u(STAKE + 50));
    intruder.watch(staker, vault.withdraw(u(10), who, who)).await?;
    intruder.watch(staker, vault.redeem(u(4), who, who)).await?;
    assert_eq!(stage.scene.shares(staker).await?, u(STAKE + 36));
    intruder.watch(staker, vault.exit(who)).await?;
    assert_eq!(stage.scene.asset.balance(who).await?, u(2 * STAKE));
    assert_eq!(vault.totalSupply().call().await?, u(intruder::STAKE));
    assert_eq!(stage.scene.asset.balance(vault.address()).await?, u(intruder::STAKE));
    Ok(())
}

async fn a_reward_that_calls_back_and_swallows_the_refusal_has_done_nothing() -> Result<()> {
    let stage = Stage::new(Role::Reward).await?;
    let intruder = stage.let_in().await?;
    let (scene, vault, staker) = (&stage.scene, &stage.scene.vault, &stage.staker);
    intruder.watch(staker, vault.claim(staker.address())).await?;
    assert_eq!(scene.reward.balance(staker.address()).await?, u(FUNDS));
    assert_eq!(vault.reserve().call().await?, u(0));
    intruder.watch(&stage.funder, vault.fund(u(9))).await?;
    assert_eq!(vault.reserve().call().await?, u(9));
    intruder.watch(&stage.funder, stage.purchase()).await?;
    assert_eq!(vault.reserve().call().await? - u(9), U256::from(vault.lastAuctionPrice().call().await?));
    assert_eq!(scene.reward.balance(vault.address()).await?, vault.reserve().call().await?);
    Ok(())
}

async fn a_yield_token_that_calls_back_and_swallows_the_refusal_has_done_nothing() -> Result<()> {
    let stage = Stage::new(Role::Yield).await?;
    let intruder = stage.let_in().await?;
    intruder.watch(&stage.funder, stage.purchase()).await?;
    assert_eq!(stage.scene.yield_token.balance(stage.funder.address()).await?, u(YIELD));
    assert_eq!(stage.scene.yield_token.balance(stage.scene.vault.address()).await?, u(0));
    Ok(())
}

async fn an_asset_whose_permit_calls_back_has_done_nothing() -> Result<()> {
    let stage = Stage::set(phantom_vault().await?).await?;
    let intruder = stage.let_in().await?;
    let (vault, who) = (&stage.scene.vault, stage.staker.address());
    let nothing = B256::ZERO;
    intruder
        .watch(&stage.staker, vault.depositWithPermit(u(30), who, U256::MAX, 27, nothing, nothing))
        .await?;
    let phantom = IPhantomToken::new(*stage.wild.address(), stage.scene.chain.provider());
    assert_eq!(phantom.unknownCalls().call().await?, u(1), "the permit was tried");
    assert_eq!(stage.scene.shares(&stage.staker).await?, u(STAKE + 30));
    assert_eq!(stage.scene.asset.balance(vault.address()).await?, u(STAKE + 30 + intruder::STAKE));
    Ok(())
}
