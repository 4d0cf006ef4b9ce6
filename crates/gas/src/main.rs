//! `scripts/gas`: measures, prints the table, and writes `gas/snapshot.json`, or only compares with it.

use std::path::PathBuf;

use anyhow::{Result, bail};
use clap::Parser;
use weir_artifacts::compiler;
use weir_gas::{Peers, Snapshot, measure, table};

/// What each operation of the contracts costs, beside its floor and its peers in Solidity.
#[derive(Parser)]
struct Args {
    /// Compare with the snapshot and change nothing; fails where a figure differs.
    #[arg(long)]
    check: bool,
    /// Where the figures are kept.
    #[arg(long, default_value = "gas/snapshot.json")]
    snapshot: PathBuf,
}

#[tokio::main]
async fn main() -> Result<()> {
    let args = Args::parse();
    let figures = measure().await?;
    println!("{}", table(&figures, &Peers::held()?));
    let now = Snapshot::of(&figures, compiler()?);
    if !args.check {
        return now.write(&args.snapshot);
    }
    let differences = Snapshot::read(&args.snapshot)?.differences(&now);
    if !differences.is_empty() {
        bail!(
            "gas has changed; if that is meant, run scripts/gas and commit the snapshot:\n  {}",
            differences.join("\n  ")
        );
    }
    Ok(())
}
