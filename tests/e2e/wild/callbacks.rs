//! Tests of tokens that call back during transfers (ERC-777): guarded functions revert. The token's transfer reverts
//! with them, or nothing changes if the token swallows the error.

use alloy::{
    primitives::{Address, B256, Bytes, U256},
    rpc::types::TransactionRequest,
    sol_types::SolError,
};
use anyhow::{Context, Result, ensure};
use libtest_mimic::Trial;
use weir_bindings::IEntry;
use weir_client::{Account, Action};

use super::token::{IPhantomToken, Role, WildToken, phantom_vault, wild_vault};
use crate::{
    evm::{Puppet, Script},
    intruder::{self, arm, attempts, guarded_calls, reentrant_views},
    reverts::{call_reverts, reverts},
    scene::{EPOCH, FIRST_PRICE, Scene, u},
    trial::with_time_control,
};

/// Stake of the staker, and its balance. A power of two, so that shares of rewards are exact.
const STAKE: u128 = 64;
/// The funder's balance of the reward, without what it needs for purchases.
const FUNDS: u128 = 1_000;
/// Yield for sale.
const YIELD: u128 = 500;
/// The intruder's balance of the reward.
const LOOT: u128 = 70;

pub fn trials() -> Vec<Trial> {
    vec![
        with_time_control(an_asset_cannot_reenter_any_guarded_function),
        with_time_control(a_reward_cannot_reenter_any_guarded_function),
        with_time_control(a_yield_token_cannot_reenter_any_guarded_function),
        with_time_control(a_token_with_two_roles_cannot_reenter_any_guarded_function),
        with_time_control(a_token_sold_by_a_standalone_pair_cannot_reenter_any_guarded_function),
        with_time_control(reentrant_views_can_be_called_during_a_transfer),
        with_time_control(an_asset_that_swallows_the_reentrancy_error_changes_nothing),
        with_time_control(a_reward_that_swallows_the_reentrancy_error_changes_nothing),
        with_time_control(a_yield_token_that_swallows_the_reentrancy_error_changes_nothing),
        with_time_control(an_asset_that_reenters_from_permit_changes_nothing),
    ]
}

/// A vault, a staker with a stake, rewards and assets, a funder with rewards, and yield for sale.
struct Setup {
    scene: Scene,
    wild: WildToken,
    staker: Account,
    funder: Account,
}

impl Setup {
    async fn new(role: Role) -> Result<Self> {
        Self::with(wild_vault(role).await?).await
    }

    async fn with((scene, wild): (Scene, WildToken)) -> Result<Self> {
        let staker = scene.staker("staker", 2 * STAKE).await?;
        let funder = scene.holder("funder", FUNDS + 24 * FIRST_PRICE).await?;
        scene.send_at(60, &staker, scene.vault.deposit(u(STAKE), staker.address())).await?;
        scene.fund(60, FUNDS).await?;
        scene.accrue(YIELD).await?;
        scene.advance_to(2 * EPOCH).await?;
        Ok(Self { scene, wild, staker, funder })
    }

    /// Calls that transfer the asset.
    fn asset_transfers(&self) -> Vec<(&Account, TransactionRequest)> {
        let (vault, who) = (&self.scene.vault, self.staker.address());
        let moves = [
            vault.deposit(u(1), who).into_request(),
            vault.withdraw(u(1), who, who).into_request(),
            vault.exit(who).into_request(),
        ];
        moves.into_iter().map(|action| (&self.staker, action)).collect()
    }

    /// Calls that transfer the reward.
    fn reward_transfers(&self) -> Vec<(&Account, TransactionRequest)> {
        let vault = &self.scene.vault;
        vec![
            (&self.staker, vault.claim(self.staker.address()).into_request()),
            (&self.funder, vault.fund(u(1)).into_request()),
            (&self.funder, self.purchase()),
        ]
    }

    /// The funder's purchase of all the yield.
    fn purchase(&self) -> TransactionRequest {
        let buyer = self.funder.address();
        self.scene.vault.swapExactAmountOut(buyer, u(YIELD), U256::MAX, Bytes::new()).into_request()
    }

    /// After each transfer the wild token calls `target`; if that fails, so does the transfer.
    async fn hook(&self, target: Address, data: Bytes) -> Result<()> {
        self.scene.send_as_payer(self.wild.setHook(target, data, true)).await
    }

    /// Checks that every guarded function reverts during each of these calls, and that the token passes the error on.
    async fn expect_reentrancy_error(&self, outer: Vec<(&Account, TransactionRequest)>) -> Result<()> {
        let reentrant = IEntry::ReentrantCall {}.abi_encode();
        for (name, call) in guarded_calls() {
            self.hook(self.scene.vault.address(), call).await?;
            for (account, action) in &outer {
                let tried = call_reverts(account, action.clone(), &reentrant).await;
                tried.with_context(|| format!("the token called {name}"))?;
            }
        }
        for (account, action) in outer {
            reverts(&self.scene, account, action, IEntry::ReentrantCall {}).await?;
        }
        Ok(())
    }

    /// Adds an intruder that the wild token calls after each transfer, and that tries everything.
    async fn add_intruder(&self) -> Result<Intruder<'_>> {
        let puppet = Puppet::create(&self.scene.chain).await?;
        arm(&self.scene, puppet, LOOT).await?;
        self.scene.watch(puppet.address);
        let friend = self.scene.person("friend").await?;
        let script: Script = attempts(&self.scene, puppet, friend.address());
        self.hook(puppet.address, script.bytes()).await?;
        Ok(Intruder { setup: self, puppet, friend })
    }
}

/// The contract that is called back, with stake, tokens and approvals.
struct Intruder<'a> {
    setup: &'a Setup,
    puppet: Puppet,
    friend: Account,
}

impl Intruder<'_> {
    /// Sends the action, and checks that the intruder was called and gained nothing.
    async fn watch(&self, account: &Account, action: impl Action) -> Result<()> {
        let Setup { scene, wild, .. } = self.setup;
        // Setting the hook clears the last call.
        let script = attempts(scene, self.puppet, self.friend.address()).bytes();
        self.setup.hook(self.puppet.address, script).await?;
        account.send(action).await?;
        let last_call = wild.lastHook().call().await?;
        ensure!(last_call.called && last_call.success, "the intruder was not called");
        self.expect_nothing().await
    }

    /// Checks that the intruder has what it had, and its friend nothing.
    async fn expect_nothing(&self) -> Result<()> {
        let (scene, who, friend) = (&self.setup.scene, self.puppet.address, self.friend.address());
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

async fn an_asset_cannot_reenter_any_guarded_function() -> Result<()> {
    let setup = Setup::new(Role::Asset).await?;
    setup.expect_reentrancy_error(setup.asset_transfers()).await
}

async fn a_reward_cannot_reenter_any_guarded_function() -> Result<()> {
    let setup = Setup::new(Role::Reward).await?;
    setup.expect_reentrancy_error(setup.reward_transfers()).await
}

async fn a_yield_token_cannot_reenter_any_guarded_function() -> Result<()> {
    let setup = Setup::new(Role::Yield).await?;
    setup.expect_reentrancy_error(vec![(&setup.funder, setup.purchase())]).await
}

async fn a_token_with_two_roles_cannot_reenter_any_guarded_function() -> Result<()> {
    let staked_and_earned = Setup::new(Role::AssetAndReward).await?;
    let moves = [staked_and_earned.asset_transfers(), staked_and_earned.reward_transfers()].concat();
    staked_and_earned.expect_reentrancy_error(moves).await?;
    let staked_and_sold = Setup::new(Role::AssetAndYield).await?;
    let purchase = vec![(&staked_and_sold.funder, staked_and_sold.purchase())];
    staked_and_sold.expect_reentrancy_error([staked_and_sold.asset_transfers(), purchase].concat()).await
}

async fn a_token_sold_by_a_standalone_pair_cannot_reenter_any_guarded_function() -> Result<()> {
    let setup = Setup::new(Role::Asset).await?;
    let (scene, asset) = (&setup.scene, *setup.wild.address());
    let pair = Puppet::create(&scene.chain).await?;
    scene.send_as_payer(scene.vault.setLiquidationPair(asset, pair.address)).await?;
    scene.asset.mint(&scene.chain, scene.vault.address(), u(5)).await?;
    let who = setup.staker.address();
    let sale = Script::new().call(scene.vault.transferTokensOut(who, who, asset, u(5)));
    setup.expect_reentrancy_error(vec![(&setup.staker, pair.run(sale))]).await
}

async fn reentrant_views_can_be_called_during_a_transfer() -> Result<()> {
    let setup = Setup::new(Role::Asset).await?;
    for view in reentrant_views() {
        setup.hook(setup.scene.vault.address(), view).await?;
        setup.staker.send(setup.scene.vault.deposit(u(1), setup.staker.address())).await?;
        let last_call = setup.wild.lastHook().call().await?;
        assert!(last_call.called && last_call.success && !last_call.result.is_empty());
    }
    Ok(())
}

async fn an_asset_that_swallows_the_reentrancy_error_changes_nothing() -> Result<()> {
    let setup = Setup::new(Role::Asset).await?;
    let intruder = setup.add_intruder().await?;
    let (vault, staker, who) = (&setup.scene.vault, &setup.staker, setup.staker.address());
    intruder.watch(staker, vault.deposit(u(30), who)).await?;
    intruder.watch(staker, vault.mint(u(20), who)).await?;
    assert_eq!(setup.scene.shares(staker).await?, u(STAKE + 50));
    intruder.watch(staker, vault.withdraw(u(10), who, who)).await?;
    intruder.watch(staker, vault.redeem(u(4), who, who)).await?;
    assert_eq!(setup.scene.shares(staker).await?, u(STAKE + 36));
    intruder.watch(staker, vault.exit(who)).await?;
    assert_eq!(setup.scene.asset.balance(who).await?, u(2 * STAKE));
    assert_eq!(vault.totalSupply().call().await?, u(intruder::STAKE));
    assert_eq!(setup.scene.asset.balance(vault.address()).await?, u(intruder::STAKE));
    Ok(())
}

async fn a_reward_that_swallows_the_reentrancy_error_changes_nothing() -> Result<()> {
    let setup = Setup::new(Role::Reward).await?;
    let intruder = setup.add_intruder().await?;
    let (scene, vault, staker) = (&setup.scene, &setup.scene.vault, &setup.staker);
    intruder.watch(staker, vault.claim(staker.address())).await?;
    assert_eq!(scene.reward.balance(staker.address()).await?, u(FUNDS));
    assert_eq!(vault.reserve().call().await?, u(0));
    intruder.watch(&setup.funder, vault.fund(u(9))).await?;
    assert_eq!(vault.reserve().call().await?, u(9));
    intruder.watch(&setup.funder, setup.purchase()).await?;
    assert_eq!(vault.reserve().call().await? - u(9), U256::from(vault.lastAuctionPrice().call().await?));
    assert_eq!(scene.reward.balance(vault.address()).await?, vault.reserve().call().await?);
    Ok(())
}

async fn a_yield_token_that_swallows_the_reentrancy_error_changes_nothing() -> Result<()> {
    let setup = Setup::new(Role::Yield).await?;
    let intruder = setup.add_intruder().await?;
    intruder.watch(&setup.funder, setup.purchase()).await?;
    assert_eq!(setup.scene.yield_token.balance(setup.funder.address()).await?, u(YIELD));
    assert_eq!(setup.scene.yield_token.balance(setup.scene.vault.address()).await?, u(0));
    Ok(())
}

async fn an_asset_that_reenters_from_permit_changes_nothing() -> Result<()> {
    let setup = Setup::with(phantom_vault().await?).await?;
    let intruder = setup.add_intruder().await?;
    let (vault, who) = (&setup.scene.vault, setup.staker.address());
    let nothing = B256::ZERO;
    intruder
        .watch(&setup.staker, vault.depositWithPermit(u(30), who, U256::MAX, 27, nothing, nothing))
        .await?;
    let phantom = IPhantomToken::new(*setup.wild.address(), setup.scene.chain.provider());
    assert_eq!(phantom.unknownCalls().call().await?, u(1), "the permit was not tried");
    assert_eq!(setup.scene.shares(&setup.staker).await?, u(STAKE + 30));
    assert_eq!(setup.scene.asset.balance(vault.address()).await?, u(STAKE + 30 + intruder::STAKE));
    Ok(())
}
