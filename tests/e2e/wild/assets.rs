//! Tests of assets that return nothing, fail, block accounts or take fees: what can be staked, and that stakes can
//! leave.

use alloy::{
    primitives::{Address, B256, Bytes, U256},
    rpc::types::TransactionRequest,
    sol_types::SolError,
};
use anyhow::{Context, Result};
use libtest_mimic::Trial;
use weir_bindings::{IERC20, IVault};
use weir_client::{Account, Action};

use super::token::{
    Answer, Failure,
    IWildToken::{Blocked, Insufficient},
    Role, WildToken, wild_vault,
};
use crate::{
    logs::{log, logs},
    reverts::{reverts, reverts_with_data},
    scene::{EPOCH, FIRST_PRICE, PERIOD, Scene, u},
    trial::{on_any_chain, with_time_control},
};

/// Stake of the staker, and its balance.
const STAKE: u128 = 6_000;
const WALLET: u128 = 40_000;
/// Stake of the other staker, which is all it has.
const OTHER_STAKE: u128 = 4_000;
const STAKED: u128 = STAKE + OTHER_STAKE;

pub fn trials() -> Vec<Trial> {
    vec![
        on_any_chain(an_asset_that_returns_nothing_works_like_any_other),
        on_any_chain(a_failing_asset_stops_its_transfers_until_it_recovers),
        with_time_control(transfers_and_claims_work_while_the_asset_fails),
        on_any_chain(a_blocked_staker_can_withdraw_through_another_account),
        on_any_chain(a_fee_of_one_basis_point_makes_deposits_revert),
        on_any_chain(an_unowned_surplus_pays_the_fee_on_a_deposit),
        on_any_chain(only_the_receiver_bears_the_fee_on_a_withdrawal),
        on_any_chain(a_fee_of_100_percent_takes_the_withdrawal_and_no_other_principal),
        on_any_chain(a_fee_is_not_paid_out_of_yield_or_reward),
        with_time_control(a_surcharge_on_a_sale_is_not_paid_from_principal),
        on_any_chain(a_surcharge_on_a_withdrawal_is_a_loss_of_the_others),
        on_any_chain(a_missing_balance_or_approval_reverts_with_the_error_of_the_asset),
    ]
}

/// A vault with a wild asset and two stakers.
struct Setup {
    scene: Scene,
    wild: WildToken,
    staker: Account,
    other: Account,
}

impl Setup {
    async fn new(role: Role) -> Result<Self> {
        let (scene, wild) = wild_vault(role).await?;
        let staker = scene.staker("staker", STAKE + WALLET).await?;
        let other = scene.staker("other", OTHER_STAKE).await?;
        for (account, stake) in [(&staker, STAKE), (&other, OTHER_STAKE)] {
            account.send(scene.vault.deposit(u(stake), account.address())).await?;
        }
        Ok(Self { scene, wild, staker, other })
    }

    /// All calls that transfer the asset.
    fn transfers(&self) -> [TransactionRequest; 6] {
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

    /// Checks that all calls that transfer the asset revert with this data.
    async fn expect_all_revert(&self, error: Bytes) -> Result<()> {
        for action in self.transfers() {
            reverts_with_data(&self.scene, &self.staker, action, error.clone()).await?;
        }
        Ok(())
    }

    /// Checks that both stakers can withdraw their whole stakes.
    async fn expect_all_out(&self) -> Result<()> {
        for (account, total) in [(&self.staker, STAKE + WALLET), (&self.other, OTHER_STAKE)] {
            account.send(self.scene.vault.exit(account.address())).await?;
            assert_eq!(self.scene.asset.balance(account.address()).await?, u(total));
        }
        self.expect_vault(0, 0).await
    }

    /// Checks the total of shares and the vault's balance of the asset.
    async fn expect_vault(&self, shares: u128, held: u128) -> Result<()> {
        assert_eq!(self.scene.vault.totalSupply().call().await?, u(shares), "shares");
        assert_eq!(self.scene.asset.balance(self.scene.vault.address()).await?, u(held), "held");
        Ok(())
    }
}

async fn an_asset_that_returns_nothing_works_like_any_other() -> Result<()> {
    let setup = Setup::new(Role::Asset).await?;
    let Setup { scene, wild, staker, .. } = &setup;
    let (vault, asset, who) = (scene.vault.address(), *wild.address(), staker.address());
    scene.send_as_payer(wild.setAnswer(Answer::Nothing)).await?;

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
    setup.expect_vault(STAKED + 300, STAKED + 300).await?;
    setup.expect_all_out().await
}

async fn a_failing_asset_stops_its_transfers_until_it_recovers() -> Result<()> {
    for role in [Role::Asset, Role::AssetAndReward, Role::AssetAndYield] {
        let setup = Setup::new(role).await?;
        for Failure { behavior, begin, end, error } in setup.wild.failures(setup.scene.vault.address()) {
            setup.scene.send_as_payer(begin).await?;
            let context = || format!("{role:?} that {behavior}");
            setup.expect_all_revert(error).await.with_context(context)?;
            setup.scene.send_as_payer(end).await?;
        }
        setup.expect_all_out().await?;
    }
    Ok(())
}

async fn transfers_and_claims_work_while_the_asset_fails() -> Result<()> {
    let Setup { scene, wild, staker, other } = Setup::new(Role::Asset).await?;
    let (vault, receiver) = (&scene.vault, scene.person("receiver").await?);
    scene.fund(60, 10_000).await?;
    scene.send_as_payer(wild.setPaused(true, true)).await?;
    for (account, amount) in [(&staker, 6_000), (&other, 4_000)] {
        scene.send_at(2 * EPOCH, account, vault.claim(account.address())).await?;
        // Exact except for rounding: never more, and less than one unit below.
        let paid = scene.reward.balance(account.address()).await?;
        assert!(paid == u(amount) || paid == u(amount - 1), "{paid} of {amount}");
    }
    scene.send_at(2 * EPOCH, &other, vault.transfer(receiver.address(), u(OTHER_STAKE))).await?;
    assert_eq!(scene.shares(&receiver).await?, u(OTHER_STAKE));
    scene.send_as_payer(wild.setPaused(false, false)).await?;
    receiver.send(vault.withdraw(u(OTHER_STAKE), receiver.address(), receiver.address())).await?;
    assert_eq!(scene.asset.balance(receiver.address()).await?, u(OTHER_STAKE));
    Ok(())
}

async fn a_blocked_staker_can_withdraw_through_another_account() -> Result<()> {
    let setup = Setup::new(Role::Asset).await?;
    let Setup { scene, wild, staker, other } = &setup;
    let (vault, who, friend) = (&scene.vault, staker.address(), scene.person("friend").await?);
    scene.send_as_payer(wild.setBlocked(who, true)).await?;
    setup.expect_all_revert(Blocked { account: who }.abi_encode().into()).await?;

    staker.send(vault.withdraw(u(1_000), friend.address(), who)).await?;
    staker.send(vault.transfer(friend.address(), u(STAKE - 1_000))).await?;
    friend.send(vault.redeem(u(STAKE - 1_000), friend.address(), friend.address())).await?;
    assert_eq!(scene.asset.balance(friend.address()).await?, u(STAKE));
    // Other stakers are not affected.
    other.send(vault.exit(other.address())).await?;
    assert_eq!(scene.asset.balance(other.address()).await?, u(OTHER_STAKE));
    setup.expect_vault(0, 0).await
}

async fn a_fee_of_one_basis_point_makes_deposits_revert() -> Result<()> {
    let setup = Setup::new(Role::Asset).await?;
    let Setup { scene, wild, staker, .. } = &setup;
    let (vault, who) = (&scene.vault, staker.address());
    scene.send_as_payer(wild.setFee(u(1))).await?;
    // Of 10 000 units one is missing; a deposit of one unit loses it, as the token rounds.
    for (assets, arrives) in [(10_000, 9_999), (20_000, 19_998), (1, 0)] {
        let short = || wild.shortfall(STAKED + assets, STAKED + arrives);
        reverts(scene, staker, vault.deposit(u(assets), who), short()).await?;
        reverts(scene, staker, vault.mint(u(assets), who), short()).await?;
    }
    scene.send_as_payer(wild.setFee(u(0))).await?;
    staker.send(vault.deposit(u(10_000), who)).await?;
    setup.expect_vault(STAKED + 10_000, STAKED + 10_000).await?;
    setup.expect_all_out().await
}

async fn an_unowned_surplus_pays_the_fee_on_a_deposit() -> Result<()> {
    let setup = Setup::new(Role::Asset).await?;
    let Setup { scene, wild, staker, .. } = &setup;
    let (vault, who) = (&scene.vault, staker.address());
    scene.asset.mint(&scene.chain, vault.address(), u(2)).await?;
    scene.send_as_payer(wild.setFee(u(1))).await?;
    staker.send(vault.deposit(u(10_000), who)).await?;
    assert_eq!(scene.shares(staker).await?, u(STAKE + 10_000));
    setup.expect_vault(STAKED + 10_000, STAKED + 10_001).await?;
    // One unit is left, and two are needed.
    let short = wild.shortfall(STAKED + 20_001, STAKED + 20_000);
    reverts(scene, staker, vault.deposit(u(10_001), who), short).await?;
    staker.send(vault.deposit(u(10_000), who)).await?;
    setup.expect_vault(STAKED + 20_000, STAKED + 20_000).await
}

async fn only_the_receiver_bears_the_fee_on_a_withdrawal() -> Result<()> {
    let setup = Setup::new(Role::Asset).await?;
    let Setup { scene, wild, staker, other } = &setup;
    let who = staker.address();
    scene.send_as_payer(wild.setFee(u(1))).await?;
    assert_eq!(scene.vault.maxWithdraw(who).call().await?, u(STAKE));
    let receipt = staker.send(scene.vault.withdraw(u(STAKE), who, who)).await?;
    let withdraw =
        IVault::Withdraw { sender: who, receiver: who, owner: who, assets: u(STAKE), shares: u(STAKE) };
    assert_eq!(logs(&receipt).last(), Some(&log(scene.vault.address(), &withdraw)));
    assert_eq!(scene.asset.balance(who).await?, u(WALLET + STAKE - 1));
    setup.expect_vault(OTHER_STAKE, OTHER_STAKE).await?;
    scene.send_as_payer(wild.setFee(u(0))).await?;
    other.send(scene.vault.exit(other.address())).await?;
    assert_eq!(scene.asset.balance(other.address()).await?, u(OTHER_STAKE));
    Ok(())
}

async fn a_fee_of_100_percent_takes_the_withdrawal_and_no_other_principal() -> Result<()> {
    let setup = Setup::new(Role::Asset).await?;
    let Setup { scene, wild, staker, other } = &setup;
    let who = staker.address();
    scene.send_as_payer(wild.setFee(u(10_000))).await?;
    reverts(scene, staker, scene.vault.deposit(u(500), who), wild.shortfall(STAKED + 500, STAKED)).await?;
    staker.send(scene.vault.redeem(u(1_000), who, who)).await?;
    assert_eq!(scene.asset.balance(who).await?, u(WALLET));
    setup.expect_vault(STAKED - 1_000, STAKED - 1_000).await?;
    scene.send_as_payer(wild.setFee(u(0))).await?;
    other.send(scene.vault.exit(other.address())).await?;
    assert_eq!(scene.asset.balance(other.address()).await?, u(OTHER_STAKE));
    setup.expect_vault(STAKE - 1_000, STAKE - 1_000).await
}

async fn a_fee_is_not_paid_out_of_yield_or_reward() -> Result<()> {
    for role in [Role::AssetAndYield, Role::AssetAndReward] {
        let setup = Setup::new(role).await?;
        let Setup { scene, wild, staker, .. } = &setup;
        let (vault, who) = (&scene.vault, staker.address());
        // A surplus that is for sale, or reward to be queued. Two units of it may cover what a token rounds away.
        scene.asset.mint(&scene.chain, vault.address(), u(50)).await?;
        scene.send_as_payer(wild.setFee(u(3))).await?;
        let short = wild.shortfall(STAKED + 50 + 10_000 - 2, STAKED + 50 + 9_997);
        reverts(scene, staker, vault.deposit(u(10_000), who), short).await?;
        scene.send_as_payer(wild.setFee(u(2))).await?;
        staker.send(vault.deposit(u(10_000), who)).await?;
        setup.expect_vault(STAKED + 10_000, STAKED + 10_048).await?;
    }
    Ok(())
}

async fn a_surcharge_on_a_sale_is_not_paid_from_principal() -> Result<()> {
    let setup = Setup::new(Role::AssetAndYield).await?;
    let Setup { scene, wild, .. } = &setup;
    let buyer = scene.holder("buyer", FIRST_PRICE).await?;
    scene.asset.mint(&scene.chain, scene.vault.address(), u(1_000)).await?;
    scene.send_as_payer(wild.setSurcharge(u(100))).await?;
    scene.advance_to(PERIOD).await?;
    let sale = |lot| scene.vault.swapExactAmountOut(buyer.address(), u(lot), U256::MAX, Bytes::new());
    // 10 units of principal, where 2 may be lost to rounding.
    reverts(scene, &buyer, sale(1_000), wild.shortfall(STAKED - 2, STAKED - 10)).await?;
    scene.send_at(PERIOD + 10, &buyer, sale(900)).await?;
    setup.expect_vault(STAKED, STAKED + 1_000 - 909).await
}

/// Not prevented: `docs/security.md` says not to use such an asset.
async fn a_surcharge_on_a_withdrawal_is_a_loss_of_the_others() -> Result<()> {
    let setup = Setup::new(Role::Asset).await?;
    let Setup { scene, wild, staker, .. } = &setup;
    scene.send_as_payer(wild.setSurcharge(u(1_000))).await?;
    staker.send(scene.vault.redeem(u(1_000), staker.address(), staker.address())).await?;
    setup.expect_vault(STAKED - 1_000, STAKED - 1_100).await
}

async fn a_missing_balance_or_approval_reverts_with_the_error_of_the_asset() -> Result<()> {
    let Setup { scene, wild, staker, other } = Setup::new(Role::Asset).await?;
    let vault = &scene.vault;
    let (account, held) = (staker.address(), u(WALLET));
    let poor = Insufficient { account, held, needed: held + u(1) };
    reverts(&scene, &staker, vault.deposit(held + u(1), account), poor).await?;
    other.send(wild.approve(vault.address(), u(7))).await?;
    let forbidden = Insufficient { account: vault.address(), held: u(7), needed: u(8) };
    reverts(&scene, &other, vault.deposit(u(8), other.address()), forbidden).await
}
