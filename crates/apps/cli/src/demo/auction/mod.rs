//! The auction of a vault's yield: steady, in steps, bursts and lumps, without and with smoothing, each on a fresh vault.

mod curve;
mod market;
mod pictures;
mod report;
mod scenario;
mod summary;

use anyhow::Result;
use weir_harness::Chain;

use super::{output::Output, seconds};
use market::{Market, Ran};
pub use scenario::Scenario;
use weir_report::progress::Progress;

/// Runs the scenarios and reports them.
///
/// # Errors
/// If a transaction fails, a book does not balance, or steady yield does not sell once in a target period.
pub async fn run(chain: &Chain, scenarios: &[Scenario], output: &mut Output) -> Result<()> {
    let mut ran = Vec::new();
    let mut took = std::time::Duration::ZERO;
    for &scenario in scenarios {
        let mut progress =
            Progress::begin(format!("auction: {}", scenario.title()), scenario.supply.periods());
        ran.push(play(chain, scenario, &mut progress).await?);
        took += progress.end();
    }
    output.say(&report::text(&ran))?;
    output.say(&format!("The auction took {}.\n", seconds(took)))?;
    output.figure("auction", report::document(&ran));
    report::write(&ran, output)?;
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
