//! Measures exits from a vault whose programs have expired, so that its lifeboat runs instead.

use anyhow::Result;
use weir_client::Action;

use crate::{
    stage::{Measured, Stage, tokens},
    staking::{HOUR, PERIOD as EPOCH},
    vault::VaultSetup,
};

/// 366 days in seconds. An activation lasts 365 days.
const YEAR: u64 = 366 * 24 * HOUR;
/// Stake of the measured account, in tokens.
const STAKED: u128 = 150;

/// Measures each exit from the same state, under the name that the operation has while the programs run.
///
/// # Errors
/// If the programs or the Solidity contracts are not built, or an operation fails.
pub async fn measure() -> Result<Vec<Measured>> {
    let mut stage = Stage::new(true).await?;
    let setup = VaultSetup::new(&stage, EPOCH).await?;
    let half = setup.actors.prepare(&stage, &setup.vault, setup.start).await?;
    let (vault, who) = (&setup.vault, setup.actors.staker.address());
    let other = setup.actors.funder.address();
    stage.chain.act(half, &setup.actors.staker, vault.deposit(tokens(STAKED), who)).await?;
    for (operation, action) in [
        ("partial withdrawal", vault.withdraw(tokens(25), who, who).into_request()),
        ("full exit", vault.redeem(tokens(STAKED), who, who).into_request()),
        ("claim", vault.claim(who).into_request()),
        ("exit with claim", vault.exit(who).into_request()),
        ("transfer of shares", vault.transfer(other, tokens(25)).into_request()),
        ("approval of shares", vault.approve(other, tokens(25)).into_request()),
    ] {
        let before = stage.snapshot().await?;
        let staker = setup.actors.staker.again().await?;
        stage.measure(operation, half + YEAR, &staker, *vault.address(), action).await?;
        stage.revert_to(&before, &staker).await?;
    }
    Ok(stage.measured)
}
