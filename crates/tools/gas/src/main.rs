//! Measures, prints the tables, and writes them to the documents and `gas/snapshot.json`; `--check` only compares.
//! Can also profile one operation. `scripts/gas` runs it.

use std::path::PathBuf;

use anyhow::{Result, bail};
use clap::Parser;
use weir_artifacts::compiler;
use weir_gas::{
    Bench, Comparison, Snapshot, Targets, agreement, document, growth_table, measure, misses,
    operations_table, peers_table, profile, programs, row_zero_table, ways_out_table,
};

/// Measures the gas of each operation, and compares it with its floor and with Solidity peers.
#[derive(Parser)]
struct Args {
    /// Compare with the snapshot, write nothing, and fail if a figure differs.
    #[arg(long, conflicts_with = "profile")]
    check: bool,
    /// Only show how the gas of one operation, such as "top-up", is spent.
    #[arg(long, value_name = "OPERATION")]
    profile: Option<String>,
    /// Profile with the programs not cached.
    #[arg(long, requires = "profile")]
    uncached: bool,
    /// File of the snapshot.
    #[arg(long, default_value = "gas/snapshot.json")]
    snapshot: PathBuf,
}

#[tokio::main]
async fn main() -> Result<()> {
    let args = Args::parse();
    if let Some(operation) = &args.profile {
        println!("{}", profile(operation, !args.uncached).await?.text());
        return Ok(());
    }
    let bench = measure().await?;
    let tables = Tables::of(&bench)?;
    tables.print();
    let now = Snapshot::of(&bench, compiler()?);
    if !args.check {
        tables.write()?;
        programs::record("gas/programs.json".as_ref())?;
        return now.write(&args.snapshot);
    }
    let differences = Snapshot::read(&args.snapshot)?.differences(&now);
    if !differences.is_empty() {
        bail!(
            "gas has changed; if intended, run scripts/gas and commit its files:\n  {}",
            differences.join("\n  ")
        );
    }
    Ok(())
}

/// Tables for standard output and documents.
struct Tables {
    operations: String,
    misses: String,
    peers: String,
    agreement: String,
    growth: String,
    ways_out: String,
    row_zero: String,
}

impl Tables {
    fn of(bench: &Bench) -> Result<Self> {
        let Bench { figures, peers, growth, ways_out, row_zero } = bench;
        let comparison = Comparison::with(peers)?;
        Ok(Self {
            operations: operations_table(figures, &comparison),
            misses: misses(&Targets::read()?.misses(figures, &comparison)?),
            peers: peers_table(figures, &comparison),
            agreement: agreement(&comparison),
            growth: growth_table(growth),
            ways_out: ways_out_table(ways_out, figures),
            row_zero: row_zero_table(row_zero, figures),
        })
    }

    fn print(&self) {
        let Self { operations, misses, peers, agreement, growth, ways_out, row_zero } = self;
        println!("{operations}{misses}\n{peers}\n{agreement}\n{growth}\n{ways_out}\n{row_zero}");
    }

    fn write(&self) -> Result<()> {
        let docs = "docs/gas.md".as_ref();
        document::insert(docs, "operations", &self.operations)?;
        document::insert(docs, "peers", &self.peers)?;
        document::insert(docs, "growth", &self.growth)?;
        document::insert("docs/lifeboat.md".as_ref(), "ways out", &self.ways_out)?;
        document::insert(docs, "row zero", &self.row_zero)
    }
}
