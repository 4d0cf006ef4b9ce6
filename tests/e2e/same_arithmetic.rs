//! Tests that the compiled contract and `weir::math` on this machine compute the same numbers.
//! On chain division is the host function `math_div`; here it is native.

use std::num::NonZeroU32;

use alloy::{
    primitives::{Address, U256},
    providers::Provider,
    rpc::types::BlockOverrides,
    sol_types::SolCall,
};
use anyhow::{Context, Result};
use fastrand::Rng;
use libtest_mimic::Trial;
use weir::math::{
    MAX_UNPAID_REWARD,
    auction::{self, MAX_PRICE, WAD},
    index::{self, Debt, Position},
    stream::Stream,
};
use weir_bindings::IVault;

use crate::{
    reverts::position_slot,
    scene::{Scene, Tokens, transaction, u},
    seed::{amount, random, word},
    trial::on_any_chain,
};

/// Vaults with random settings, and samples of each.
const VAULTS: usize = 4;
const SAMPLES: usize = 60;
/// How far ahead views are called: less than an activation lasts.
const HORIZON_SECONDS: u64 = 300 * 86_400;
const SLOT_BITS: usize = 112;

pub fn trials() -> Vec<Trial> {
    vec![
        on_any_chain(the_price_matches_native_arithmetic),
        on_any_chain(the_time_for_a_price_matches_native_arithmetic),
        on_any_chain(the_amount_for_sale_matches_native_arithmetic),
        on_any_chain(stream_index_and_earned_match_native_arithmetic),
    ]
}

/// What a view of the vault returns at a time (Unix seconds).
async fn at<C: SolCall>(scene: &Scene, time: u64, call: C) -> Result<C::Return> {
    let request = transaction(scene.vault.address(), call.abi_encode());
    let overrides = BlockOverrides::default().with_time(time);
    let answer = scene.chain.provider().call(request).with_block_overrides(overrides).await?;
    Ok(C::abi_decode_returns(&answer)?)
}

/// A vault with a random auction.
async fn random_auction(random: &mut Rng) -> Result<Scene> {
    let period = word(random, 32).to::<u32>().max(1);
    let price = word(random, 104).max(U256::ONE);
    let smoothing = random.u64(..WAD);
    Scene::beyond_bounds(Tokens::Different, |settings| {
        settings.targetAuctionPeriod = period;
        settings.targetAuctionPrice = price;
        settings.smoothingFactor = smoothing;
    })
    .await
}

async fn terms(scene: &Scene) -> Result<(u64, U256)> {
    let period = scene.vault.targetAuctionPeriod().call().await?;
    Ok((period.to(), U256::from(scene.vault.lastAuctionPrice().call().await?)))
}

async fn the_price_matches_native_arithmetic() -> Result<()> {
    let mut random = random("the_price_matches_native_arithmetic")?;
    for _ in 0..VAULTS {
        let scene = random_auction(&mut random).await?;
        let (period, price) = terms(&scene).await?;
        for _ in 0..SAMPLES {
            let elapsed = word(&mut random, 24).to::<u64>();
            let call = IVault::computeExactAmountInCall { amountOut: u(1) };
            let on_chain = at(&scene, scene.start + elapsed, call).await?;
            assert_eq!(on_chain, auction::price(period, price, elapsed), "{period} * {price} / {elapsed}");
        }
    }
    Ok(())
}

async fn the_time_for_a_price_matches_native_arithmetic() -> Result<()> {
    let mut random = random("the_time_for_a_price_matches_native_arithmetic")?;
    for _ in 0..VAULTS {
        let scene = random_auction(&mut random).await?;
        let (period, price) = terms(&scene).await?;
        for _ in 0..SAMPLES {
            let wanted = word(&mut random, 256).max(U256::ONE);
            let on_chain = scene.vault.computeTimeForPrice(wanted).call().await?;
            let native = auction::time_for_price(period, price, scene.start, wanted);
            assert_eq!(Some(on_chain), native, "{period} * {price} / {wanted}");
        }
    }
    Ok(())
}

async fn the_amount_for_sale_matches_native_arithmetic() -> Result<()> {
    let mut random = random("the_amount_for_sale_matches_native_arithmetic")?;
    for _ in 0..VAULTS {
        let scene = random_auction(&mut random).await?;
        let smoothing = scene.vault.smoothingFactor().call().await?.to::<u64>();
        let mut liquidatable = U256::ZERO;
        for bits in [10, 40, 60, 61, 90, 120, 200, 250] {
            let more = word(&mut random, bits);
            scene.yield_token.mint(&scene.chain, scene.vault.address(), more).await?;
            liquidatable += more;
            let on_chain = scene.vault.maxAmountOut().call().await?;
            assert_eq!(on_chain, auction::available(liquidatable, smoothing), "{liquidatable}, {smoothing}");
            assert!(on_chain <= liquidatable && on_chain <= MAX_PRICE << 64);
        }
    }
    Ok(())
}

/// The slots EPOCH, INDEX, QUEUE and one of POSITIONS (`docs/storage.md`), unpacked.
struct Stored {
    total: u128,
    index: U256,
    stream: Stream,
    position: Position,
}

impl Stored {
    async fn of(scene: &Scene, staker: Address) -> Result<Self> {
        let vault = scene.vault.address();
        let load = async |slot: U256| scene.chain.provider().get_storage_at(vault, slot).await;
        let bits = |word: U256, number: usize| -> u128 {
            ((word >> (number * SLOT_BITS)) & ((U256::ONE << SLOT_BITS) - U256::ONE)).to()
        };
        let (queue, epoch, index) = (load(u(0)).await?, load(u(1)).await?, load(u(2)).await?);
        let position = load(position_slot(staker)).await?;
        let updated = (epoch >> (2 * SLOT_BITS)).to::<u32>();
        Ok(Self {
            total: bits(epoch, 0),
            index,
            stream: Stream { reward: bits(epoch, 1), queued: bits(queue, 0), updated },
            position: Position::new(bits(position, 0), Debt::from(position >> SLOT_BITS)),
        })
    }
}

async fn stream_index_and_earned_match_native_arithmetic() -> Result<()> {
    let mut random = random("stream_index_and_earned_match_native_arithmetic")?;
    for _ in 0..VAULTS {
        let length = word(&mut random, 24).to::<u32>().max(1);
        let scene = Scene::beyond_bounds(Tokens::Different, |settings| settings.epochLength = length).await?;
        let (stake, others, reward) =
            (amount(&mut random, 110), amount(&mut random, 110), amount(&mut random, 111));
        let staker = scene.staker("staker", stake).await?;
        let other = scene.staker("other", others).await?;
        let funder = scene.holder("funder", MAX_UNPAID_REWARD).await?;
        staker.send(scene.vault.deposit(u(stake), staker.address())).await?;
        funder.send(scene.vault.fund(u(reward))).await?;
        other.send(scene.vault.deposit(u(others), other.address())).await?;

        let stored = Stored::of(&scene, staker.address()).await?;
        let length = NonZeroU32::new(length).context("an epoch has a second")?;
        let now = scene.chain.now().await? - scene.start;
        for _ in 0..SAMPLES {
            let later = now + word(&mut random, 30).to::<u64>() % HORIZON_SECONDS;
            let (stream, handed_out) = stored.stream.advance(later as u32, length, true);
            let index = index::advance(stored.index, handed_out, stored.total);
            let time = scene.start + later;
            assert_eq!(at(&scene, time, IVault::rewardIndexCall {}).await?, index, "after {later} s");
            assert_eq!(at(&scene, time, IVault::queuedCall {}).await?, u(stream.queued));
            assert_eq!(at(&scene, time, IVault::epochRewardCall {}).await?, u(stream.reward));
            let earned = IVault::earnedCall { account: staker.address() };
            assert_eq!(at(&scene, time, earned).await?, u(stored.position.earned(index)));
        }
    }
    Ok(())
}
