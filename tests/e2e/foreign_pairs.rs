//! Tests of the vault as `ILiquidationSource`: a standalone pair sells tokens other than the vault's own yield.
//! The pair is a scripted contract in most tests, and one of the factory in one.

use alloy::{
    primitives::{Address, Bytes, U256},
    sol_types::{SolError, SolValue},
};
use anyhow::Result;
use libtest_mimic::Trial;
use weir_bindings::{IERC20, IVault};
use weir_client::Account;
use weir_harness::{Chain, Token};

use crate::{
    evm::{Puppet, Script},
    logs::{log, logs},
    pair_scene,
    reverts::{call_reverts, reverts},
    scene::{EPOCH, FIRST_PRICE, PERIOD, Scene, Tokens, u},
    trial::{on_any_chain, with_time_control},
};

/// Amount of an unrelated token that was sent to the vault.
const AIRDROP: u128 = 100;
/// Reward tokens that the pair holds to pay with.
const PRICE: u128 = 1_024;
/// Stake of the staker. A power of two, so that rewards are exact.
const STAKE: u128 = 64;

pub fn trials() -> Vec<Trial> {
    vec![
        on_any_chain(the_owner_sets_replaces_and_removes_a_pair),
        on_any_chain(no_pair_can_sell_the_reward_or_the_yield),
        on_any_chain(a_sale_of_a_pair_sends_the_token_and_queues_the_price),
        with_time_control(the_price_paid_at_a_pair_streams_to_the_stakers_in_the_next_epoch),
        on_any_chain(a_sale_that_is_not_paid_in_full_reverts),
        on_any_chain(only_the_pair_of_a_token_can_send_it),
        on_any_chain(a_pair_of_the_asset_sells_only_what_exceeds_the_principal),
        on_any_chain(reward_pays_for_one_sale_only),
        on_any_chain(reward_that_arrived_before_a_sale_does_not_pay_for_it),
        with_time_control(stray_reward_pays_for_no_sale_of_a_standalone_pair),
        on_any_chain(a_pair_is_paid_in_the_reward_token_to_the_vault),
    ]
}

/// A vault, an unrelated token in it, and a pair that sells that token and the surplus of the asset.
struct Setup {
    scene: Scene,
    airdrop: Token,
    pair: Puppet,
    staker: Account,
    buyer: Account,
}

impl Setup {
    async fn new() -> Result<Self> {
        let chain = Chain::from_environment().await?;
        let owner = chain.payer().address();
        let scene = Scene::on(chain, Tokens::Different, |settings| settings.owner = owner).await?;
        let airdrop = Token::deploy(&scene.chain, "Airdrop", "AIR", 18).await?;
        airdrop.mint(&scene.chain, scene.vault.address(), u(AIRDROP)).await?;
        let pair = Puppet::create(&scene.chain).await?;
        scene.reward.mint(&scene.chain, pair.address, u(PRICE)).await?;
        for token in [*airdrop.address(), *scene.asset.address()] {
            scene.send_as_payer(scene.vault.setLiquidationPair(token, pair.address)).await?;
        }
        let staker = scene.staker("staker", STAKE).await?;
        staker.send(scene.vault.deposit(u(STAKE), staker.address())).await?;
        let buyer = scene.person("buyer").await?;
        Ok(Self { scene, airdrop, pair, staker, buyer })
    }

    /// The pair sends `amount` of `token` to the buyer.
    fn send(&self, token: &Token, amount: u128) -> Script {
        let buyer = self.buyer.address();
        Script::new().call(self.scene.vault.transferTokensOut(buyer, buyer, *token.address(), u(amount)))
    }

    /// A sale: sends `amount` out, pays `paid`, and lets the vault verify `price`.
    fn sale(&self, token: &Token, amount: u128, paid: u128, price: u128) -> Script {
        let (vault, reward) = (&self.scene.vault, &self.scene.reward);
        self.send(token, amount).call(reward.transfer(vault.address(), u(paid))).call(vault.verifyTokensIn(
            *reward.address(),
            u(price),
            Bytes::new(),
        ))
    }

    /// Checks that the pair's sale reverts as a whole.
    async fn expect_revert(&self, sale: Script, error: impl alloy::sol_types::SolError) -> Result<()> {
        reverts(&self.scene, &self.buyer, self.pair.run(sale), error).await?;
        assert_eq!(self.airdrop.balance(self.buyer.address()).await?, U256::ZERO);
        Ok(())
    }
}

async fn the_owner_sets_replaces_and_removes_a_pair() -> Result<()> {
    let Setup { scene, airdrop, pair, .. } = Setup::new().await?;
    let (vault, token, other) = (&scene.vault, *airdrop.address(), Puppet::create(&scene.chain).await?);
    assert!(vault.isLiquidationPair(token, pair.address).call().await?);
    let receipt = scene.chain.payer().send(vault.setLiquidationPair(token, other.address)).await?;
    let set = IVault::LiquidationPairSet { tokenOut: token, liquidationPair: other.address };
    assert_eq!(logs(&receipt), [log(vault.address(), &set)]);
    assert!(vault.isLiquidationPair(token, other.address).call().await?);
    assert!(!vault.isLiquidationPair(token, pair.address).call().await?);
    scene.send_as_payer(vault.setLiquidationPair(token, Address::ZERO)).await?;
    for former in [other.address, Address::ZERO] {
        assert!(!vault.isLiquidationPair(token, former).call().await?);
    }
    Ok(())
}

async fn no_pair_can_sell_the_reward_or_the_yield() -> Result<()> {
    let Setup { scene, airdrop, pair, .. } = Setup::new().await?;
    let (vault, owner) = (&scene.vault, scene.chain.payer());
    let (reward, yield_token, airdrop) =
        (*scene.reward.address(), *scene.yield_token.address(), *airdrop.address());
    let no_code = Address::repeat_byte(0x0c);
    for (token, other) in [
        (reward, pair.address),
        (yield_token, pair.address),
        (yield_token, Address::ZERO),
        (airdrop, vault.address()),
        (airdrop, no_code),
    ] {
        let invalid = IVault::InvalidLiquidationPair { tokenOut: token, liquidationPair: other };
        reverts(&scene, owner, vault.setLiquidationPair(token, other), invalid).await?;
    }
    for token in [Address::ZERO, no_code, vault.address()] {
        let invalid = IVault::InvalidToken { token };
        reverts(&scene, owner, vault.setLiquidationPair(token, pair.address), invalid).await?;
    }
    assert!(vault.isLiquidationPair(yield_token, vault.address()).call().await?);
    assert_eq!(vault.liquidatableBalanceOf(reward).call().await?, U256::ZERO);
    Ok(())
}

async fn a_sale_of_a_pair_sends_the_token_and_queues_the_price() -> Result<()> {
    let setup = Setup::new().await?;
    let Setup { scene, airdrop, pair, buyer, .. } = &setup;
    let (vault, to) = (scene.vault.address(), buyer.address());
    assert_eq!(scene.vault.liquidatableBalanceOf(*airdrop.address()).call().await?, u(AIRDROP));
    // Pays more than the price: the event contains the whole amount.
    let receipt = buyer.send(pair.run(setup.sale(airdrop, 60, 1_000, 990))).await?;
    let sent = IERC20::Transfer { from: vault, to, value: u(60) };
    let paid = IERC20::Transfer { from: pair.address, to: vault, value: u(1_000) };
    let added = IVault::RewardAdded { sender: pair.address, amount: u(1_000) };
    let (out, reward) = (*airdrop.address(), *scene.reward.address());
    assert_eq!(logs(&receipt), [log(out, &sent), log(reward, &paid), log(vault, &added)]);
    assert_eq!(airdrop.balance(to).await?, u(60));
    assert_eq!(scene.vault.queued().call().await?, u(1_000));
    assert_eq!(scene.vault.reserve().call().await?, u(1_000));
    assert_eq!(scene.vault.liquidatableBalanceOf(out).call().await?, u(AIRDROP - 60));
    Ok(())
}

async fn the_price_paid_at_a_pair_streams_to_the_stakers_in_the_next_epoch() -> Result<()> {
    let setup = Setup::new().await?;
    let Setup { scene, airdrop, pair, buyer, staker } = &setup;
    scene.send_at(60, buyer, pair.run(setup.sale(airdrop, AIRDROP, PRICE, PRICE))).await?;
    scene.advance_to(EPOCH).await?;
    assert_eq!(scene.earned(staker).await?, U256::ZERO);
    scene.advance_to(EPOCH + EPOCH / 2).await?;
    assert_eq!(scene.earned(staker).await?, u(PRICE / 2));
    scene.send_at(2 * EPOCH, staker, scene.vault.exit(staker.address())).await?;
    assert_eq!(scene.reward.balance(staker.address()).await?, u(PRICE));
    Ok(())
}

async fn a_sale_that_is_not_paid_in_full_reverts() -> Result<()> {
    let setup = Setup::new().await?;
    for paid in [0, 989] {
        let short = IVault::InsufficientPayment { amountIn: u(990), paid: u(paid) };
        setup.expect_revert(setup.sale(&setup.airdrop, 60, paid, 990), short).await?;
    }
    Ok(())
}

async fn only_the_pair_of_a_token_can_send_it() -> Result<()> {
    let setup = Setup::new().await?;
    let Setup { scene, airdrop, pair, buyer, .. } = &setup;
    let (vault, thief) = (&scene.vault, buyer.address());
    let theft = |token: &Token| vault.transferTokensOut(thief, thief, *token.address(), u(1));
    scene.accrue(5).await?;
    for (token, expected) in
        [(airdrop, pair.address), (&scene.yield_token, vault.address()), (&scene.reward, Address::ZERO)]
    {
        let error = IVault::CallerNotLP { caller: thief, expected };
        reverts(scene, buyer, theft(token), error).await?;
    }
    // Neither can the pair of another token, nor a former pair.
    let error = IVault::CallerNotLP { caller: pair.address, expected: vault.address() };
    setup.expect_revert(setup.send(&scene.yield_token, 1), error).await?;
    scene.send_as_payer(vault.setLiquidationPair(*airdrop.address(), Address::ZERO)).await?;
    let error = IVault::CallerNotLP { caller: pair.address, expected: Address::ZERO };
    setup.expect_revert(setup.send(airdrop, 1), error).await
}

async fn a_pair_of_the_asset_sells_only_what_exceeds_the_principal() -> Result<()> {
    let setup = Setup::new().await?;
    let Setup { scene, airdrop, pair, staker, buyer } = &setup;
    let (asset, short) = (&scene.asset, |requested, available| IVault::InsufficientBalance {
        requested: u(requested),
        available: u(available),
    });
    setup.expect_revert(setup.send(asset, 1), short(1, 0)).await?;
    asset.mint(&scene.chain, scene.vault.address(), u(5)).await?;
    setup.expect_revert(setup.send(asset, 6), short(6, 5)).await?;
    setup.expect_revert(setup.send(airdrop, AIRDROP + 1), short(AIRDROP + 1, AIRDROP)).await?;
    setup.expect_revert(setup.send(asset, 0), IVault::ZeroAmount {}).await?;
    buyer.send(pair.run(setup.sale(asset, 5, PRICE, PRICE))).await?;
    assert_eq!(asset.balance(buyer.address()).await?, u(5));
    setup.expect_revert(setup.send(asset, 1), short(1, 0)).await?;
    staker.send(scene.vault.exit(staker.address())).await?;
    assert_eq!(asset.balance(staker.address()).await?, u(STAKE));
    Ok(())
}

async fn reward_pays_for_one_sale_only() -> Result<()> {
    let setup = Setup::new().await?;
    let Setup { scene, airdrop, pair, buyer, .. } = &setup;
    let (vault, reward) = (&scene.vault, *scene.reward.address());
    buyer.send(pair.run(setup.sale(airdrop, 10, 500, 500))).await?;
    let unpaid = || IVault::InsufficientPayment { amountIn: u(500), paid: u(0) };
    reverts(scene, buyer, pair.run(setup.sale(airdrop, 10, 0, 500)), unpaid()).await?;
    // Rewards funded or synced by others do not pay either.
    let funder = scene.holder("funder", 500).await?;
    funder.send(vault.fund(u(500))).await?;
    reverts(scene, buyer, pair.run(setup.sale(airdrop, 10, 0, 500)), unpaid()).await?;
    reverts(
        scene,
        buyer,
        vault.verifyTokensIn(reward, u(1), Bytes::new()),
        IVault::InsufficientPayment { amountIn: u(1), paid: u(0) },
    )
    .await?;
    assert_eq!(vault.reserve().call().await?, u(1_000));
    Ok(())
}

async fn reward_that_arrived_before_a_sale_does_not_pay_for_it() -> Result<()> {
    const STRAY: u128 = 300;
    let setup = Setup::new().await?;
    let Setup { scene, airdrop, pair, buyer, .. } = &setup;
    let (vault, reward) = (&scene.vault, *scene.reward.address());
    scene.reward.mint(&scene.chain, vault.address(), u(STRAY)).await?;
    // The data that the vault returns to the pair: the surplus before the sale.
    let handed = U256::from(STRAY).abi_encode();
    let verify = |price: u128| vault.verifyTokensIn(reward, u(price), handed.clone().into());
    for paid in [0, 99] {
        let pay = scene.reward.transfer(vault.address(), u(paid));
        let unpaid = IVault::InsufficientPayment { amountIn: u(100), paid: u(paid) };
        let sale = setup.send(airdrop, 10).call(pay).call(verify(100));
        reverts(scene, buyer, pair.run(sale), unpaid).await?;
    }
    let pay = scene.reward.transfer(vault.address(), u(100));
    buyer.send(pair.run(setup.send(airdrop, 10).call(pay).call(verify(100)))).await?;
    assert_eq!(vault.reserve().call().await?, u(STRAY + 100));
    // Reward that is queued during a sale does not pay for it either.
    scene.reward.mint(&scene.chain, vault.address(), u(STRAY)).await?;
    let pay = scene.reward.transfer(vault.address(), u(100));
    let unpaid = IVault::InsufficientPayment { amountIn: u(100), paid: u(0) };
    let sale = setup.send(airdrop, 10).call(vault.sync()).call(pay).call(verify(100));
    reverts(scene, buyer, pair.run(sale), unpaid).await
}

/// The same with a pair of the factory, which passes the data of the vault on.
async fn stray_reward_pays_for_no_sale_of_a_standalone_pair() -> Result<()> {
    let Setup { scene, airdrop, .. } = Setup::new().await?;
    let (vault, market) = (&scene.vault, scene.chain.market().await?);
    let (token_in, token_out) = (*scene.reward.address(), *airdrop.address());
    let settings = pair_scene::settings(vault.address(), token_in, token_out);
    let pair = market.create_pair(scene.chain.payer(), &settings).await?;
    scene.send_as_payer(vault.setLiquidationPair(token_out, pair.address())).await?;
    let start = pair.lastAuctionAt().call().await?;
    let puppet = Puppet::create(&scene.chain).await?;
    for stray in [FIRST_PRICE, 2 * FIRST_PRICE] {
        scene.reward.mint(&scene.chain, vault.address(), u(stray)).await?;
    }
    scene.reward.mint(&scene.chain, puppet.address, u(FIRST_PRICE)).await?;
    let pay = |amount| Script::new().call(scene.reward.transfer(vault.address(), u(amount))).bytes();
    let buyer = scene.person("another buyer").await?;
    scene.chain.mine_at(start + PERIOD).await?;
    for paid in [0, FIRST_PRICE - 1] {
        scene.chain.set_time(start + PERIOD).await?;
        let unpaid = IVault::InsufficientPayment { amountIn: u(FIRST_PRICE), paid: u(paid) }.abi_encode();
        let swap = pair.swapExactAmountOut(puppet.address, u(AIRDROP), U256::MAX, pay(paid));
        call_reverts(&buyer, swap, &unpaid).await?;
    }
    let prepaid = pair.swapExactAmountOut(buyer.address(), u(AIRDROP), U256::MAX, Bytes::new());
    let unpaid = IVault::InsufficientPayment { amountIn: u(FIRST_PRICE), paid: u(0) }.abi_encode();
    call_reverts(&buyer, prepaid, &unpaid).await?;
    scene.chain.set_time(start + PERIOD).await?;
    buyer.send(pair.swapExactAmountOut(puppet.address, u(AIRDROP), U256::MAX, pay(FIRST_PRICE))).await?;
    assert_eq!(airdrop.balance(puppet.address).await?, u(AIRDROP));
    assert_eq!(vault.reserve().call().await?, u(4 * FIRST_PRICE));
    Ok(())
}

async fn a_pair_is_paid_in_the_reward_token_to_the_vault() -> Result<()> {
    let Setup { scene, airdrop, buyer, .. } = Setup::new().await?;
    let (vault, reward) = (&scene.vault, *scene.reward.address());
    assert_eq!(vault.targetOf(reward).call().await?, vault.address());
    for token in [*scene.asset.address(), *scene.yield_token.address(), *airdrop.address(), Address::ZERO] {
        let error = || IVault::TokenInNotReward { tokenIn: token, reward };
        reverts(&scene, &buyer, vault.targetOf(token), error()).await?;
        reverts(&scene, &buyer, vault.verifyTokensIn(token, u(1), Bytes::new()), error()).await?;
    }
    Ok(())
}
