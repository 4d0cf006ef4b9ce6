//! The fields of the packed slots (`docs/storage.md`): each is where the plan has it, and a call that changes one leaves the
//! others of its slot.

use alloy::{
    primitives::{Bytes, U256},
    providers::Provider,
};
use anyhow::Result;
use libtest_mimic::Trial;
use weir::math::auction::MAX_RECORDED_PRICE;

use crate::{
    reverts::position_slot,
    scene::{EPOCH, FIRST_PRICE, PERIOD, Scene, Tokens, u},
    trial::with_time_control,
};

pub fn trials() -> Vec<Trial> {
    vec![
        with_time_control(each_slot_holds_the_fields_of_the_plan),
        with_time_control(a_sale_leaves_the_queue_and_funding_the_last_sale),
        with_time_control(a_price_above_104_bits_is_recorded_as_the_largest),
    ]
}

const QUEUE: u64 = 0;
const EPOCH_SLOT: u64 = 1;
const UNPAID: u64 = 3;

/// The fields of a slot of the vault, which have these numbers of bits, from the lowest.
async fn fields<const N: usize>(scene: &Scene, slot: U256, bits: [usize; N]) -> Result<[U256; N]> {
    let mut word = scene.chain.provider().get_storage_at(scene.vault.address(), slot).await?;
    Ok(bits.map(|bits| {
        let field = word & (U256::MAX >> (256 - bits));
        word >>= bits;
        field
    }))
}

/// Queued, time and price of the last sale.
async fn queue(scene: &Scene) -> Result<[U256; 3]> {
    fields(scene, U256::from(QUEUE), [112, 40, 104]).await
}

async fn each_slot_holds_the_fields_of_the_plan() -> Result<()> {
    let scene = Scene::new(Tokens::Different).await?;
    let (vault, keeper) = (&scene.vault, scene.holder("keeper", 4_196).await?);
    let staker = scene.staker("staker", 256).await?;
    let who = staker.address();
    scene.send_at(60, &staker, vault.deposit(u(64), who)).await?;
    scene.send_at(60, &keeper, vault.fund(u(4_096))).await?;
    scene.send_at(EPOCH + 5, &staker, vault.deposit(u(192), who)).await?;
    scene.send_at(EPOCH + 5, &keeper, vault.fund(u(100))).await?;

    let epoch = fields(&scene, U256::from(EPOCH_SLOT), [112, 112, 32]).await?;
    assert_eq!(epoch, [u(256), u(4_096), U256::from(EPOCH + 5)]);
    // Unpaid rewards less the queue, the epoch that EPOCH was last updated in, and nothing above.
    assert_eq!(fields(&scene, U256::from(UNPAID), [112, 32, 112]).await?, [u(4_096), u(1), u(0)]);
    assert_eq!(queue(&scene).await?, [u(100), U256::from(scene.start), u(FIRST_PRICE)]);

    let shares_and_debt = async || fields(&scene, position_slot(who), [112, 144]).await;
    let [shares, before] = shares_and_debt().await?;
    assert_eq!(shares, u(256));
    scene.advance_to(EPOCH + EPOCH / 2).await?;
    let claimed = scene.earned(&staker).await?;
    assert!(claimed > u(2_000));
    scene.send_at(EPOCH + EPOCH / 2, &staker, vault.claim(who)).await?;
    // A claim adds the whole units that it pays to the debt, which counts in units of 2^-32.
    assert_eq!(shares_and_debt().await?, [u(256), before + (claimed << 32)]);
    Ok(())
}

async fn a_sale_leaves_the_queue_and_funding_the_last_sale() -> Result<()> {
    let scene = Scene::new(Tokens::Different).await?;
    let keeper = scene.holder("keeper", FIRST_PRICE + 12).await?;
    let (vault, now) = (&scene.vault, U256::from(scene.start + PERIOD));
    scene.accrue(5).await?;
    scene.send_at(PERIOD, &keeper, vault.fund(u(7))).await?;
    let sale = vault.swapExactAmountOut(keeper.address(), u(5), U256::MAX, Bytes::new());
    scene.send_at(PERIOD, &keeper, sale).await?;
    assert_eq!(queue(&scene).await?, [u(FIRST_PRICE + 7), now, u(FIRST_PRICE)]);
    scene.send_at(2 * PERIOD, &keeper, vault.fund(u(5))).await?;
    assert_eq!(queue(&scene).await?, [u(FIRST_PRICE + 12), now, u(FIRST_PRICE)]);
    Ok(())
}

async fn a_price_above_104_bits_is_recorded_as_the_largest() -> Result<()> {
    let scene =
        Scene::with(Tokens::Different, |settings| settings.targetAuctionPrice = MAX_RECORDED_PRICE).await?;
    let (vault, buyer) = (&scene.vault, scene.holder("buyer", 0).await?);
    // After a quarter of the period the price is four times the last one, and unpaid rewards may be as much.
    let price = MAX_RECORDED_PRICE * u(4);
    scene.reward.mint(&scene.chain, buyer.address(), price).await?;
    scene.accrue(5).await?;
    let sale = vault.swapExactAmountOut(buyer.address(), u(5), U256::MAX, Bytes::new());
    scene.send_at(PERIOD / 4, &buyer, sale).await?;
    assert_eq!(queue(&scene).await?, [price, U256::from(scene.start + PERIOD / 4), MAX_RECORDED_PRICE]);
    // The auction goes on from the recorded price.
    scene.advance_to(PERIOD / 4 + PERIOD).await?;
    assert_eq!(vault.computeExactAmountIn(u(1)).call().await?, MAX_RECORDED_PRICE);
    Ok(())
}
