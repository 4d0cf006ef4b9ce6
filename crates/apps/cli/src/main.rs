//! The command line of Weir: its commands, what they share, and how an error ends them.

mod activity;
mod bot;
mod completions;
mod demo;
mod deploy;
mod deployments;
mod devnode;
mod exit;
mod genuine;
mod keys;
mod leave;
mod node;
mod output;
mod status;
mod targets;
mod token;

use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::{Parser, Subcommand};

use exit::Kind;
use output::Output;

/// Staking vaults for Arbitrum: a local node, deployment, status, a bot that buys their yield, a simulator, a demo.
#[derive(Debug, Parser)]
#[command(name = "weir", version, arg_required_else_help = true, max_term_width = 100, after_long_help = after_help())]
struct Arguments {
    /// Print one JSON document to standard output, for scripts; words and progress go to standard error.
    #[arg(long, global = true)]
    json: bool,

    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Runs a local Arbitrum node for Stylus and EVM contracts, without Docker.
    #[command(after_long_help = devnode::HELP)]
    Devnode(weir_devnode::program::Args),

    /// Deploys what a config file describes: tokens for tests, vaults, factory, router, pairs.
    #[command(after_long_help = deploy::HELP)]
    Deploy(deploy::Arguments),

    /// Shows vaults, pairs and factories: stakes, epoch and yield, queue, auction.
    #[command(after_long_help = status::HELP)]
    Status(status::Arguments),

    /// Takes all principal and rewards of an account out of a vault, whether its programs can run or not.
    #[command(after_long_help = leave::HELP)]
    Exit(leave::Arguments),

    Bot(bot::BotArguments),

    Simulate(weir_simulate::Arguments),

    /// Runs vault and auction on a devnode in this process, checks them against exact models, and draws pictures.
    #[command(after_long_help = demo::HELP)]
    Demo(demo::Arguments),

    /// Prints the completions of a shell.
    #[command(after_long_help = completions::HELP)]
    Completions(completions::Arguments),
}

fn after_help() -> String {
    format!(
        "Examples:
  weir devnode                              a local chain on http://127.0.0.1:8547
  weir deploy examples/local.toml           test tokens and a vault on it
  weir status --watch                       what they do
  weir status savings --json                the same for a script
  weir exit savings --dry-run               what an account could take out of a vault
  weir bot --help                           buy the yield, with a profit
  weir simulate --scenario sniper           what the epoch queue is for

Environment:
  WEIR_RPC_URL            the node, in place of --rpc-url
  WEIR_PRIVATE_KEY        key of the account that signs, 32 bytes in hex
  WEIR_KEYSTORE           encrypted keystore, in place of --keystore
  WEIR_KEYSTORE_PASSWORD  its password
  WEIR_DEPLOYMENTS        folder of the deployment records, in place of --deployments
  WEIR_WASM_DIR           folder of the compiled programs, in place of target/wasm

{}",
        exit::CODES
    )
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let output = Output::new(arguments.json);
    let Err(error) = run(arguments.command, output) else { return ExitCode::SUCCESS };
    // If nobody listens, the exit code still tells.
    output.note(format_args!("error: {}", exit::sentence(&error)));
    let _ = output.result(&exit::document(&error));
    Kind::of(&error).into()
}

fn run(command: Command, output: Output) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("cannot start the threads that the command runs on")?;
    match command {
        Command::Devnode(arguments) => runtime.block_on(devnode::run(&arguments, output)),
        Command::Deploy(arguments) => runtime.block_on(deploy::run(&arguments, output)),
        Command::Status(arguments) => runtime.block_on(status::run(&arguments, output)),
        Command::Exit(arguments) => runtime.block_on(leave::run(&arguments, output)),
        Command::Bot(arguments) => runtime.block_on(bot::run(&arguments, output)),
        Command::Simulate(arguments) => runtime.block_on(weir_simulate::run(&arguments, output.is_json())),
        Command::Demo(arguments) => runtime.block_on(demo::run(&arguments, output)),
        Command::Completions(arguments) => completions::run(&arguments, output),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clap_takes_its_own_description() {
        use clap::CommandFactory;
        Arguments::command().debug_assert();
    }
}
