//! The vault as `ILiquidationSource`: a standalone pair sells what reached the vault besides its own yield. Here the
//! pair is a contract that does just what the source's calls ask for.

use alloy::primitives::{Address, Bytes, U256};
use anyhow::Result;
use libtest_mimic::Trial;
use weir_bindings::{IERC20, IVault};
use weir_harness::{Account, Chain, Token};

use crate::{
    evm::{Puppet, Script},
    logs::{log, logs},
    refusal::refused,
    scene::{EPOCH, Scene, Tokens, u},
    trial::{on_any_chain, with_time_control},
};

/// What reached the vault of a token that nobody had in mind.
const AIRDROP: u128 = 100;
/// What the pair has to pay with.
const PRICE: u128 = 1_024;
/// What a staker has staked. A power of two: rewards are exact.
const STAKE: u128 = 64;

pub fn trials() -> Vec<Trial> {
    vec![
        on_any_chain(the_owner_sets_replaces_and_removes_a_pair),
        on_any_chain(no_pair_sells_the_reward_and_none_but_the_vault_its_yield),
        on_any_chain(a_pair_sends_out_what_it_sells_and_its_price_is_queued),
        with_time_control(what_a_pair_sells_streams_to_the_stakers_in_the_next_epoch),
        on_any_chain(a_pair_that_is_not_paid_in_full_sells_nothing),
        on_any_chain(only_the_pair_of_a_token_sends_it_out),
        on_any_chain(a_pair_of_the_asset_sells_what_is_above_the_principal_and_no_more),
        on_any_chain(reward_that_was_counted_once_pays_no_second_sale),
        on_any_chain(a_pair_is_paid_in_the_reward_token_at_the_vault),
    ]
}

/// A vault, a token that somebody sent it, and a pair that sells that token, and the surplus of the asset.
struct Stage {
    scene: Scene,
    airdrop: Token,
    pair: Puppet,
    staker: Account,
    buyer: Account,
}

impl Stage {
    async fn new() -> Result<Self> {
        let chain = Chain::from_environment().await?;
        let owner = chain.payer().address();
        let scene = Scene::on(chain, Tokens::Different, |settings| settings.owner = owner).await?;
        let airdrop = Token::deploy(&scene.chain, "Airdrop", "AIR", 18).await?;
        airdrop.mint(&scene.chain, scene.vault.address(), u(AIRDROP)).await?;
        let pair = Puppet::create(&scene.chain).await?;
        scene.reward.mint(&scene.chain, pair.address, u(PRICE)).await?;
        for token in [*airdrop.address(), *scene.asset.address()] {
            scene.arrange(scene.vault.setLiquidationPair(token, pair.address)).await?;
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

    /// A sale: `amount` out, `paid` in, and the vault asked whether `price` has arrived.
    fn sale(&self, token: &Token, amount: u128, paid: u128, price: u128) -> Script {
        let (vault, reward) = (&self.scene.vault, &self.scene.reward);
        self.send(token, amount).call(reward.transfer(vault.address(), u(paid))).call(vault.verifyTokensIn(
            *reward.address(),
            u(price),
            Bytes::new(),
        ))
    }

    /// The pair's sale is refused as a whole.
    async fn expect_refused(&self, sale: Script, error: impl alloy::sol_types::SolError) -> Result<()> {
        refused(&self.scene, &self.buyer, self.pair.run(sale), error).await?;
        assert_eq!(self.airdrop.balance(self.buyer.address()).await?, U256::ZERO);
        Ok(())
    }
}

async fn the_owner_sets_replaces_and_removes_a_pair() -> Result<()> {
    let Stage { scene, airdrop, pair, .. } = Stage::new().await?;
    let (vault, token, other) = (&scene.vault, *airdrop.address(), Puppet::create(&scene.chain).await?);
    assert!(vault.isLiquidationPair(token, pair.address).call().await?);
    let receipt = scene.chain.payer().send(vault.setLiquidationPair(token, other.address)).await?;
    let set = IVault::LiquidationPairSet { tokenOut: token, liquidationPair: other.address };
    assert_eq!(logs(&receipt), [log(vault.address(), &set)]);
    assert!(vault.isLiquidationPair(token, other.address).call().await?);
    assert!(!vault.isLiquidationPair(token, pair.address).call().await?);
    scene.arrange(vault.setLiquidationPair(token, Address::ZERO)).await?;
    for nobody in [other.address, Address::ZERO] {
        assert!(!vault.isLiquidationPair(token, nobody).call().await?);
    }
    Ok(())
}

async fn no_pair_sells_the_reward_and_none_but_the_vault_its_yield() -> Result<()> {
    let Stage { scene, airdrop, pair, .. } = Stage::new().await?;
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
        refused(&scene, owner, vault.setLiquidationPair(token, other), invalid).await?;
    }
    for token in [Address::ZERO, no_code, vault.address()] {
        let invalid = IVault::InvalidToken { token };
        refused(&scene, owner, vault.setLiquidationPair(token, pair.address), invalid).await?;
    }
    assert!(vault.isLiquidationPair(yield_token, vault.address()).call().await?);
    assert_eq!(vault.liquidatableBalanceOf(reward).call().await?, U256::ZERO);
    Ok(())
}

async fn a_pair_sends_out_what_it_sells_and_its_price_is_queued() -> Result<()> {
    let stage = Stage::new().await?;
    let Stage { scene, airdrop, pair, buyer, .. } = &stage;
    let (vault, to) = (scene.vault.address(), buyer.address());
    assert_eq!(scene.vault.liquidatableBalanceOf(*airdrop.address()).call().await?, u(AIRDROP));
    // Paid too much, so that the events have to add up.
    let receipt = buyer.send(pair.run(stage.sale(airdrop, 60, 1_000, 990))).await?;
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

async fn what_a_pair_sells_streams_to_the_stakers_in_the_next_epoch() -> Result<()> {
    let stage = Stage::new().await?;
    let Stage { scene, airdrop, pair, buyer, staker } = &stage;
    scene.act(60, buyer, pair.run(stage.sale(airdrop, AIRDROP, PRICE, PRICE))).await?;
    scene.look_at(EPOCH).await?;
    assert_eq!(scene.earned(staker).await?, U256::ZERO);
    scene.look_at(EPOCH + EPOCH / 2).await?;
    assert_eq!(scene.earned(staker).await?, u(PRICE / 2));
    scene.act(2 * EPOCH, staker, scene.vault.exit(staker.address())).await?;
    assert_eq!(scene.reward.balance(staker.address()).await?, u(PRICE));
    Ok(())
}

async fn a_pair_that_is_not_paid_in_full_sells_nothing() -> Result<()> {
    let stage = Stage::new().await?;
    for paid in [0, 989] {
        let short = IVault::InsufficientPayment { amountIn: u(990), paid: u(paid) };
        stage.expect_refused(stage.sale(&stage.airdrop, 60, paid, 990), short).await?;
    }
    Ok(())
}

async fn only_the_pair_of_a_token_sends_it_out() -> Result<()> {
    let stage = Stage::new().await?;
    let Stage { scene, airdrop, pair, buyer, .. } = &stage;
    let (vault, thief) = (&scene.vault, buyer.address());
    let theft = |token: &Token| vault.transferTokensOut(thief, thief, *token.address(), u(1));
    scene.accrue(5).await?;
    for (token, expected) in
        [(airdrop, pair.address), (&scene.yield_token, vault.address()), (&scene.reward, Address::ZERO)]
    {
        let error = IVault::CallerNotLP { caller: thief, expected };
        refused(scene, buyer, theft(token), error).await?;
    }
    // Not even the pair of another token, nor one that was.
    let error = IVault::CallerNotLP { caller: pair.address, expected: vault.address() };
    stage.expect_refused(stage.send(&scene.yield_token, 1), error).await?;
    scene.arrange(vault.setLiquidationPair(*airdrop.address(), Address::ZERO)).await?;
    let error = IVault::CallerNotLP { caller: pair.address, expected: Address::ZERO };
    stage.expect_refused(stage.send(airdrop, 1), error).await
}

async fn a_pair_of_the_asset_sells_what_is_above_the_principal_and_no_more() -> Result<()> {
    let stage = Stage::new().await?;
    let Stage { scene, airdrop, pair, staker, buyer } = &stage;
    let (asset, short) = (&scene.asset, |requested, available| IVault::InsufficientBalance {
        requested: u(requested),
        available: u(available),
    });
    stage.expect_refused(stage.send(asset, 1), short(1, 0)).await?;
    asset.mint(&scene.chain, scene.vault.address(), u(5)).await?;
    stage.expect_refused(stage.send(asset, 6), short(6, 5)).await?;
    stage.expect_refused(stage.send(airdrop, AIRDROP + 1), short(AIRDROP + 1, AIRDROP)).await?;
    stage.expect_refused(stage.send(asset, 0), IVault::ZeroAmount {}).await?;
    buyer.send(pair.run(stage.sale(asset, 5, PRICE, PRICE))).await?;
    assert_eq!(asset.balance(buyer.address()).await?, u(5));
    stage.expect_refused(stage.send(asset, 1), short(1, 0)).await?;
    staker.send(scene.vault.exit(staker.address())).await?;
    assert_eq!(asset.balance(staker.address()).await?, u(STAKE));
    Ok(())
}

async fn reward_that_was_counted_once_pays_no_second_sale() -> Result<()> {
    let stage = Stage::new().await?;
    let Stage { scene, airdrop, pair, buyer, .. } = &stage;
    let (vault, reward) = (&scene.vault, *scene.reward.address());
    buyer.send(pair.run(stage.sale(airdrop, 10, 500, 500))).await?;
    let unpaid = || IVault::InsufficientPayment { amountIn: u(500), paid: u(0) };
    refused(scene, buyer, pair.run(stage.sale(airdrop, 10, 0, 500)), unpaid()).await?;
    // Nor does what was funded or synced by others.
    let funder = scene.holder("funder", 500).await?;
    funder.send(vault.fund(u(500))).await?;
    refused(scene, buyer, pair.run(stage.sale(airdrop, 10, 0, 500)), unpaid()).await?;
    refused(
        scene,
        buyer,
        vault.verifyTokensIn(reward, u(1), Bytes::new()),
        IVault::InsufficientPayment { amountIn: u(1), paid: u(0) },
    )
    .await?;
    assert_eq!(vault.reserve().call().await?, u(1_000));
    Ok(())
}

async fn a_pair_is_paid_in_the_reward_token_at_the_vault() -> Result<()> {
    let Stage { scene, airdrop, buyer, .. } = Stage::new().await?;
    let (vault, reward) = (&scene.vault, *scene.reward.address());
    assert_eq!(vault.targetOf(reward).call().await?, vault.address());
    for token in [*scene.asset.address(), *scene.yield_token.address(), *airdrop.address(), Address::ZERO] {
        let refusal = || IVault::TokenInNotReward { tokenIn: token, reward };
        refused(&scene, &buyer, vault.targetOf(token), refusal()).await?;
        refused(&scene, &buyer, vault.verifyTokensIn(token, u(1), Bytes::new()), refusal()).await?;
    }
    Ok(())
}
