//! Compares the devnode with anvil: the same ERC-20 transfers on both, and the same token as WASM on ours.
//!
//! Run by `scripts/speed`, which installs anvil and builds what is compared.

// The command line of Weir draws and prints with these; they are used from there.
mod figures;
mod load;
mod measure;
mod node;
mod token;
mod wire;

use std::{fs, path::PathBuf};

use anyhow::{Context, Result};
use clap::Parser;

use crate::{
    measure::{Amounts, Subject},
    node::Program,
    token::Kind,
};

/// Compares weir-devnode with anvil.
#[derive(Debug, Parser)]
struct Arguments {
    /// The program anvil.
    #[arg(long)]
    anvil: PathBuf,
    /// The program weir-devnode, built for release.
    #[arg(long)]
    devnode: PathBuf,
    /// The ERC-20 as EVM code: JSON with `bytecode`.
    #[arg(long)]
    coin: PathBuf,
    /// Where table, data and picture go.
    #[arg(long)]
    out: PathBuf,
    /// How much of the work is done; 1 shows that it runs, not how fast.
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=100))]
    percent: u32,
}

#[tokio::main]
async fn main() -> Result<()> {
    let arguments = Arguments::parse();
    fs::create_dir_all(&arguments.out)?;
    let coin = fs::read_to_string(&arguments.coin)
        .with_context(|| format!("cannot read {}", arguments.coin.display()))?;
    let (anvil, ours) = (Program::anvil(&arguments.anvil), Program::ours(&arguments.devnode));
    let subjects = [
        Subject { name: "anvil, EVM", program: anvil, token: Kind::evm(&coin)? },
        Subject { name: "weir-devnode, EVM", program: ours.clone(), token: Kind::evm(&coin)? },
        Subject { name: "weir-devnode, WASM", program: ours, token: Kind::Wasm },
    ];
    let amounts = Amounts::percent(arguments.percent);
    let all = measure::all(&subjects, &amounts).await?;
    let table = figures::table(&all);
    for figures in &all {
        println!("  {}: {}", figures.name, figures.version);
    }
    println!("\n{table}");
    figures::write(&all, &arguments.out)?;
    fs::write(arguments.out.join("speed.txt"), table)?;
    println!(
        "  speed.txt, speed.csv, memory.csv, speed.png and speed.svg are in {}",
        arguments.out.display()
    );
    Ok(())
}
