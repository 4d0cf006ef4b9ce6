//! Compares weir-devnode with anvil: ERC-20 transfers in EVM code on both, and in WASM on weir-devnode.
//! `scripts/speed` installs anvil, builds the programs and runs this.

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
    /// Path of anvil.
    #[arg(long)]
    anvil: PathBuf,
    /// Path of weir-devnode, a release build.
    #[arg(long)]
    devnode: PathBuf,
    /// Path of the ERC-20 as EVM code: JSON with the field `bytecode`.
    #[arg(long)]
    coin: PathBuf,
    /// Folder for table, data and picture.
    #[arg(long)]
    out: PathBuf,
    /// Percentage of the work to do; 1 only shows that the comparison runs.
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
