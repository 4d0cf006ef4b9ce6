//! The auction of a vault's yield, which arrives steadily, in steps, in bursts or in lumps.
//! Each scenario combines a way of arrival with a smoothing and runs on a new vault.

mod curve;
mod market;
mod pictures;
mod report;
mod scenario;
mod summary;

use anyhow::Result;
use weir_harness::Chain;
use weir_report::progress::Progress;

use self::market::{Market, Ran};
pub use self::scenario::Scenario;
use super::{results::Results, seconds};

/// Runs the scenarios and reports them.
///
/// # Errors
/// If a transaction fails, an amount is wrong, or steady yield does not sell once in a target period.
pub async fn run(chain: &Chain, scenarios: &[Scenario], results: &mut Results) -> Result<()> {
    let mut ran = Vec::new();
    let mut took = std::time::Duration::ZERO;
    for &scenario in scenarios {
        let mut progress =
            Progress::begin(format!("auction: {}", scenario.title()), scenario.supply.periods());
        ran.push(play(chain, scenario, &mut progress).await?);
        took += progress.end();
    }
    results.say(&report::text(&ran))?;
    results.say(&format!("The auction took {}.\n", seconds(took)))?;
    results.figure("auction", report::document(&ran));
    report::write(&ran, results)?;
    ran.iter().try_for_each(summary::check_convergence)
}

async fn play(chain: &Chain, scenario: Scenario, progress: &mut Progress) -> Result<Ran> {
    let mut market = Market::open(chain, scenario).await?;
    for _ in 0..scenario.supply.periods() {
        market.period().await?;
        progress.step();
    }
    market.close().await
}
