//! Rewards that answer, refuse, block, take fees, rebase and lie: what is paid and credited, and that principal leaves
//! whatever they do.

use alloy::{
    primitives::{Bytes, U256},
    rpc::types::TransactionRequest,
    sol_types::SolCall,
};
use anyhow::{Context, Result};
use libtest_mimic::Trial;
use weir::math::MAX_UNPAID_REWARD;
use weir_bindings::{IERC20, IVault};
use weir_harness::{Account, Action};

use super::token::{
    Answer, FACTOR_ONE,
    IWildToken::{Blocked, Insufficient, Paused},
    Refusal, Role, Wild, wild_vault,
};
use crate::{
    evm::{Puppet, Script},
    logs::{log, logs},
    refusal::{refused, refused_at, refused_with},
    scene::{EPOCH, FIRST_PRICE, PERIOD, Scene, u},
    trial::with_time_control,
};

/// What each of two stakers has staked, and has besides. A power of two: shares of rewards are exact.
const STAKE: u128 = 64;
/// What each has earned: half of what was funded.
const EARNED: u128 = 500_000;
/// What the funder has of the reward.
const FUNDS: u128 = 2 * FIRST_PRICE;
/// Yield for sale.
const YIELD: u128 = 500;
/// When it has all streamed out, in seconds after the deployment.
const LATER: u64 = 2 * EPOCH;

pub fn trials() -> Vec<Trial> {
    vec![
        with_time_control(whatever_a_reward_does_principal_goes_in_and_out),
        with_time_control(exit_is_both_or_nothing_and_the_stake_leaves_without_the_reward),
        with_time_control(a_reward_that_refuses_is_believed_and_what_was_earned_waits),
        with_time_control(a_reward_that_returns_nothing_is_credited_paid_and_bought_with_as_any_other),
        with_time_control(a_blocked_staker_has_the_reward_paid_to_another_account),
        with_time_control(a_fee_on_the_reward_is_never_credited_and_comes_off_what_is_paid),
        with_time_control(a_fee_on_the_price_is_the_buyer_s_to_pay),
        with_time_control(a_fee_of_everything_is_no_reward_at_all),
        with_time_control(a_reward_that_rebases_down_pays_who_comes_first_and_credits_nothing_till_it_heals),
        with_time_control(a_reward_that_rebases_up_is_credited_by_sync_and_changes_nothing_before),
        with_time_control(a_reward_that_rounds_what_it_pays_leaves_a_unit_for_the_next_buyer_to_make_up),
        with_time_control(a_reward_that_claims_all_there_is_is_credited_to_the_bound_and_cannot_pay_it),
        with_time_control(a_reward_that_claims_nothing_is_there_pays_and_credits_nothing),
    ]
}

/// A vault with a wild reward; two stakers who have earned half a million each; a funder; yield for sale.
struct Earning {
    scene: Scene,
    wild: Wild,
    alice: Account,
    bob: Account,
    funder: Account,
}

impl Earning {
    async fn new(role: Role) -> Result<Self> {
        let (scene, wild) = wild_vault(role).await?;
        let alice = scene.staker("alice", 2 * STAKE).await?;
        let bob = scene.staker("bob", 2 * STAKE).await?;
        let funder = scene.holder("funder", FUNDS).await?;
        for account in [&alice, &bob] {
            scene.act(60, account, scene.vault.deposit(u(STAKE), account.address())).await?;
        }
        scene.fund(60, 2 * EARNED).await?;
        if role == Role::Reward {
            scene.accrue(YIELD).await?;
        }
        scene.look_at(LATER).await?;
        Ok(Self { scene, wild, alice, bob, funder })
    }

    /// The funder buys all the yield, whatever it costs.
    fn purchase(&self) -> TransactionRequest {
        let buyer = self.funder.address();
        self.scene.vault.swapExactAmountOut(buyer, u(YIELD), U256::MAX, Bytes::new()).into_request()
    }

    /// The price as of now.
    async fn price(&self) -> Result<u128> {
        Ok(self.scene.vault.computeExactAmountIn(u(YIELD)).call().await?.to())
    }

    /// Claims what an account has earned, which is paid to the unit.
    async fn expect_paid(&self, account: &Account) -> Result<()> {
        let who = account.address();
        let before = self.scene.reward.balance(who).await?;
        account.send(self.scene.vault.claim(who)).await?;
        assert_eq!(self.scene.reward.balance(who).await? - before, u(EARNED));
        Ok(())
    }

    async fn expect_reserve(&self, reserve: u128) -> Result<()> {
        assert_eq!(self.scene.vault.reserve().call().await?, u(reserve));
        Ok(())
    }
}

/// What a reward may come to do, and how it comes to its senses: it refuses, or worse.
fn habits(earning: &Earning) -> Vec<(&'static str, TransactionRequest, TransactionRequest)> {
    let (wild, vault, who) = (&earning.wild, earning.scene.vault.address(), earning.alice.address());
    let sync = Bytes::from(IVault::syncCall::SELECTOR);
    let hook = |must| wild.setHook(vault, sync.clone(), must).into_request();
    let blocked = |blocked| wild.setBlocked(who, blocked).into_request();
    let fee = |basis_points| wild.setFee(u(basis_points)).into_request();
    let factor = |wad| wild.setFactor(u(wad)).into_request();
    let reported = |balance| wild.setReported(vault, balance).into_request();
    let hidden = |hidden| wild.setHidden(vault, hidden).into_request();
    let refusals = wild.refusals(vault);
    let worse = [
        ("blocks the staker", blocked(true), blocked(false)),
        ("keeps everything", fee(10_000), fee(0)),
        ("rebases to nothing", factor(1), factor(FACTOR_ONE)),
        ("claims all there is", reported(U256::MAX), reported(U256::ZERO)),
        ("claims nothing is there", hidden(true), hidden(false)),
        ("calls back", hook(true), hook(false)),
    ];
    refusals.into_iter().map(|refusal| (refusal.habit, refusal.begin, refusal.end)).chain(worse).collect()
}

async fn whatever_a_reward_does_principal_goes_in_and_out() -> Result<()> {
    for role in [Role::Reward, Role::RewardBesideSoldAsset] {
        let earning = Earning::new(role).await?;
        let Earning { scene, alice, bob, .. } = &earning;
        let (vault, who) = (&scene.vault, alice.address());
        for (habit, begin, end) in habits(&earning) {
            let told = || format!("a reward that {habit}");
            scene.arrange(begin).await?;
            alice.send(vault.withdraw(u(10), who, who)).await.with_context(told)?;
            alice.send(vault.redeem(u(STAKE - 10), who, who)).await.with_context(told)?;
            assert_eq!(scene.asset.balance(who).await?, u(2 * STAKE), "{}", told());
            alice.send(vault.deposit(u(STAKE), who)).await.with_context(told)?;
            alice.send(vault.transfer(bob.address(), u(1))).await.with_context(told)?;
            bob.send(vault.transfer(who, u(1))).await.with_context(told)?;
            scene.arrange(end).await?;
        }
        // Nothing of what was earned is lost by it; each change of shares may cost 2^-32 of a unit, so one in all.
        for account in [alice, bob] {
            account.send(vault.exit(account.address())).await?;
            assert_eq!(scene.asset.balance(account.address()).await?, u(2 * STAKE));
            let paid = scene.reward.balance(account.address()).await?;
            assert!(paid == u(EARNED) || paid == u(EARNED - 1), "{paid}");
        }
    }
    Ok(())
}

async fn exit_is_both_or_nothing_and_the_stake_leaves_without_the_reward() -> Result<()> {
    let earning = Earning::new(Role::Reward).await?;
    let Earning { scene, wild, alice, .. } = &earning;
    let (vault, who) = (&scene.vault, alice.address());
    scene.arrange(wild.setPaused(true, false)).await?;
    refused(scene, alice, vault.exit(who), Paused {}).await?;
    alice.send(vault.redeem(u(STAKE), who, who)).await?;
    assert_eq!(scene.asset.balance(who).await?, u(2 * STAKE));
    scene.arrange(wild.setPaused(false, false)).await?;
    alice.send(vault.exit(who)).await?;
    assert_eq!(scene.reward.balance(who).await?, u(EARNED));
    Ok(())
}

async fn a_reward_that_refuses_is_believed_and_what_was_earned_waits() -> Result<()> {
    let earning = Earning::new(Role::Reward).await?;
    let Earning { scene, wild, alice, bob, funder } = &earning;
    let (vault, who) = (&scene.vault, alice.address());
    for Refusal { habit, begin, end, said } in wild.refusals(vault.address()) {
        let told = || format!("a reward that {habit}");
        scene.arrange(begin).await?;
        for (account, action) in [
            (alice, vault.claim(who).into_request()),
            (bob, vault.claimFor(who).into_request()),
            (alice, vault.exit(who).into_request()),
            (funder, vault.fund(u(7)).into_request()),
            (funder, earning.purchase()),
        ] {
            refused_with(scene, account, action, said.clone()).await.with_context(told)?;
        }
        scene.arrange(end).await?;
    }
    earning.expect_paid(alice).await?;
    earning.expect_paid(bob).await?;
    earning.expect_reserve(0).await
}

async fn a_reward_that_returns_nothing_is_credited_paid_and_bought_with_as_any_other() -> Result<()> {
    let earning = Earning::new(Role::Reward).await?;
    let Earning { scene, wild, alice, bob, funder } = &earning;
    let (vault, reward, who) = (&scene.vault, *wild.address(), alice.address());
    scene.arrange(wild.setAnswer(Answer::Nothing)).await?;

    let receipt = alice.send(vault.claim(who)).await?;
    let sent = IERC20::Transfer { from: vault.address(), to: who, value: u(EARNED) };
    let paid = IVault::RewardPaid { account: who, receiver: who, amount: u(EARNED) };
    assert_eq!(logs(&receipt), [log(reward, &sent), log(vault.address(), &paid)]);
    funder.send(vault.claimFor(bob.address())).await?;
    assert_eq!(scene.reward.balance(bob.address()).await?, u(EARNED));

    funder.send(vault.fund(u(7))).await?;
    earning.expect_reserve(7).await?;
    let price = FIRST_PRICE * u128::from(PERIOD) / u128::from(LATER + 60);
    let receipt = scene.act(LATER + 60, funder, earning.purchase()).await?;
    assert_eq!(logs(&receipt).len(), 3, "yield out, reward in, the sale");
    assert_eq!(scene.yield_token.balance(funder.address()).await?, u(YIELD));
    assert_eq!(scene.reward.balance(funder.address()).await?, u(FUNDS - 7 - price));
    earning.expect_reserve(7 + price).await
}

async fn a_blocked_staker_has_the_reward_paid_to_another_account() -> Result<()> {
    let earning = Earning::new(Role::Reward).await?;
    let Earning { scene, wild, alice, bob, funder } = &earning;
    let (vault, account) = (&scene.vault, alice.address());
    let friend = scene.person("friend").await?.address();
    scene.arrange(wild.setBlocked(account, true)).await?;
    refused(scene, alice, vault.claim(account), Blocked { account }).await?;
    refused(scene, funder, vault.claimFor(account), Blocked { account }).await?;
    alice.send(vault.claim(friend)).await?;
    assert_eq!(scene.reward.balance(friend).await?, u(EARNED));
    earning.expect_paid(bob).await
}

async fn a_fee_on_the_reward_is_never_credited_and_comes_off_what_is_paid() -> Result<()> {
    let earning = Earning::new(Role::Reward).await?;
    let Earning { scene, wild, alice, bob, funder } = &earning;
    let vault = &scene.vault;
    scene.arrange(wild.setFee(u(1))).await?;
    let receipt = funder.send(vault.fund(u(20_000))).await?;
    let added = IVault::RewardAdded { sender: funder.address(), amount: u(19_998) };
    assert_eq!(logs(&receipt).last(), Some(&log(vault.address(), &added)));
    earning.expect_reserve(2 * EARNED + 19_998).await?;
    assert_eq!(vault.queued().call().await?, u(19_998));

    alice.send(vault.claim(alice.address())).await?;
    assert_eq!(scene.reward.balance(alice.address()).await?, u(EARNED - EARNED / 10_000));
    earning.expect_reserve(EARNED + 19_998).await?;
    // The vault still holds just what it owes: the fee of one is nobody else's.
    assert_eq!(scene.reward.balance(vault.address()).await?, u(EARNED + 19_998));
    scene.arrange(wild.setFee(u(0))).await?;
    earning.expect_paid(bob).await
}

async fn a_fee_on_the_price_is_the_buyer_s_to_pay() -> Result<()> {
    let earning = Earning::new(Role::Reward).await?;
    let Earning { scene, wild, funder, .. } = &earning;
    let vault = &scene.vault;
    scene.arrange(wild.setFee(u(1))).await?;
    scene.look_at(LATER + 60).await?;
    let price = earning.price().await?;
    let arrived = price * 9_999 / 10_000;
    let short = IVault::InsufficientPayment { amountIn: u(price), paid: u(arrived) };
    refused_at(scene, LATER + 60, funder, earning.purchase(), short).await?;
    assert_eq!(scene.yield_token.balance(funder.address()).await?, U256::ZERO);
    // Whoever sends enough for the fee beforehand has paid.
    scene.act(LATER + 60, funder, wild.transfer(vault.address(), u(price + price / 9_999 + 1))).await?;
    scene.act(LATER + 60, funder, earning.purchase()).await?;
    assert_eq!(scene.yield_token.balance(funder.address()).await?, u(YIELD));
    let held = scene.reward.balance(vault.address()).await?;
    assert!(held >= u(2 * EARNED + price));
    assert_eq!(vault.reserve().call().await?, held);
    Ok(())
}

async fn a_fee_of_everything_is_no_reward_at_all() -> Result<()> {
    let earning = Earning::new(Role::Reward).await?;
    let Earning { scene, wild, alice, bob, funder } = &earning;
    let vault = &scene.vault;
    scene.arrange(wild.setFee(u(10_000))).await?;
    refused(scene, funder, vault.fund(u(1_000)), IVault::ZeroAmount {}).await?;
    // A claim pays what the token makes of it, whoever asks for it: what the fee takes is gone.
    bob.send(vault.claimFor(alice.address())).await?;
    assert_eq!(scene.reward.balance(alice.address()).await?, U256::ZERO);
    earning.expect_reserve(EARNED).await?;
    scene.arrange(wild.setFee(u(0))).await?;
    earning.expect_paid(bob).await?;
    earning.expect_reserve(0).await
}

async fn a_reward_that_rebases_down_pays_who_comes_first_and_credits_nothing_till_it_heals() -> Result<()> {
    let earning = Earning::new(Role::Reward).await?;
    let Earning { scene, wild, alice, bob, funder } = &earning;
    let (vault, who) = (&scene.vault, bob.address());
    wild.rebase(scene, 1, 2).await?;
    for action in [vault.sync().into_request(), earning.purchase()] {
        refused(scene, funder, action, wild.shortfall(2 * EARNED, EARNED)).await?;
    }
    refused(scene, funder, vault.fund(u(9)), wild.shortfall(2 * EARNED, EARNED + 9)).await?;

    earning.expect_paid(alice).await?;
    let empty = || Insufficient { account: vault.address(), held: u(0), needed: u(EARNED) };
    refused(scene, bob, vault.claim(who), empty()).await?;
    refused(scene, bob, vault.exit(who), empty()).await?;
    bob.send(vault.withdraw(u(STAKE), who, who)).await?;
    assert_eq!(scene.asset.balance(who).await?, u(2 * STAKE));

    // What is owed to one is not credited to others; above it everything goes on.
    scene.reward.mint(&scene.chain, vault.address(), u(EARNED - 1)).await?;
    refused(scene, funder, vault.sync(), wild.shortfall(EARNED, EARNED - 1)).await?;
    scene.reward.mint(&scene.chain, vault.address(), u(4)).await?;
    funder.send(vault.sync()).await?;
    earning.expect_reserve(EARNED + 3).await?;
    earning.expect_paid(bob).await?;
    earning.expect_reserve(3).await
}

async fn a_reward_that_rebases_up_is_credited_by_sync_and_changes_nothing_before() -> Result<()> {
    let earning = Earning::new(Role::Reward).await?;
    let Earning { scene, wild, alice, bob, .. } = &earning;
    let vault = &scene.vault;
    wild.rebase(scene, 2, 1).await?;
    for account in [alice, bob] {
        assert_eq!(scene.earned(account).await?, u(EARNED));
    }
    earning.expect_paid(alice).await?;
    earning.expect_reserve(EARNED).await?;
    let receipt = scene.act(LATER + 60, bob, vault.sync()).await?;
    let added = IVault::RewardAdded { sender: bob.address(), amount: u(2 * EARNED) };
    assert_eq!(logs(&receipt), [log(vault.address(), &added)]);
    // It streams in the next epoch, to both.
    scene.look_at(LATER + EPOCH).await?;
    assert_eq!((scene.earned(alice).await?, scene.earned(bob).await?), (u(0), u(EARNED)));
    scene.look_at(LATER + 2 * EPOCH).await?;
    assert_eq!((scene.earned(alice).await?, scene.earned(bob).await?), (u(EARNED), u(2 * EARNED)));
    Ok(())
}

async fn a_reward_that_rounds_what_it_pays_leaves_a_unit_for_the_next_buyer_to_make_up() -> Result<()> {
    let (scene, wild) = wild_vault(Role::Reward).await?;
    let vault = &scene.vault;
    let (alice, bob) = (scene.staker("alice", STAKE).await?, scene.staker("bob", STAKE).await?);
    for account in [&alice, &bob] {
        scene.act(60, account, vault.deposit(u(STAKE), account.address())).await?;
    }
    wild.rebase(&scene, 11, 10).await?;
    scene.fund(60, 110_011).await?;
    scene.accrue(YIELD).await?;
    // Half of it are 50 004.5 parts: the token takes 50 005, and of 55 006 units that are owed one is missing.
    scene.act(LATER, &alice, vault.claim(alice.address())).await?;
    assert_eq!(scene.reward.balance(alice.address()).await?, u(55_004));
    let short = || wild.shortfall(55_006, 55_005);
    let buyer = scene.holder("buyer", FIRST_PRICE).await?;
    let wallet = vault.swapExactAmountOut(buyer.address(), u(YIELD), U256::MAX, Bytes::new());
    refused(&scene, &buyer, wallet, short()).await?;
    refused(&scene, &buyer, vault.sync(), short()).await?;

    // Who pays in a callback can pay what is missing, too; else anybody can send it.
    let puppet = Puppet::create(&scene.chain).await?;
    scene.reward.mint(&scene.chain, puppet.address, u(FIRST_PRICE)).await?;
    scene.look_at(LATER + 60).await?;
    let price: u128 = vault.computeExactAmountIn(u(YIELD)).call().await?.to();
    let pay = |amount| Script::new().call(wild.transfer(vault.address(), u(amount))).bytes();
    let flash = |amount| vault.swapExactAmountOut(puppet.address, u(YIELD), U256::MAX, pay(amount));
    scene.act(LATER + 60, &buyer, flash(price + 3)).await?;
    let reserve = vault.reserve().call().await?;
    assert!(reserve >= u(55_006 + price) && reserve <= u(55_006 + price + 2), "{reserve}");
    assert_eq!(scene.reward.balance(vault.address()).await?, reserve);
    bob.send(vault.claim(bob.address())).await?;
    Ok(())
}

async fn a_reward_that_claims_all_there_is_is_credited_to_the_bound_and_cannot_pay_it() -> Result<()> {
    let earning = Earning::new(Role::Reward).await?;
    let Earning { scene, wild, alice, bob, funder } = &earning;
    let (vault, who) = (&scene.vault, bob.address());
    scene.arrange(wild.setReported(vault.address(), U256::MAX)).await?;
    funder.send(vault.sync()).await?;
    earning.expect_reserve(MAX_UNPAID_REWARD).await?;
    let full = IVault::RewardBoundExceeded { unpaid: u(MAX_UNPAID_REWARD), bound: u(MAX_UNPAID_REWARD) };
    refused(scene, funder, vault.sync(), full).await?;
    // What was earned before the lie can be claimed until the next epoch begins.
    earning.expect_paid(alice).await?;
    scene.arrange(wild.setReported(vault.address(), U256::ZERO)).await?;
    refused(scene, funder, vault.sync(), wild.shortfall(MAX_UNPAID_REWARD - EARNED, EARNED)).await?;
    // From then on more is earned than there is, and only the principal leaves.
    scene.look_at(LATER + EPOCH + 3_600).await?;
    let earned = scene.earned(bob).await?;
    assert!(earned > u(EARNED));
    let poor = Insufficient { account: vault.address(), held: u(EARNED), needed: earned };
    refused_at(scene, LATER + EPOCH + 3_600, bob, vault.claim(who), poor).await?;
    for account in [alice, bob] {
        account.send(vault.redeem(u(STAKE), account.address(), account.address())).await?;
        assert_eq!(scene.asset.balance(account.address()).await?, u(2 * STAKE));
    }
    Ok(())
}

async fn a_reward_that_claims_nothing_is_there_pays_and_credits_nothing() -> Result<()> {
    let earning = Earning::new(Role::Reward).await?;
    let Earning { scene, wild, alice, bob, funder } = &earning;
    let vault = &scene.vault;
    scene.arrange(wild.setHidden(vault.address(), true)).await?;
    let short = || wild.shortfall(2 * EARNED, 0);
    refused(scene, funder, vault.sync(), short()).await?;
    refused(scene, funder, vault.fund(u(5)), short()).await?;
    refused(scene, funder, earning.purchase(), short()).await?;
    earning.expect_paid(alice).await?;
    scene.arrange(wild.setHidden(vault.address(), false)).await?;
    funder.send(vault.fund(u(5))).await?;
    earning.expect_paid(bob).await?;
    earning.expect_reserve(5).await
}
