//! A vault with stakers, and checks of what they have earned: used by most tests of rewards.
//! Times are seconds after the vault's deployment.

use anyhow::Result;
use weir_client::Account;

use crate::scene::{EPOCH, Scene, Tokens, u};

/// When the stakers deposit, in seconds after the deployment.
pub const FIRST_SECONDS: u64 = 60;
/// One base unit a second, over an epoch.
pub const A_UNIT_A_SECOND: u128 = EPOCH as u128;
/// A quarter of an epoch, in seconds.
pub const QUARTER: u64 = EPOCH / 4;

/// A vault with different tokens, and accounts that have staked these amounts at [`FIRST_SECONDS`].
pub async fn staked<const N: usize>(stakes: [u128; N]) -> Result<(Scene, Vec<Account>)> {
    staked_in(Scene::new(Tokens::Different).await?, stakes).await
}

/// As [`staked`], in the vault of this scene.
pub async fn staked_in<const N: usize>(scene: Scene, stakes: [u128; N]) -> Result<(Scene, Vec<Account>)> {
    let mut stakers = Vec::with_capacity(N);
    for (number, stake) in stakes.into_iter().enumerate() {
        let staker = scene.staker(&format!("staker {number}"), 100 * stake).await?;
        stakers.push(staker);
    }
    for (staker, stake) in stakers.iter().zip(stakes) {
        scene.send_at(FIRST_SECONDS, staker, scene.vault.deposit(u(stake), staker.address())).await?;
    }
    Ok((scene, stakers))
}

/// Checks what each staker has earned `seconds` after the deployment.
pub async fn expect_earned(
    scene: &Scene,
    seconds: u64,
    stakers: &[Account],
    expected: &[u128],
) -> Result<()> {
    scene.advance_to(seconds).await?;
    for (number, (staker, expected)) in stakers.iter().zip(expected).enumerate() {
        assert_eq!(scene.earned(staker).await?, u(*expected), "staker {number} after {seconds} s");
    }
    Ok(())
}

/// Checks the reward of the current epoch and what is queued for the next one.
pub async fn expect_stream(scene: &Scene, seconds: u64, reward: u128, queued: u128) -> Result<()> {
    scene.advance_to(seconds).await?;
    let seen = (scene.vault.epochReward().call().await?, scene.vault.queued().call().await?);
    assert_eq!(seen, (u(reward), u(queued)), "after {seconds} s");
    Ok(())
}
