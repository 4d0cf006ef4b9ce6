//! What leaving costs while a vault's programs cannot run, because they have expired: by the lifeboat.

use anyhow::Result;
use weir_harness::Action;

use crate::{
    stage::{Measured, Stage, tokens},
    staking::{HOUR, PERIOD as EPOCH},
    vault::Site,
};

/// 366 days in seconds: an activation lasts 365.
const YEAR: u64 = 366 * 24 * HOUR;
/// What the staker holds, in tokens.
const STAKED: u128 = 150;

/// Measures each way out, all from the same state. The names are those of the same operations while the programs run.
///
/// # Errors
/// If the programs or the Solidity contracts are not built, or an operation fails.
pub async fn measure() -> Result<Vec<Measured>> {
    let mut stage = Stage::new(true).await?;
    let site = Site::new(&stage, EPOCH).await?;
    let half = site.cast.set_out(&stage, &site.vault, site.start).await?;
    let (vault, who) = (&site.vault, site.cast.staker.address());
    let other = site.cast.funder.address();
    stage.chain.act(half, &site.cast.staker, vault.deposit(tokens(STAKED), who)).await?;
    for (operation, action) in [
        ("partial withdrawal", vault.withdraw(tokens(25), who, who).into_request()),
        ("full exit", vault.redeem(tokens(STAKED), who, who).into_request()),
        ("claim", vault.claim(who).into_request()),
        ("exit with claim", vault.exit(who).into_request()),
        ("transfer of shares", vault.transfer(other, tokens(25)).into_request()),
        ("approval of shares", vault.approve(other, tokens(25)).into_request()),
    ] {
        let before = stage.snapshot().await?;
        let staker = site.cast.staker.again().await?;
        stage.measure(operation, half + YEAR, &staker, *vault.address(), action).await?;
        stage.back(&before, &staker).await?;
    }
    Ok(stage.measured)
}
