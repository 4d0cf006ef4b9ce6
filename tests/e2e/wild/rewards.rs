//! Tests of reward tokens that fail, block accounts, take fees, rebase, or report false balances.
//! They check what is credited and paid, and that principal can leave.

use alloy::{
    primitives::{Bytes, U256},
    rpc::types::TransactionRequest,
    sol_types::SolCall,
};
use anyhow::{Context, Result};
use libtest_mimic::Trial;
use weir::math::MAX_UNPAID_REWARD;
use weir_bindings::{IERC20, IVault};
use weir_client::{Account, Action};

use super::token::{
    Answer, FACTOR_ONE, Failure,
    IWildToken::{Blocked, Insufficient, Paused},
    Role, WildToken, wild_vault,
};
use crate::{
    evm::{Puppet, Script},
    logs::{log, logs},
    reverts::{reverts, reverts_at, reverts_with_data},
    scene::{EPOCH, FIRST_PRICE, PERIOD, Scene, u},
    trial::with_time_control,
};

/// Stake of each of two stakers, and its balance. A power of two, so that shares of rewards are exact.
const STAKE: u128 = 64;
/// Reward earned by each staker: half of what was funded.
const EARNED: u128 = 500_000;
/// The funder's balance of the reward.
const FUNDS: u128 = 2 * FIRST_PRICE;
/// Yield for sale.
const YIELD: u128 = 500;
/// When the whole reward has streamed, in seconds after the deployment.
const LATER: u64 = 2 * EPOCH;

pub fn trials() -> Vec<Trial> {
    vec![
        with_time_control(principal_moves_whatever_the_reward_does),
        with_time_control(exit_is_all_or_nothing_and_redeem_works_without_the_reward),
        with_time_control(a_failing_reward_stops_its_transfers_and_earnings_wait),
        with_time_control(a_reward_that_returns_nothing_works_like_any_other),
        with_time_control(a_blocked_staker_can_claim_to_another_account),
        with_time_control(a_fee_on_the_reward_is_not_credited_and_reduces_payments),
        with_time_control(the_buyer_pays_the_fee_on_the_price),
        with_time_control(a_fee_of_100_percent_leaves_no_reward),
        with_time_control(a_reward_that_rebases_down_pays_the_first_claims_and_credits_nothing),
        with_time_control(a_reward_that_rebases_up_is_credited_only_by_sync),
        with_time_control(the_next_buyer_makes_up_for_a_unit_that_the_reward_rounds_away),
        with_time_control(an_overreported_reward_is_credited_up_to_the_bound_and_cannot_pay_it),
        with_time_control(a_hidden_reward_pays_claims_and_credits_nothing),
    ]
}

/// A vault with a wild reward, two stakers who have earned half a million units each, a funder, and yield for sale.
struct Setup {
    scene: Scene,
    wild: WildToken,
    alice: Account,
    bob: Account,
    funder: Account,
}

impl Setup {
    async fn new(role: Role) -> Result<Self> {
        let (scene, wild) = wild_vault(role).await?;
        let alice = scene.staker("alice", 2 * STAKE).await?;
        let bob = scene.staker("bob", 2 * STAKE).await?;
        let funder = scene.holder("funder", FUNDS).await?;
        for account in [&alice, &bob] {
            scene.send_at(60, account, scene.vault.deposit(u(STAKE), account.address())).await?;
        }
        scene.fund(60, 2 * EARNED).await?;
        if role == Role::Reward {
            scene.accrue(YIELD).await?;
        }
        scene.advance_to(LATER).await?;
        Ok(Self { scene, wild, alice, bob, funder })
    }

    /// The funder's purchase of all the yield at any price.
    fn purchase(&self) -> TransactionRequest {
        let buyer = self.funder.address();
        self.scene.vault.swapExactAmountOut(buyer, u(YIELD), U256::MAX, Bytes::new()).into_request()
    }

    /// The current price.
    async fn price(&self) -> Result<u128> {
        Ok(self.scene.vault.computeExactAmountIn(u(YIELD)).call().await?.to())
    }

    /// Claims for an account and checks that its whole reward is paid.
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

/// The ways in which the reward can misbehave, each with the calls that begin and end it.
fn failure_modes(setup: &Setup) -> Vec<(&'static str, TransactionRequest, TransactionRequest)> {
    let (wild, vault, who) = (&setup.wild, setup.scene.vault.address(), setup.alice.address());
    let sync = Bytes::from(IVault::syncCall::SELECTOR);
    let hook = |must| wild.setHook(vault, sync.clone(), must).into_request();
    let blocked = |blocked| wild.setBlocked(who, blocked).into_request();
    let fee = |basis_points| wild.setFee(u(basis_points)).into_request();
    let factor = |wad| wild.setFactor(u(wad)).into_request();
    let reported = |balance| wild.setReported(vault, balance).into_request();
    let hidden = |hidden| wild.setHidden(vault, hidden).into_request();
    let failures = wild.failures(vault);
    let worse = [
        ("blocks the staker", blocked(true), blocked(false)),
        ("keeps everything", fee(10_000), fee(0)),
        ("rebases to nothing", factor(1), factor(FACTOR_ONE)),
        ("reports the maximum", reported(U256::MAX), reported(U256::ZERO)),
        ("reports a balance of zero", hidden(true), hidden(false)),
        ("calls back", hook(true), hook(false)),
    ];
    failures.into_iter().map(|failure| (failure.behavior, failure.begin, failure.end)).chain(worse).collect()
}

async fn principal_moves_whatever_the_reward_does() -> Result<()> {
    for role in [Role::Reward, Role::RewardBesideSoldAsset] {
        let setup = Setup::new(role).await?;
        let Setup { scene, alice, bob, .. } = &setup;
        let (vault, who) = (&scene.vault, alice.address());
        for (behavior, begin, end) in failure_modes(&setup) {
            let context = || format!("a reward that {behavior}");
            scene.send_as_payer(begin).await?;
            alice.send(vault.withdraw(u(10), who, who)).await.with_context(context)?;
            alice.send(vault.redeem(u(STAKE - 10), who, who)).await.with_context(context)?;
            assert_eq!(scene.asset.balance(who).await?, u(2 * STAKE), "{}", context());
            alice.send(vault.deposit(u(STAKE), who)).await.with_context(context)?;
            alice.send(vault.transfer(bob.address(), u(1))).await.with_context(context)?;
            bob.send(vault.transfer(who, u(1))).await.with_context(context)?;
            scene.send_as_payer(end).await?;
        }
        // No reward is lost; each change of shares may cost 2^-32 of a unit, so one unit in all.
        for account in [alice, bob] {
            account.send(vault.exit(account.address())).await?;
            assert_eq!(scene.asset.balance(account.address()).await?, u(2 * STAKE));
            let paid = scene.reward.balance(account.address()).await?;
            assert!(paid == u(EARNED) || paid == u(EARNED - 1), "{paid}");
        }
    }
    Ok(())
}

async fn exit_is_all_or_nothing_and_redeem_works_without_the_reward() -> Result<()> {
    let setup = Setup::new(Role::Reward).await?;
    let Setup { scene, wild, alice, .. } = &setup;
    let (vault, who) = (&scene.vault, alice.address());
    scene.send_as_payer(wild.setPaused(true, false)).await?;
    reverts(scene, alice, vault.exit(who), Paused {}).await?;
    alice.send(vault.redeem(u(STAKE), who, who)).await?;
    assert_eq!(scene.asset.balance(who).await?, u(2 * STAKE));
    scene.send_as_payer(wild.setPaused(false, false)).await?;
    alice.send(vault.exit(who)).await?;
    assert_eq!(scene.reward.balance(who).await?, u(EARNED));
    Ok(())
}

async fn a_failing_reward_stops_its_transfers_and_earnings_wait() -> Result<()> {
    let setup = Setup::new(Role::Reward).await?;
    let Setup { scene, wild, alice, bob, funder } = &setup;
    let (vault, who) = (&scene.vault, alice.address());
    for Failure { behavior, begin, end, error } in wild.failures(vault.address()) {
        let context = || format!("a reward that {behavior}");
        scene.send_as_payer(begin).await?;
        for (account, action) in [
            (alice, vault.claim(who).into_request()),
            (alice, vault.claimFor(who).into_request()),
            (alice, vault.exit(who).into_request()),
            (funder, vault.fund(u(7)).into_request()),
            (funder, setup.purchase()),
        ] {
            reverts_with_data(scene, account, action, error.clone()).await.with_context(context)?;
        }
        scene.send_as_payer(end).await?;
    }
    setup.expect_paid(alice).await?;
    setup.expect_paid(bob).await?;
    setup.expect_reserve(0).await
}

async fn a_reward_that_returns_nothing_works_like_any_other() -> Result<()> {
    let setup = Setup::new(Role::Reward).await?;
    let Setup { scene, wild, alice, bob, funder } = &setup;
    let (vault, reward, who) = (&scene.vault, *wild.address(), alice.address());
    scene.send_as_payer(wild.setAnswer(Answer::Nothing)).await?;

    let receipt = alice.send(vault.claim(who)).await?;
    let sent = IERC20::Transfer { from: vault.address(), to: who, value: u(EARNED) };
    let paid = IVault::RewardPaid { account: who, receiver: who, amount: u(EARNED) };
    assert_eq!(logs(&receipt), [log(reward, &sent), log(vault.address(), &paid)]);
    bob.send(vault.claimFor(bob.address())).await?;
    assert_eq!(scene.reward.balance(bob.address()).await?, u(EARNED));

    funder.send(vault.fund(u(7))).await?;
    setup.expect_reserve(7).await?;
    let price = FIRST_PRICE * u128::from(PERIOD) / u128::from(LATER + 60);
    let receipt = scene.send_at(LATER + 60, funder, setup.purchase()).await?;
    assert_eq!(logs(&receipt).len(), 3, "yield out, reward in, the sale");
    assert_eq!(scene.yield_token.balance(funder.address()).await?, u(YIELD));
    assert_eq!(scene.reward.balance(funder.address()).await?, u(FUNDS - 7 - price));
    setup.expect_reserve(7 + price).await
}

async fn a_blocked_staker_can_claim_to_another_account() -> Result<()> {
    let setup = Setup::new(Role::Reward).await?;
    let Setup { scene, wild, alice, bob, .. } = &setup;
    let (vault, account) = (&scene.vault, alice.address());
    let friend = scene.person("friend").await?.address();
    scene.send_as_payer(wild.setBlocked(account, true)).await?;
    reverts(scene, alice, vault.claim(account), Blocked { account }).await?;
    reverts(scene, alice, vault.claimFor(account), Blocked { account }).await?;
    alice.send(vault.claim(friend)).await?;
    assert_eq!(scene.reward.balance(friend).await?, u(EARNED));
    setup.expect_paid(bob).await
}

async fn a_fee_on_the_reward_is_not_credited_and_reduces_payments() -> Result<()> {
    let setup = Setup::new(Role::Reward).await?;
    let Setup { scene, wild, alice, bob, funder } = &setup;
    let vault = &scene.vault;
    scene.send_as_payer(wild.setFee(u(1))).await?;
    let receipt = funder.send(vault.fund(u(20_000))).await?;
    let added = IVault::RewardAdded { sender: funder.address(), amount: u(19_998) };
    assert_eq!(logs(&receipt).last(), Some(&log(vault.address(), &added)));
    setup.expect_reserve(2 * EARNED + 19_998).await?;
    assert_eq!(vault.queued().call().await?, u(19_998));

    alice.send(vault.claim(alice.address())).await?;
    assert_eq!(scene.reward.balance(alice.address()).await?, u(EARNED - EARNED / 10_000));
    setup.expect_reserve(EARNED + 19_998).await?;
    // The vault still holds exactly what it owes: no other account pays the fee.
    assert_eq!(scene.reward.balance(vault.address()).await?, u(EARNED + 19_998));
    scene.send_as_payer(wild.setFee(u(0))).await?;
    setup.expect_paid(bob).await
}

async fn the_buyer_pays_the_fee_on_the_price() -> Result<()> {
    let setup = Setup::new(Role::Reward).await?;
    let Setup { scene, wild, funder, .. } = &setup;
    let vault = &scene.vault;
    scene.send_as_payer(wild.setFee(u(1))).await?;
    scene.advance_to(LATER + 60).await?;
    let price = setup.price().await?;
    let arrived = price * 9_999 / 10_000;
    let short = || IVault::InsufficientPayment { amountIn: u(price), paid: u(arrived) };
    reverts_at(scene, LATER + 60, funder, setup.purchase(), short()).await?;
    assert_eq!(scene.yield_token.balance(funder.address()).await?, U256::ZERO);
    // What a wallet sends in advance belongs to the stakers. A buyer who pays in a callback can add the fee.
    scene.send_at(LATER + 60, funder, wild.transfer(vault.address(), u(price))).await?;
    reverts_at(scene, LATER + 60, funder, setup.purchase(), short()).await?;
    let puppet = Puppet::create(&scene.chain).await?;
    scene.send_as_payer(wild.setFee(u(0))).await?;
    scene.send_at(LATER + 60, funder, wild.transfer(puppet.address, u(2 * price))).await?;
    scene.send_as_payer(wild.setFee(u(1))).await?;
    let paid = Script::new().call(wild.transfer(vault.address(), u(price + price / 9_999 + 1)));
    let flash = vault.swapExactAmountOut(puppet.address, u(YIELD), U256::MAX, paid.bytes());
    scene.send_at(LATER + 60, funder, flash).await?;
    assert_eq!(scene.yield_token.balance(puppet.address).await?, u(YIELD));
    let held = scene.reward.balance(vault.address()).await?;
    assert!(held >= u(2 * EARNED + price + arrived));
    assert_eq!(vault.reserve().call().await?, held);
    Ok(())
}

async fn a_fee_of_100_percent_leaves_no_reward() -> Result<()> {
    let setup = Setup::new(Role::Reward).await?;
    let Setup { scene, wild, alice, bob, funder } = &setup;
    let vault = &scene.vault;
    scene.send_as_payer(wild.setFee(u(10_000))).await?;
    reverts(scene, funder, vault.fund(u(1_000)), IVault::ZeroAmount {}).await?;
    // The fee takes the whole claim.
    alice.send(vault.claim(alice.address())).await?;
    assert_eq!(scene.reward.balance(alice.address()).await?, U256::ZERO);
    setup.expect_reserve(EARNED).await?;
    scene.send_as_payer(wild.setFee(u(0))).await?;
    setup.expect_paid(bob).await?;
    setup.expect_reserve(0).await
}

async fn a_reward_that_rebases_down_pays_the_first_claims_and_credits_nothing() -> Result<()> {
    let setup = Setup::new(Role::Reward).await?;
    let Setup { scene, wild, alice, bob, funder } = &setup;
    let (vault, who) = (&scene.vault, bob.address());
    wild.rebase(scene, 1, 2).await?;
    reverts(scene, funder, vault.sync(), wild.shortfall(2 * EARNED, EARNED)).await?;
    scene.advance_to(LATER + 60).await?;
    let price = setup.price().await?;
    let short = IVault::InsufficientPayment { amountIn: u(price), paid: u(price - EARNED) };
    reverts_at(scene, LATER + 60, funder, setup.purchase(), short).await?;
    reverts(scene, funder, vault.fund(u(9)), wild.shortfall(2 * EARNED, EARNED + 9)).await?;

    setup.expect_paid(alice).await?;
    let empty = || Insufficient { account: vault.address(), held: u(0), needed: u(EARNED) };
    reverts(scene, bob, vault.claim(who), empty()).await?;
    reverts(scene, bob, vault.exit(who), empty()).await?;
    bob.send(vault.withdraw(u(STAKE), who, who)).await?;
    assert_eq!(scene.asset.balance(who).await?, u(2 * STAKE));

    // What is owed is not credited again; only what exceeds it is.
    scene.reward.mint(&scene.chain, vault.address(), u(EARNED - 1)).await?;
    reverts(scene, funder, vault.sync(), wild.shortfall(EARNED, EARNED - 1)).await?;
    scene.reward.mint(&scene.chain, vault.address(), u(4)).await?;
    funder.send(vault.sync()).await?;
    setup.expect_reserve(EARNED + 3).await?;
    setup.expect_paid(bob).await?;
    setup.expect_reserve(3).await
}

async fn a_reward_that_rebases_up_is_credited_only_by_sync() -> Result<()> {
    let setup = Setup::new(Role::Reward).await?;
    let Setup { scene, wild, alice, bob, .. } = &setup;
    let vault = &scene.vault;
    wild.rebase(scene, 2, 1).await?;
    for account in [alice, bob] {
        assert_eq!(scene.earned(account).await?, u(EARNED));
    }
    setup.expect_paid(alice).await?;
    setup.expect_reserve(EARNED).await?;
    let receipt = scene.send_at(LATER + 60, bob, vault.sync()).await?;
    let added = IVault::RewardAdded { sender: bob.address(), amount: u(2 * EARNED) };
    assert_eq!(logs(&receipt), [log(vault.address(), &added)]);
    // It streams to both stakers in the next epoch.
    scene.advance_to(LATER + EPOCH).await?;
    assert_eq!((scene.earned(alice).await?, scene.earned(bob).await?), (u(0), u(EARNED)));
    scene.advance_to(LATER + 2 * EPOCH).await?;
    assert_eq!((scene.earned(alice).await?, scene.earned(bob).await?), (u(EARNED), u(2 * EARNED)));
    Ok(())
}

async fn the_next_buyer_makes_up_for_a_unit_that_the_reward_rounds_away() -> Result<()> {
    let (scene, wild) = wild_vault(Role::Reward).await?;
    let vault = &scene.vault;
    let (alice, bob) = (scene.staker("alice", STAKE).await?, scene.staker("bob", STAKE).await?);
    for account in [&alice, &bob] {
        scene.send_at(60, account, vault.deposit(u(STAKE), account.address())).await?;
    }
    wild.rebase(&scene, 11, 10).await?;
    scene.fund(60, 110_011).await?;
    scene.accrue(YIELD).await?;
    // Half of it is 50 004.5 parts: the token takes 50 005, and one of the 55 006 units owed is missing.
    scene.send_at(LATER, &alice, vault.claim(alice.address())).await?;
    assert_eq!(scene.reward.balance(alice.address()).await?, u(55_004));
    let short = || wild.shortfall(55_006, 55_005);
    let buyer = scene.holder("buyer", FIRST_PRICE).await?;
    let wallet = vault.swapExactAmountOut(buyer.address(), u(YIELD), U256::MAX, Bytes::new());
    assert!(buyer.simulate(wallet).await.is_err(), "the price alone makes up for the missing unit");
    reverts(&scene, &buyer, vault.sync(), short()).await?;

    // A buyer who pays in a callback can add what is missing, and any account can send it.
    let puppet = Puppet::create(&scene.chain).await?;
    scene.reward.mint(&scene.chain, puppet.address, u(FIRST_PRICE)).await?;
    scene.advance_to(LATER + 60).await?;
    let price: u128 = vault.computeExactAmountIn(u(YIELD)).call().await?.to();
    let pay = |amount| Script::new().call(wild.transfer(vault.address(), u(amount))).bytes();
    let flash = |amount| vault.swapExactAmountOut(puppet.address, u(YIELD), U256::MAX, pay(amount));
    scene.send_at(LATER + 60, &buyer, flash(price + 3)).await?;
    let reserve = vault.reserve().call().await?;
    assert!(reserve >= u(55_006 + price) && reserve <= u(55_006 + price + 2), "{reserve}");
    assert_eq!(scene.reward.balance(vault.address()).await?, reserve);
    bob.send(vault.claim(bob.address())).await?;
    Ok(())
}

async fn an_overreported_reward_is_credited_up_to_the_bound_and_cannot_pay_it() -> Result<()> {
    let setup = Setup::new(Role::Reward).await?;
    let Setup { scene, wild, alice, bob, funder } = &setup;
    let (vault, who) = (&scene.vault, bob.address());
    scene.send_as_payer(wild.setReported(vault.address(), U256::MAX)).await?;
    funder.send(vault.sync()).await?;
    setup.expect_reserve(MAX_UNPAID_REWARD).await?;
    let full = IVault::RewardBoundExceeded { unpaid: u(MAX_UNPAID_REWARD), bound: u(MAX_UNPAID_REWARD) };
    reverts(scene, funder, vault.sync(), full).await?;
    // What was earned before can be claimed until the next epoch begins.
    setup.expect_paid(alice).await?;
    scene.send_as_payer(wild.setReported(vault.address(), U256::ZERO)).await?;
    reverts(scene, funder, vault.sync(), wild.shortfall(MAX_UNPAID_REWARD - EARNED, EARNED)).await?;
    // After that more is earned than the vault holds, and only principal can leave.
    scene.advance_to(LATER + EPOCH + 3_600).await?;
    let earned = scene.earned(bob).await?;
    assert!(earned > u(EARNED));
    let poor = Insufficient { account: vault.address(), held: u(EARNED), needed: earned };
    reverts_at(scene, LATER + EPOCH + 3_600, bob, vault.claim(who), poor).await?;
    for account in [alice, bob] {
        account.send(vault.redeem(u(STAKE), account.address(), account.address())).await?;
        assert_eq!(scene.asset.balance(account.address()).await?, u(2 * STAKE));
    }
    Ok(())
}

async fn a_hidden_reward_pays_claims_and_credits_nothing() -> Result<()> {
    let setup = Setup::new(Role::Reward).await?;
    let Setup { scene, wild, alice, bob, funder } = &setup;
    let vault = &scene.vault;
    scene.send_as_payer(wild.setHidden(vault.address(), true)).await?;
    let short = || wild.shortfall(2 * EARNED, 0);
    reverts(scene, funder, vault.sync(), short()).await?;
    reverts(scene, funder, vault.fund(u(5)), short()).await?;
    reverts(scene, funder, setup.purchase(), short()).await?;
    setup.expect_paid(alice).await?;
    scene.send_as_payer(wild.setHidden(vault.address(), false)).await?;
    funder.send(vault.fund(u(5))).await?;
    setup.expect_paid(bob).await?;
    setup.expect_reserve(5).await
}
