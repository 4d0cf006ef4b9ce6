//! The same operations on the contracts: every one a transaction on a devnode, and every balance compared to the base unit.

mod difference;
mod stage;

use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use serde_json::{Value, json};
use weir_devnode::Devnode;
use weir_harness::Chain;
use weir_report::progress::Progress;

use crate::engine::{Action, Record};
use stage::Stage;

/// Timestamp of the chain's first block: 2025-01-01 00:00 UTC. Any would do; a fixed one makes runs alike.
const GENESIS: u64 = 1_735_689_600;
/// A run on the chain that was the same as on the arithmetic.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Compared {
    pub transactions: u64,
    /// Moments at which everything was read.
    pub looks: u64,
    /// Figures that were compared.
    pub figures: u64,
    pub took: Duration,
}

impl Compared {
    /// For people.
    pub fn text(&self) -> String {
        format!(
            "On chain: {} transactions to the contracts on a devnode gave the same; {} figures, read at {} moments, are equal to the \
             base unit. It took {:.1} s.",
            self.transactions,
            self.figures,
            self.looks,
            self.took.as_secs_f64()
        )
    }

    /// For programs.
    pub fn document(&self) -> Value {
        json!({ "transactions": self.transactions, "looks": self.looks, "figures": self.figures, "equal": true })
    }
}

/// Sends every operation of a record to the contracts, and compares. The record must have its steps.
///
/// # Errors
/// As [`check_on_chain`](crate::config::Config::check_on_chain); if the programs are not built, a transaction is rejected, or a
/// figure differs: the first one is named.
pub async fn compare(record: &Record) -> Result<Compared> {
    record.config.check_on_chain()?;
    let start = Instant::now();
    let progress = Progress::begin("devnode: tokens, vaults, people", 1);
    let chain = Chain::at_a_standstill(Devnode::builder().genesis_timestamp(GENESIS))
        .await
        .context("the devnode in this process does not start")?;
    let stage = Stage::set(&chain, record).await?;
    progress.end();

    let mut compared = Compared { transactions: 0, looks: 0, figures: 0, took: Duration::ZERO };
    let mut progress = Progress::begin("devnode: operations", record.steps.len() as u64);
    for step in &record.steps {
        let moment = format!("second {}", step.time);
        match &step.action {
            Action::Look(expected) => {
                let seen = stage
                    .look(step.time)
                    .await
                    .with_context(|| format!("{moment}: the chain cannot be read"))?;
                compared.figures += difference::check(&seen, expected).context(moment)?;
                compared.looks += 1;
            }
            action => {
                stage.act(step.time, action).await.context(moment)?;
                compared.transactions += 1;
            }
        }
        progress.step();
    }
    progress.end();
    compared.took = start.elapsed();
    Ok(compared)
}
