//! Assets that answer, refuse, block and take fees: what can be staked, and that what was staked can leave.

use alloy::{
    primitives::{Address, B256, Bytes, U256},
    rpc::types::TransactionRequest,
    sol_types::SolError,
};
use anyhow::{Context, Result};
use libtest_mimic::Trial;
use weir_bindings::{IERC20, IVault};
use weir_harness::{Account, Action};

use super::token::{
    Answer,
    IWildToken::{Blocked, Insufficient},
    Refusal, Role, Wild, wild_vault,
};
use crate::{
    logs::{log, logs},
    refusal::{refused, refused_with},
    scene::{EPOCH, Scene, u},
    trial::{on_any_chain, with_time_control},
};

/// What the staker has staked, and has besides.
const STAKE: u128 = 6_000;
const WALLET: u128 = 40_000;
/// What another staker has staked: all it has.
const OTHER_STAKE: u128 = 4_000;
const STAKED: u128 = STAKE + OTHER_STAKE;

pub fn trials() -> Vec<Trial> {
    vec![
        on_any_chain(an_asset_that_returns_nothing_is_staked_and_withdrawn_as_any_other),
        on_any_chain(an_asset_that_refuses_is_believed_and_nothing_moves_until_it_relents),
        with_time_control(while_the_asset_refuses_shares_move_and_rewards_are_paid),
        on_any_chain(a_blocked_staker_takes_the_principal_out_through_another_account),
        on_any_chain(a_fee_of_one_basis_point_keeps_deposits_out),
        on_any_chain(a_surplus_that_is_nobody_s_pays_the_fee_of_a_deposit),
        on_any_chain(a_fee_on_a_withdrawal_is_the_receiver_s_and_nobody_else_s),
        on_any_chain(a_fee_of_everything_takes_the_withdrawal_and_never_another_s_principal),
        on_any_chain(a_fee_is_not_paid_out_of_yield_or_reward),
        on_any_chain(more_than_an_asset_has_or_may_move_is_refused_in_its_own_words),
    ]
}

/// A vault with a wild asset and two stakers.
struct Staked {
    scene: Scene,
    wild: Wild,
    staker: Account,
    other: Account,
}

impl Staked {
    async fn new(role: Role) -> Result<Self> {
        let (scene, wild) = wild_vault(role).await?;
        let staker = scene.staker("staker", STAKE + WALLET).await?;
        let other = scene.staker("other", OTHER_STAKE).await?;
        for (account, stake) in [(&staker, STAKE), (&other, OTHER_STAKE)] {
            account.send(scene.vault.deposit(u(stake), account.address())).await?;
        }
        Ok(Self { scene, wild, staker, other })
    }

    /// All that moves the asset.
    fn moves(&self) -> [TransactionRequest; 6] {
        let (vault, who) = (&self.scene.vault, self.staker.address());
        [
            vault.deposit(u(1), who).into_request(),
            vault.mint(u(1), who).into_request(),
            vault.depositWithPermit(u(1), who, U256::MAX, 27, B256::ZERO, B256::ZERO).into_request(),
            vault.withdraw(u(1), who, who).into_request(),
            vault.redeem(u(1), who, who).into_request(),
            vault.exit(who).into_request(),
        ]
    }

    /// Everything that moves the asset is refused with this data, and nothing moves.
    async fn expect_standstill(&self, said: Bytes) -> Result<()> {
        for action in self.moves() {
            refused_with(&self.scene, &self.staker, action, said.clone()).await?;
        }
        Ok(())
    }

    /// Both take out all they have staked, to the unit.
    async fn expect_all_out(&self) -> Result<()> {
        for (account, total) in [(&self.staker, STAKE + WALLET), (&self.other, OTHER_STAKE)] {
            account.send(self.scene.vault.exit(account.address())).await?;
            assert_eq!(self.scene.asset.balance(account.address()).await?, u(total));
        }
        self.expect_vault(0, 0).await
    }

    /// So many shares there are, and so much of the asset in the vault.
    async fn expect_vault(&self, shares: u128, held: u128) -> Result<()> {
        assert_eq!(self.scene.vault.totalSupply().call().await?, u(shares), "shares");
        assert_eq!(self.scene.asset.balance(self.scene.vault.address()).await?, u(held), "held");
        Ok(())
    }
}

async fn an_asset_that_returns_nothing_is_staked_and_withdrawn_as_any_other() -> Result<()> {
    let staked = Staked::new(Role::Asset).await?;
    let Staked { scene, wild, staker, .. } = &staked;
    let (vault, asset, who) = (scene.vault.address(), *wild.address(), staker.address());
    scene.arrange(wild.setAnswer(Answer::Nothing)).await?;

    let receipt = staker.send(scene.vault.deposit(u(500), who)).await?;
    let paid = IERC20::Transfer { from: who, to: vault, value: u(500) };
    let minted = IVault::Transfer { from: Address::ZERO, to: who, value: u(500) };
    let deposit = IVault::Deposit { sender: who, owner: who, assets: u(500), shares: u(500) };
    assert_eq!(logs(&receipt), [log(asset, &paid), log(vault, &minted), log(vault, &deposit)]);

    let receipt = staker.send(scene.vault.withdraw(u(300), who, who)).await?;
    let paid = IERC20::Transfer { from: vault, to: who, value: u(300) };
    let burnt = IVault::Transfer { from: who, to: Address::ZERO, value: u(300) };
    let withdraw =
        IVault::Withdraw { sender: who, receiver: who, owner: who, assets: u(300), shares: u(300) };
    assert_eq!(logs(&receipt), [log(asset, &paid), log(vault, &burnt), log(vault, &withdraw)]);

    staker.send(scene.vault.mint(u(200), who)).await?;
    staker.send(scene.vault.redeem(u(100), who, who)).await?;
    assert_eq!(scene.shares(staker).await?, u(STAKE + 300));
    staked.expect_vault(STAKED + 300, STAKED + 300).await?;
    staked.expect_all_out().await
}

async fn an_asset_that_refuses_is_believed_and_nothing_moves_until_it_relents() -> Result<()> {
    for role in [Role::Asset, Role::AssetAndReward, Role::AssetAndYield] {
        let staked = Staked::new(role).await?;
        for Refusal { habit, begin, end, said } in staked.wild.refusals(staked.scene.vault.address()) {
            staked.scene.arrange(begin).await?;
            let told = || format!("{role:?} that {habit}");
            staked.expect_standstill(said).await.with_context(told)?;
            staked.scene.arrange(end).await?;
        }
        staked.expect_all_out().await?;
    }
    Ok(())
}

async fn while_the_asset_refuses_shares_move_and_rewards_are_paid() -> Result<()> {
    let Staked { scene, wild, staker, other } = Staked::new(Role::Asset).await?;
    let (vault, receiver) = (&scene.vault, scene.person("receiver").await?);
    scene.fund(60, 10_000).await?;
    scene.arrange(wild.setPaused(true, true)).await?;
    for (account, amount) in [(&staker, 6_000), (&other, 4_000)] {
        scene.act(2 * EPOCH, account, vault.claim(account.address())).await?;
        // Exact but for rounding: never more, and less by under one unit.
        let paid = scene.reward.balance(account.address()).await?;
        assert!(paid == u(amount) || paid == u(amount - 1), "{paid} of {amount}");
    }
    scene.act(2 * EPOCH, &other, vault.transfer(receiver.address(), u(OTHER_STAKE))).await?;
    assert_eq!(scene.shares(&receiver).await?, u(OTHER_STAKE));
    scene.arrange(wild.setPaused(false, false)).await?;
    receiver.send(vault.withdraw(u(OTHER_STAKE), receiver.address(), receiver.address())).await?;
    assert_eq!(scene.asset.balance(receiver.address()).await?, u(OTHER_STAKE));
    Ok(())
}

async fn a_blocked_staker_takes_the_principal_out_through_another_account() -> Result<()> {
    let staked = Staked::new(Role::Asset).await?;
    let Staked { scene, wild, staker, other } = &staked;
    let (vault, who, friend) = (&scene.vault, staker.address(), scene.person("friend").await?);
    scene.arrange(wild.setBlocked(who, true)).await?;
    staked.expect_standstill(Blocked { account: who }.abi_encode().into()).await?;

    staker.send(vault.withdraw(u(1_000), friend.address(), who)).await?;
    staker.send(vault.transfer(friend.address(), u(STAKE - 1_000))).await?;
    friend.send(vault.redeem(u(STAKE - 1_000), friend.address(), friend.address())).await?;
    assert_eq!(scene.asset.balance(friend.address()).await?, u(STAKE));
    // Nobody else is kept by it.
    other.send(vault.exit(other.address())).await?;
    assert_eq!(scene.asset.balance(other.address()).await?, u(OTHER_STAKE));
    staked.expect_vault(0, 0).await
}

async fn a_fee_of_one_basis_point_keeps_deposits_out() -> Result<()> {
    let staked = Staked::new(Role::Asset).await?;
    let Staked { scene, wild, staker, .. } = &staked;
    let (vault, who) = (&scene.vault, staker.address());
    scene.arrange(wild.setFee(u(1))).await?;
    // Of 10 000 units one is missing; of one unit, as the token rounds, all.
    for (assets, arrives) in [(10_000, 9_999), (20_000, 19_998), (1, 0)] {
        let short = || wild.shortfall(STAKED + assets, STAKED + arrives);
        refused(scene, staker, vault.deposit(u(assets), who), short()).await?;
        refused(scene, staker, vault.mint(u(assets), who), short()).await?;
    }
    scene.arrange(wild.setFee(u(0))).await?;
    staker.send(vault.deposit(u(10_000), who)).await?;
    staked.expect_vault(STAKED + 10_000, STAKED + 10_000).await?;
    staked.expect_all_out().await
}

async fn a_surplus_that_is_nobody_s_pays_the_fee_of_a_deposit() -> Result<()> {
    let staked = Staked::new(Role::Asset).await?;
    let Staked { scene, wild, staker, .. } = &staked;
    let (vault, who) = (&scene.vault, staker.address());
    scene.asset.mint(&scene.chain, vault.address(), u(2)).await?;
    scene.arrange(wild.setFee(u(1))).await?;
    staker.send(vault.deposit(u(10_000), who)).await?;
    assert_eq!(scene.shares(staker).await?, u(STAKE + 10_000));
    staked.expect_vault(STAKED + 10_000, STAKED + 10_001).await?;
    // One unit is left, and two more would be needed.
    let short = wild.shortfall(STAKED + 20_001, STAKED + 20_000);
    refused(scene, staker, vault.deposit(u(10_001), who), short).await?;
    staker.send(vault.deposit(u(10_000), who)).await?;
    staked.expect_vault(STAKED + 20_000, STAKED + 20_000).await
}

async fn a_fee_on_a_withdrawal_is_the_receiver_s_and_nobody_else_s() -> Result<()> {
    let staked = Staked::new(Role::Asset).await?;
    let Staked { scene, wild, staker, other } = &staked;
    let who = staker.address();
    scene.arrange(wild.setFee(u(1))).await?;
    assert_eq!(scene.vault.maxWithdraw(who).call().await?, u(STAKE));
    let receipt = staker.send(scene.vault.withdraw(u(STAKE), who, who)).await?;
    let withdraw =
        IVault::Withdraw { sender: who, receiver: who, owner: who, assets: u(STAKE), shares: u(STAKE) };
    assert_eq!(logs(&receipt).last(), Some(&log(scene.vault.address(), &withdraw)));
    assert_eq!(scene.asset.balance(who).await?, u(WALLET + STAKE - 1));
    staked.expect_vault(OTHER_STAKE, OTHER_STAKE).await?;
    scene.arrange(wild.setFee(u(0))).await?;
    other.send(scene.vault.exit(other.address())).await?;
    assert_eq!(scene.asset.balance(other.address()).await?, u(OTHER_STAKE));
    Ok(())
}

async fn a_fee_of_everything_takes_the_withdrawal_and_never_another_s_principal() -> Result<()> {
    let staked = Staked::new(Role::Asset).await?;
    let Staked { scene, wild, staker, other } = &staked;
    let who = staker.address();
    scene.arrange(wild.setFee(u(10_000))).await?;
    refused(scene, staker, scene.vault.deposit(u(500), who), wild.shortfall(STAKED + 500, STAKED)).await?;
    staker.send(scene.vault.redeem(u(1_000), who, who)).await?;
    assert_eq!(scene.asset.balance(who).await?, u(WALLET));
    staked.expect_vault(STAKED - 1_000, STAKED - 1_000).await?;
    scene.arrange(wild.setFee(u(0))).await?;
    other.send(scene.vault.exit(other.address())).await?;
    assert_eq!(scene.asset.balance(other.address()).await?, u(OTHER_STAKE));
    staked.expect_vault(STAKE - 1_000, STAKE - 1_000).await
}

async fn a_fee_is_not_paid_out_of_yield_or_reward() -> Result<()> {
    for role in [Role::AssetAndYield, Role::AssetAndReward] {
        let staked = Staked::new(role).await?;
        let Staked { scene, wild, staker, .. } = &staked;
        let (vault, who) = (&scene.vault, staker.address());
        // A surplus that is for sale, or that waits to be queued.
        scene.asset.mint(&scene.chain, vault.address(), u(50)).await?;
        scene.arrange(wild.setFee(u(1))).await?;
        let short = wild.shortfall(STAKED + 50 + 10_000, STAKED + 50 + 9_999);
        refused(scene, staker, vault.deposit(u(10_000), who), short).await?;
        scene.arrange(wild.setFee(u(0))).await?;
        staker.send(vault.deposit(u(10_000), who)).await?;
        staked.expect_vault(STAKED + 10_000, STAKED + 10_050).await?;
    }
    Ok(())
}

async fn more_than_an_asset_has_or_may_move_is_refused_in_its_own_words() -> Result<()> {
    let Staked { scene, wild, staker, other } = Staked::new(Role::Asset).await?;
    let vault = &scene.vault;
    let (account, held) = (staker.address(), u(WALLET));
    let poor = Insufficient { account, held, needed: held + u(1) };
    refused(&scene, &staker, vault.deposit(held + u(1), account), poor).await?;
    other.send(wild.approve(vault.address(), u(7))).await?;
    let forbidden = Insufficient { account: vault.address(), held: u(7), needed: u(8) };
    refused(&scene, &other, vault.deposit(u(8), other.address()), forbidden).await
}
