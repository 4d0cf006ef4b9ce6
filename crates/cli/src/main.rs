//! The command line of Weir: which subcommand runs, and how an error ends it.

mod demo;
mod deploy;
mod exact;
mod model;

use std::{
    io::{Write, stderr},
    process::ExitCode,
};

use anyhow::{Context, Result};
use clap::{Parser, Subcommand};

/// Hexadecimal digits that are printed in a row: those of a hash.
const MAX_DIGITS: usize = 64;
const CUT: usize = MAX_DIGITS + 1;

/// Staking vaults for Arbitrum: tools to try them.
#[derive(Debug, Parser)]
#[command(name = "weir", version, arg_required_else_help = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Runs vault and auction on a devnode in this process, checks them against exact models, and draws pictures.
    Demo(demo::Arguments),
    /// Deploys a contract to an Arbitrum chain, a Nitro devnode or ours. WEIR_PRIVATE_KEY holds the payer's key.
    Deploy(deploy::Arguments),
}

fn main() -> ExitCode {
    match run(Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // If nobody listens on standard error either, the exit code still tells.
            let _ = writeln!(stderr(), "error: {}", readable(&format!("{error:#}")));
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: Arguments) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("cannot start the threads that the devnode runs on")?;
    match arguments.command {
        Command::Demo(arguments) => runtime.block_on(demo::run(&arguments)),
        Command::Deploy(arguments) => runtime.block_on(deploy::run(&arguments)),
    }
}

/// An error without the long hexadecimal data that nodes add: its beginning tells enough.
fn readable(error: &str) -> String {
    let mut text = String::new();
    let mut digits = 0;
    for character in error.chars() {
        digits = if character.is_ascii_hexdigit() { digits + 1 } else { 0 };
        match digits {
            0..=MAX_DIGITS => text.push(character),
            CUT => text.push('…'),
            _ => {}
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clap_takes_its_own_description() {
        use clap::CommandFactory;
        Arguments::command().debug_assert();
    }

    #[test]
    fn hashes_stay_and_long_data_is_cut() {
        let hash = "ab".repeat(32);
        let error = format!("transaction 0x{hash} reverted");
        assert_eq!(readable(&error), error);
        let (data, start) = ("12".repeat(9_000), "12".repeat(32));
        assert_eq!(
            readable(&format!("reverted, data: 0x{data}, so")),
            format!("reverted, data: 0x{start}…, so")
        );
    }
}
