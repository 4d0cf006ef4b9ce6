//! Tests of assets that rebase between calls. After a loss shares are worth their part of what is left, and one asset
//! each again when the balance returns.
//!
//! The factors are chosen so that the token itself rounds nothing: any rounding here is the vault's.

use alloy::{
    primitives::{Address, Bytes, U256},
    sol_types::SolError,
};
use anyhow::{Context, Result};
use libtest_mimic::Trial;
use weir::math::MAX_STAKE;
use weir_bindings::{IERC20, IVault};
use weir_client::Account;

use super::token::{Role, WildToken, wild_vault};
use crate::{
    logs::{log, logs},
    reverts::{call_reverts, reverts},
    scene::{EPOCH, FIRST_PRICE, PERIOD, Scene, u},
    trial::{on_any_chain, with_time_control},
};

pub fn trials() -> Vec<Trial> {
    vec![
        on_any_chain(after_a_rebase_up_a_share_is_still_worth_one),
        with_time_control(a_rebase_up_of_asset_and_yield_is_for_sale_until_a_rebase_down),
        on_any_chain(in_a_loss_every_view_returns_what_shares_are_worth),
        on_any_chain(in_a_loss_the_maxima_can_be_withdrawn_and_not_one_unit_more),
        on_any_chain(in_a_loss_withdrawals_pay_pro_rata_and_emit_it),
        on_any_chain(in_a_loss_deposits_revert_and_no_staker_takes_more_than_its_part),
        on_any_chain(in_any_order_of_exits_each_staker_bears_its_part_of_the_loss_to_one_unit),
        on_any_chain(a_loss_ends_when_the_balance_returns_except_for_those_who_left),
        on_any_chain(the_last_exit_takes_the_rest_and_the_vault_works_again),
        on_any_chain(worthless_shares_are_kept_until_the_balance_returns),
        with_time_control(a_loss_of_the_asset_stops_neither_rewards_nor_sales_nor_transfers),
        with_time_control(rewards_in_the_asset_bear_a_loss_before_the_principal),
        on_any_chain(the_rounding_of_a_rebased_asset_counts_to_the_unit),
        with_time_control(the_rounding_of_a_sold_rebased_asset_is_missing_until_it_accrues),
        on_any_chain(rebases_between_calls_move_no_value_between_stakers),
    ]
}

const ALICE_STAKE: u128 = 600;
const BOB_STAKE: u128 = 400;
const STAKED: u128 = ALICE_STAKE + BOB_STAKE;

/// A vault with a wild asset; Alice has staked 600, Bob 400.
struct Setup {
    scene: Scene,
    wild: WildToken,
    alice: Account,
    bob: Account,
}

impl Setup {
    async fn new(role: Role) -> Result<Self> {
        let (scene, wild) = wild_vault(role).await?;
        let alice = scene.staker("alice", ALICE_STAKE).await?;
        let bob = scene.staker("bob", BOB_STAKE).await?;
        for (account, stake) in [(&alice, ALICE_STAKE), (&bob, BOB_STAKE)] {
            account.send(scene.vault.deposit(u(stake), account.address())).await?;
        }
        Ok(Self { scene, wild, alice, bob })
    }

    /// As [`new`](Self::new), after which the token takes everything except `held`, at least a quarter.
    async fn in_loss(role: Role, held: u128) -> Result<Self> {
        let setup = Self::new(role).await?;
        take_all_but(&setup.scene, &setup.wild, held).await?;
        Ok(setup)
    }

    async fn held(&self) -> Result<U256> {
        self.scene.asset.balance(self.scene.vault.address()).await
    }
}

/// The token takes three quarters of all balances, and the vault gets back as much as makes its balance `held`.
async fn take_all_but(scene: &Scene, wild: &WildToken, held: u128) -> Result<()> {
    wild.rebase(scene, 1, 4).await?;
    let vault = scene.vault.address();
    let left: u128 = scene.asset.balance(vault).await?.to();
    scene
        .asset
        .mint(&scene.chain, vault, u(held.checked_sub(left).context("at least a quarter has to be left")?))
        .await?;
    assert_eq!(scene.asset.balance(vault).await?, u(held));
    Ok(())
}

async fn after_a_rebase_up_a_share_is_still_worth_one() -> Result<()> {
    let Setup { scene, wild, alice, bob } = Setup::new(Role::Asset).await?;
    let vault = &scene.vault;
    wild.rebase(&scene, 2, 1).await?;
    assert_eq!(scene.asset.balance(vault.address()).await?, u(2 * STAKED));
    assert_eq!(vault.totalAssets().call().await?, u(STAKED));
    assert_eq!(vault.maxWithdraw(alice.address()).call().await?, u(ALICE_STAKE));
    assert_eq!(vault.previewRedeem(u(7)).call().await?, u(7));
    assert_eq!(vault.convertToShares(u(7)).call().await?, u(7));
    assert_eq!(vault.maxDeposit(bob.address()).call().await?, u(MAX_STAKE - STAKED));
    assert_eq!(vault.liquidatableBalanceOf(*wild.address()).call().await?, u(STAKED));
    for (account, stake) in [(&alice, ALICE_STAKE), (&bob, BOB_STAKE)] {
        account.send(vault.exit(account.address())).await?;
        assert_eq!(scene.asset.balance(account.address()).await?, u(stake));
    }
    assert_eq!(scene.asset.balance(vault.address()).await?, u(STAKED));
    Ok(())
}

async fn a_rebase_up_of_asset_and_yield_is_for_sale_until_a_rebase_down() -> Result<()> {
    let Setup { scene, wild, alice, bob } = Setup::new(Role::AssetAndYield).await?;
    let buyer = scene.holder("buyer", 2 * FIRST_PRICE).await?;
    let vault = &scene.vault;
    let buy = |amount| vault.swapExactAmountOut(buyer.address(), u(amount), U256::MAX, Bytes::new());
    wild.rebase(&scene, 2, 1).await?;
    assert_eq!(vault.maxAmountOut().call().await?, u(STAKED));
    scene.send_at(PERIOD, &buyer, buy(STAKED / 2)).await?;
    assert_eq!(vault.maxAmountOut().call().await?, u(STAKED / 2));

    // Back to the first factor: 750 of 1000 are left, because a quarter was sold.
    wild.rebase(&scene, 1, 1).await?;
    assert_eq!(scene.asset.balance(vault.address()).await?, u(750));
    assert_eq!(vault.maxAmountOut().call().await?, U256::ZERO);
    let none = IVault::InsufficientBalance { requested: u(1), available: u(0) };
    scene.advance_to(2 * PERIOD).await?;
    reverts(&scene, &buyer, buy(1), none).await?;
    for (account, part) in [(&alice, 450), (&bob, 300)] {
        account
            .send(vault.redeem(scene.shares(account).await?, account.address(), account.address()))
            .await?;
        assert_eq!(scene.asset.balance(account.address()).await?, u(part));
    }
    Ok(())
}

async fn in_a_loss_every_view_returns_what_shares_are_worth() -> Result<()> {
    let Setup { scene, wild, alice, .. } = Setup::in_loss(Role::Asset, 750).await?;
    let (vault, who) = (&scene.vault, alice.address());
    assert_eq!(vault.totalSupply().call().await?, u(STAKED));
    assert_eq!(vault.totalAssets().call().await?, u(750));
    assert_eq!(vault.maxDeposit(who).call().await?, U256::ZERO);
    assert_eq!(vault.maxMint(who).call().await?, U256::ZERO);
    assert_eq!(vault.maxWithdraw(who).call().await?, u(450));
    assert_eq!(vault.maxRedeem(who).call().await?, u(ALICE_STAKE));
    // Three shares are worth 2.25 assets; three assets cost 4 shares, two 2.67, one 1.33.
    assert_eq!(vault.convertToAssets(u(3)).call().await?, u(2));
    assert_eq!(vault.previewRedeem(u(3)).call().await?, u(2));
    for (assets, worth, cost) in [(3, 4, 4), (2, 2, 3), (1, 1, 2), (0, 0, 0)] {
        assert_eq!(vault.convertToShares(u(assets)).call().await?, u(worth));
        assert_eq!(vault.previewWithdraw(u(assets)).call().await?, u(cost));
    }
    reverts(&scene, &alice, vault.previewDeposit(u(1)), wild.shortfall(STAKED, 750)).await?;
    reverts(&scene, &alice, vault.previewMint(u(1)), wild.shortfall(STAKED, 750)).await?;
    reverts(&scene, &alice, vault.previewRedeem(U256::MAX), wild.shortfall(STAKED, 750)).await
}

async fn in_a_loss_the_maxima_can_be_withdrawn_and_not_one_unit_more() -> Result<()> {
    let Setup { scene, wild, alice, bob } = Setup::new(Role::Asset).await?;
    let vault = &scene.vault;
    for held in [1, 2, 3, 333, 499, 500, 501, 667, 998, 999] {
        scene.send_as_payer(wild.setReported(vault.address(), u(held))).await?;
        for account in [&alice, &bob] {
            let (owner, shares) = (account.address(), scene.shares(account).await?);
            let max = vault.maxWithdraw(owner).call().await?;
            assert_eq!(max, shares * u(held) / u(STAKED));
            let more = vault.withdraw(max + u(1), owner, owner);
            let error = IVault::ERC4626ExceededMaxWithdraw { owner, assets: max + u(1), max };
            call_reverts(account, more, &error.abi_encode()).await.with_context(|| format!("{held} held"))?;
            if max.is_zero() {
                assert_eq!(vault.maxRedeem(owner).call().await?, U256::ZERO);
                continue;
            }
            let cost = vault.withdraw(max, owner, owner).from(owner).call().await?;
            assert_eq!(cost, vault.previewWithdraw(max).call().await?);
            assert!(cost <= shares, "{held} held: {max} cost {cost} of {shares}");
            assert_eq!(vault.maxRedeem(owner).call().await?, shares);
            assert_eq!(vault.redeem(shares, owner, owner).from(owner).call().await?, max);
        }
    }
    Ok(())
}

async fn in_a_loss_withdrawals_pay_pro_rata_and_emit_it() -> Result<()> {
    let setup = Setup::in_loss(Role::Asset, 751).await?;
    let Setup { scene, wild, alice, bob } = &setup;
    let (vault, asset, who) = (scene.vault.address(), *wild.address(), alice.address());
    let receiver = scene.person("receiver").await?.address();

    // 300 shares are worth 225.3.
    let receipt = alice.send(scene.vault.redeem(u(300), receiver, who)).await?;
    let paid = IERC20::Transfer { from: vault, to: receiver, value: u(225) };
    let burnt = IVault::Transfer { from: who, to: Address::ZERO, value: u(300) };
    let withdraw = IVault::Withdraw { sender: who, receiver, owner: who, assets: u(225), shares: u(300) };
    assert_eq!(logs(&receipt), [log(asset, &paid), log(vault, &burnt), log(vault, &withdraw)]);
    assert_eq!(setup.held().await?, u(526));

    // 100 assets cost 133.08 of the 700 shares left.
    let cost = scene.vault.withdraw(u(100), receiver, who).from(who).call().await?;
    assert_eq!(cost, u(134));
    let receipt = alice.send(scene.vault.withdraw(u(100), receiver, who)).await?;
    let withdraw = IVault::Withdraw { sender: who, receiver, owner: who, assets: u(100), shares: u(134) };
    assert_eq!(logs(&receipt).last(), Some(&log(vault, &withdraw)));
    assert_eq!(scene.shares(alice).await?, u(166));
    assert_eq!(scene.asset.balance(receiver).await?, u(325));

    // A spender uses its allowance for the shares, not for the assets.
    bob.send(scene.vault.approve(who, u(135))).await?;
    let short = IVault::ERC20InsufficientAllowance { spender: who, allowance: u(135), needed: u(136) };
    reverts(scene, alice, scene.vault.withdraw(u(102), who, bob.address()), short).await?;
    alice.send(scene.vault.withdraw(u(101), who, bob.address())).await?;
    assert_eq!(scene.vault.allowance(bob.address(), who).call().await?, U256::ZERO);
    assert_eq!(scene.shares(bob).await?, u(BOB_STAKE - 135));
    Ok(())
}

async fn in_a_loss_deposits_revert_and_no_staker_takes_more_than_its_part() -> Result<()> {
    let Setup { scene, wild, alice, bob } = Setup::in_loss(Role::Asset, 750).await?;
    let (vault, who) = (&scene.vault, alice.address());
    scene.asset.mint(&scene.chain, who, u(1_000)).await?;
    reverts(&scene, &alice, vault.deposit(u(249), who), wild.shortfall(STAKED + 249, 999)).await?;
    reverts(&scene, &alice, vault.mint(u(1_000), who), wild.shortfall(STAKED + 1_000, 1_750)).await?;
    let too_much = IVault::ERC4626ExceededMaxWithdraw { owner: who, assets: u(451), max: u(450) };
    reverts(&scene, &alice, vault.withdraw(u(451), who, who), too_much).await?;
    let too_much = IVault::ERC4626ExceededMaxRedeem { owner: who, shares: u(601), max: u(600) };
    reverts(&scene, &alice, vault.redeem(u(601), who, who), too_much).await?;
    alice.send(vault.withdraw(u(450), who, who)).await?;
    assert_eq!(scene.shares(&alice).await?, U256::ZERO);
    assert_eq!(vault.maxWithdraw(bob.address()).call().await?, u(300));
    Ok(())
}

async fn in_any_order_of_exits_each_staker_bears_its_part_of_the_loss_to_one_unit() -> Result<()> {
    const STAKES: [u128; 4] = [100, 300, 500, 700];
    const SHARES: u128 = 1_600;
    const HELD: u128 = 1_003;
    let (scene, wild) = wild_vault(Role::Asset).await?;
    let mut stakers = Vec::new();
    for stake in STAKES {
        stakers.push(scene.staker(&format!("staker of {stake}"), 0).await?);
    }
    for order in orders() {
        // All stakers left in the round before, so the vault is empty.
        wild.rebase(&scene, 1, 1).await?;
        for (staker, stake) in stakers.iter().zip(STAKES) {
            scene.asset.mint(&scene.chain, staker.address(), u(stake)).await?;
            staker.send(scene.vault.deposit(u(stake), staker.address())).await?;
        }
        take_all_but(&scene, &wild, HELD).await?;
        let mut paid = 0;
        for (place, number) in order.into_iter().enumerate() {
            let (staker, stake) = (&stakers[number], STAKES[number]);
            let before = scene.asset.balance(staker.address()).await?;
            staker.send(scene.vault.exit(staker.address())).await?;
            let got: u128 = (scene.asset.balance(staker.address()).await? - before).to();
            paid += got;
            // The exact part is stake · HELD / SHARES. A staker gets no less, rounded down, and at most one unit more for
            // each staker who left before.
            let exact = stake * HELD;
            assert!(got >= exact / SHARES, "{order:?}: {stake} got {got}");
            assert!(got * SHARES < exact + SHARES * (place as u128).max(1), "{order:?}: {stake} got {got}");
        }
        assert_eq!(paid, HELD, "{order:?}: something is left");
        assert_eq!(scene.vault.totalSupply().call().await?, U256::ZERO);
    }
    Ok(())
}

/// All 24 orders of four.
fn orders() -> Vec<[usize; 4]> {
    let all = (0..256).map(|code: usize| [code & 3, code >> 2 & 3, code >> 4 & 3, code >> 6]);
    all.filter(|order| (0..4).all(|number| order.contains(&number))).collect()
}

async fn a_loss_ends_when_the_balance_returns_except_for_those_who_left() -> Result<()> {
    let Setup { scene, wild, alice, bob } = Setup::in_loss(Role::Asset, 750).await?;
    let (vault, who) = (&scene.vault, alice.address());
    alice.send(vault.redeem(u(300), who, who)).await?;
    assert_eq!(scene.asset.balance(who).await?, u(225));
    // 700 shares are left with 525 assets; with 174 more, one is still missing and deposits revert.
    scene.asset.mint(&scene.chain, vault.address(), u(174)).await?;
    assert_eq!(vault.maxWithdraw(who).call().await?, u(299));
    assert_eq!(vault.maxDeposit(who).call().await?, U256::ZERO);
    reverts(&scene, &alice, vault.deposit(u(225), who), wild.shortfall(925, 924)).await?;
    scene.asset.mint(&scene.chain, vault.address(), u(1)).await?;
    assert_eq!(vault.maxDeposit(who).call().await?, u(MAX_STAKE - 700));
    alice.send(vault.deposit(u(225), who)).await?;
    // What exceeds one asset a share belongs neither to those who stayed nor to those who left at a loss.
    wild.rebase(&scene, 1, 1).await?;
    assert_eq!(vault.totalAssets().call().await?, u(925));
    alice.send(vault.redeem(u(525), who, who)).await?;
    assert_eq!(scene.asset.balance(who).await?, u(525));
    bob.send(vault.exit(bob.address())).await?;
    assert_eq!(scene.asset.balance(bob.address()).await?, u(BOB_STAKE));
    assert_eq!(scene.asset.balance(vault.address()).await?, u(3 * 925));
    Ok(())
}

async fn the_last_exit_takes_the_rest_and_the_vault_works_again() -> Result<()> {
    let setup = Setup::in_loss(Role::Asset, 333).await?;
    let Setup { scene, alice, bob, .. } = &setup;
    let vault = &scene.vault;
    // The parts are 199.8, rounded down, and then the rest.
    alice.send(vault.exit(alice.address())).await?;
    assert_eq!(scene.asset.balance(alice.address()).await?, u(199));
    assert_eq!(vault.maxWithdraw(bob.address()).call().await?, u(134));
    bob.send(vault.exit(bob.address())).await?;
    assert_eq!(scene.asset.balance(bob.address()).await?, u(134));
    assert_eq!((vault.totalSupply().call().await?, setup.held().await?), (u(0), u(0)));

    bob.send(vault.deposit(u(134), bob.address())).await?;
    assert_eq!((vault.totalAssets().call().await?, scene.shares(bob).await?), (u(134), u(134)));
    bob.send(vault.withdraw(u(134), bob.address(), bob.address())).await?;
    assert_eq!(scene.asset.balance(bob.address()).await?, u(134));
    Ok(())
}

async fn worthless_shares_are_kept_until_the_balance_returns() -> Result<()> {
    let Setup { scene, wild, alice, bob } = Setup::new(Role::Asset).await?;
    let (vault, who) = (&scene.vault, alice.address());
    // The smallest factor: of a thousand units nothing is left.
    scene.send_as_payer(wild.setFactor(u(1))).await?;
    assert_eq!(vault.totalAssets().call().await?, U256::ZERO);
    assert_eq!(vault.maxRedeem(who).call().await?, U256::ZERO);
    reverts(&scene, &alice, vault.redeem(u(ALICE_STAKE), who, who), wild.shortfall(STAKED, 0)).await?;
    reverts(&scene, &alice, vault.exit(who), wild.shortfall(STAKED, 0)).await?;
    let none = IVault::ERC4626ExceededMaxWithdraw { owner: who, assets: u(1), max: u(0) };
    reverts(&scene, &alice, vault.withdraw(u(1), who, who), none).await?;
    wild.rebase(&scene, 1, 1).await?;
    for (account, stake) in [(&alice, ALICE_STAKE), (&bob, BOB_STAKE)] {
        account.send(vault.exit(account.address())).await?;
        assert_eq!(scene.asset.balance(account.address()).await?, u(stake));
    }
    Ok(())
}

async fn a_loss_of_the_asset_stops_neither_rewards_nor_sales_nor_transfers() -> Result<()> {
    let Setup { scene, wild, alice, bob } = Setup::new(Role::Asset).await?;
    let funder = scene.holder("funder", 1_000 + FIRST_PRICE).await?;
    let (vault, who) = (&scene.vault, alice.address());
    scene.fund(60, 1_000).await?;
    scene.accrue(500).await?;
    take_all_but(&scene, &wild, 750).await?;
    let buy = vault.swapExactAmountOut(funder.address(), u(500), U256::MAX, Bytes::new());
    scene.send_at(PERIOD, &funder, buy).await?;
    scene.send_at(PERIOD, &funder, vault.fund(u(1_000))).await?;
    assert_eq!(vault.reserve().call().await?, u(2_000 + FIRST_PRICE));
    scene.send_at(3 * EPOCH, &alice, vault.transfer(bob.address(), u(100))).await?;
    assert_eq!(vault.maxWithdraw(who).call().await?, u(375));
    // Each staker gets its whole share of the rewards, to within a unit.
    for (account, tenths) in [(&alice, 6), (&bob, 4)] {
        scene.send_at(3 * EPOCH, account, vault.claim(account.address())).await?;
        let (paid, due) =
            (scene.reward.balance(account.address()).await?, u((2_000 + FIRST_PRICE) * tenths / 10));
        assert!(paid == due || paid == due - u(1), "{paid} of {due}");
    }
    Ok(())
}

async fn rewards_in_the_asset_bear_a_loss_before_the_principal() -> Result<()> {
    let Setup { scene, wild, alice, bob } = Setup::new(Role::AssetAndReward).await?;
    let (vault, who) = (&scene.vault, alice.address());
    scene.fund(60, 1_000).await?;
    scene.advance_to(2 * EPOCH).await?;
    // Of 1000 staked and 1000 of reward 1300 are left: 300 for rewards, less than Bob's 400.
    take_all_but(&scene, &wild, 1_300).await?;
    assert_eq!(vault.totalAssets().call().await?, u(STAKED));
    assert_eq!(vault.maxWithdraw(who).call().await?, u(ALICE_STAKE));
    assert_eq!(vault.maxDeposit(who).call().await?, U256::ZERO);
    let earned: u128 = scene.earned(&bob).await?.to();
    assert!((399..=400).contains(&earned));
    reverts(&scene, &bob, vault.claim(bob.address()), wild.shortfall(STAKED, 1_300 - earned)).await?;
    reverts(&scene, &bob, vault.sync(), wild.shortfall(2_000, 1_300)).await?;
    // `exit` is all or nothing; the whole stake alone can always leave.
    let after = wild.shortfall(ALICE_STAKE, 1_300 - BOB_STAKE - earned);
    reverts(&scene, &bob, vault.exit(bob.address()), after).await?;
    bob.send(vault.redeem(u(BOB_STAKE), bob.address(), bob.address())).await?;
    assert_eq!(scene.asset.balance(bob.address()).await?, u(BOB_STAKE));

    // The shares bear what exceeds the rewards: 450 of 600 are left.
    wild.rebase(&scene, 1, 8).await?;
    assert_eq!(scene.asset.balance(vault.address()).await?, u(450));
    assert_eq!(vault.maxWithdraw(who).call().await?, u(450));
    alice.send(vault.redeem(u(ALICE_STAKE), who, who)).await?;
    assert_eq!(vault.totalSupply().call().await?, U256::ZERO);
    assert_eq!(scene.asset.balance(vault.address()).await?, U256::ZERO);
    // The rewards are still owed, and paid when the balance returns.
    let earned = scene.earned(&bob).await?;
    assert!(earned >= u(399));
    scene.asset.mint(&scene.chain, vault.address(), u(1_000)).await?;
    bob.send(vault.claim(bob.address())).await?;
    assert_eq!(vault.reserve().call().await?, u(1_000) - earned);
    Ok(())
}

async fn the_rounding_of_a_rebased_asset_counts_to_the_unit() -> Result<()> {
    // As in stETH, balances are parts times a factor, and a transfer is rounded down to whole parts.
    let (scene, wild) = wild_vault(Role::Asset).await?;
    wild.rebase(&scene, 3, 1).await?;
    let staker = scene.staker("staker", 3_000).await?;
    let (vault, who) = (&scene.vault, staker.address());
    reverts(&scene, &staker, vault.deposit(u(100), who), wild.shortfall(100, 99)).await?;
    staker.send(vault.deposit(u(99), who)).await?;
    // For 50 units the token takes 17 parts from the vault, and 16 parts of 3 units are left for 49 shares.
    staker.send(vault.withdraw(u(50), who, who)).await?;
    assert_eq!(vault.totalAssets().call().await?, u(48));
    reverts(&scene, &staker, vault.deposit(u(3), who), wild.shortfall(52, 51)).await?;
    staker.send(vault.redeem(u(49), who, who)).await?;
    assert_eq!(vault.totalSupply().call().await?, U256::ZERO);
    assert_eq!(scene.asset.balance(vault.address()).await?, U256::ZERO);
    assert_eq!(scene.asset.balance(who).await?, u(3_000 - 3));
    Ok(())
}

async fn the_rounding_of_a_sold_rebased_asset_is_missing_until_it_accrues() -> Result<()> {
    let Setup { scene, wild, alice, bob } = Setup::new(Role::AssetAndYield).await?;
    let buyer = scene.holder("buyer", FIRST_PRICE).await?;
    let vault = &scene.vault;
    scene.asset.mint(&scene.chain, alice.address(), u(100)).await?;
    wild.rebase(&scene, 11, 10).await?;
    assert_eq!(vault.maxAmountOut().call().await?, u(100));
    let buy = vault.swapExactAmountOut(buyer.address(), u(100), U256::MAX, Bytes::new());
    scene.send_at(PERIOD, &buyer, buy).await?;
    // 100 units are 90.9 parts: the token takes 91, and 999.9 units are left.
    assert_eq!(vault.totalAssets().call().await?, u(STAKED - 1));
    assert_eq!(vault.maxWithdraw(bob.address()).call().await?, u(BOB_STAKE - 1));
    reverts(&scene, &alice, vault.deposit(u(11), alice.address()), wild.shortfall(STAKED + 11, STAKED + 10))
        .await?;
    wild.rebase(&scene, 12, 10).await?;
    assert_eq!(vault.totalAssets().call().await?, u(STAKED));
    assert_eq!(vault.maxWithdraw(bob.address()).call().await?, u(BOB_STAKE));
    alice.send(vault.deposit(u(12), alice.address())).await?;
    assert_eq!(vault.maxAmountOut().call().await?, u(909 * 12 / 10 - STAKED));
    Ok(())
}

async fn rebases_between_calls_move_no_value_between_stakers() -> Result<()> {
    let setup = Setup::new(Role::Asset).await?;
    let Setup { scene, wild, alice, bob } = &setup;
    let vault = &scene.vault;
    scene.asset.mint(&scene.chain, alice.address(), u(1 << 20)).await?;
    scene.asset.mint(&scene.chain, bob.address(), u(1 << 20)).await?;
    // The factors are powers of two: a unit is always a whole number of parts.
    for (step, halvings) in [0u32, 1, 2, 0, 3, 1, 1, 0, 2, 4, 0].into_iter().enumerate() {
        wild.rebase(scene, 1, 1 << halvings).await?;
        let (actor, other) = if step % 2 == 0 { (alice, bob) } else { (bob, alice) };
        let (who, shares) = (actor.address(), scene.shares(actor).await?);
        let (supply, held) = (vault.totalSupply().call().await?, setup.held().await?);
        let others = vault.maxWithdraw(other.address()).call().await?;
        assert_eq!(vault.totalAssets().call().await?, supply.min(held), "step {step}");

        let preview = vault.previewRedeem(shares / u(3)).call().await?;
        assert_eq!(preview, shares / u(3) * supply.min(held) / supply, "step {step}");
        let before = scene.asset.balance(who).await?;
        actor.send(vault.redeem(shares / u(3), who, who)).await?;
        assert_eq!(scene.asset.balance(who).await? - before, preview, "step {step}");
        assert!(vault.maxWithdraw(other.address()).call().await? >= others, "step {step}");

        let takes_deposits = setup.held().await? >= vault.totalSupply().call().await?;
        let deposit = vault.deposit(u(64), who);
        assert_eq!(actor.simulate(deposit.clone()).await.is_ok(), takes_deposits, "step {step}");
        if takes_deposits {
            actor.send(deposit).await?;
            assert!(vault.maxWithdraw(other.address()).call().await? >= others, "step {step}");
        }
    }
    Ok(())
}
