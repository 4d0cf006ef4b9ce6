//! The command line of Weir, `weir`: parses the arguments and runs one command.
//! An error becomes one sentence on standard error and an exit code.

mod act;
mod activity;
mod bot;
mod completions;
mod confirm;
mod demo;
mod deploy;
mod deployments;
mod devnode;
mod exit;
mod genuine;
mod keepalive;
mod keys;
mod node;
mod now;
mod output;
mod status;
mod targets;
mod token;
mod transaction;
mod verify;

use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::{Parser, Subcommand};

use exit::ErrorKind;
use output::Output;

/// Staking vaults for Arbitrum: deploy, stake and claim, buy their yield; a local node, a bot, a simulator, a demo.
#[derive(Debug, Parser)]
#[command(name = "weir", version, arg_required_else_help = true, max_term_width = 100, after_long_help = after_help())]
struct Arguments {
    /// Print one JSON document to standard output, for scripts. Text and progress go to standard error.
    #[arg(long, global = true)]
    json: bool,

    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Runs a local Arbitrum node for Stylus and EVM contracts, without Docker.
    #[command(after_long_help = devnode::HELP)]
    Devnode(devnode::Arguments),

    /// Deploys the contracts of a config file: test tokens, vaults, factory, router, pairs.
    #[command(after_long_help = deploy::HELP)]
    Deploy(deploy::Arguments),

    /// Shows vaults, pairs and factories: stakes, epoch and yield, queue, auction.
    #[command(after_long_help = status::HELP)]
    Status(status::Arguments),

    /// Says what a contract is, from its code and address alone, and whether it is genuine.
    #[command(after_long_help = verify::HELP)]
    Verify(verify::Arguments),

    /// Deposits assets into a vault, for shares that earn rewards.
    #[command(after_long_help = act::stake::HELP)]
    Stake(act::stake::Arguments),

    /// Withdraws assets from a vault, without the rewards.
    #[command(after_long_help = act::withdraw::HELP)]
    Withdraw(act::withdraw::Arguments),

    /// Pays an account its rewards.
    #[command(after_long_help = act::claim::HELP)]
    Claim(act::claim::Arguments),

    /// Withdraws all principal and rewards of an account, even if the vault's programs cannot run.
    #[command(after_long_help = act::exit::HELP)]
    Exit(act::exit::Arguments),

    /// Gives reward tokens to a vault, which streams them to its stakers.
    #[command(after_long_help = act::fund::HELP)]
    Fund(act::fund::Arguments),

    /// Buys the lot of a vault or pair at the price of its auction.
    #[command(after_long_help = act::buy::HELP)]
    Buy(act::buy::Arguments),

    /// Renews programs before they expire: those of vaults, pairs, factory, router and test tokens.
    #[command(after_long_help = keepalive::HELP)]
    Keepalive(keepalive::Arguments),

    Bot(bot::BotArguments),

    Simulate(weir_simulate::Arguments),

    /// Runs a vault and its auction on a devnode in this process, checks them against exact models, draws pictures.
    #[command(after_long_help = demo::HELP)]
    Demo(demo::Arguments),

    /// Prints a shell's completion script.
    #[command(after_long_help = completions::HELP)]
    Completions(completions::Arguments),
}

fn after_help() -> String {
    format!(
        "Examples:
  weir devnode --demo                       a local chain on http://127.0.0.1:8547 with an active vault
  weir deploy examples/local.toml           test tokens and a vault on a chain without them
  weir status --watch                       the state of all contracts, redrawn every 2 seconds
  weir status savings --json                the state of one vault, for a script
  weir stake savings 12.5                   deposit 12.5 tokens, and earn
  weir claim savings                        claim the rewards; weir exit also withdraws the stake
  weir buy savings --max-price 12.5         buy the yield by hand
  weir keepalive --dry-run                  when each program expires, and what its renewal costs
  weir bot --help                           buy the yield automatically, at a profit
  weir simulate --scenario sniper           why rewards wait in a queue for the next epoch

Environment:
  WEIR_RPC_URL            URL of the node, in place of --rpc-url
  WEIR_PRIVATE_KEY        key of the account that signs, 32 bytes in hex
  WEIR_KEYSTORE           encrypted keystore, in place of --keystore
  WEIR_KEYSTORE_PASSWORD  password of the keystore
  WEIR_DEPLOYMENTS        folder of the deployment records, in place of --deployments
  WEIR_WASM_DIR           folder of the compiled programs, in place of those in the binary or in target/wasm

{}",
        exit::CODES
    )
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let output = Output::new(arguments.json);
    let Err(error) = run(arguments.command, output) else { return ExitCode::SUCCESS };
    // The exit code reports the error even if both outputs are closed.
    output.note(format_args!("error: {}", exit::sentence(&error)));
    let _ = output.result(&exit::document(&error));
    ErrorKind::of(&error).into()
}

fn run(command: Command, output: Output) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("cannot start the threads of the async runtime")?;
    match command {
        Command::Devnode(arguments) => runtime.block_on(devnode::run(&arguments, output)),
        Command::Deploy(arguments) => runtime.block_on(deploy::run(&arguments, output)),
        Command::Status(arguments) => runtime.block_on(status::run(&arguments, output)),
        Command::Verify(arguments) => runtime.block_on(verify::run(&arguments, output)),
        Command::Stake(arguments) => runtime.block_on(act::stake::run(&arguments, output)),
        Command::Withdraw(arguments) => runtime.block_on(act::withdraw::run(&arguments, output)),
        Command::Claim(arguments) => runtime.block_on(act::claim::run(&arguments, output)),
        Command::Exit(arguments) => runtime.block_on(act::exit::run(&arguments, output)),
        Command::Fund(arguments) => runtime.block_on(act::fund::run(&arguments, output)),
        Command::Buy(arguments) => runtime.block_on(act::buy::run(&arguments, output)),
        Command::Keepalive(arguments) => runtime.block_on(keepalive::run(&arguments, output)),
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
    fn clap_accepts_the_definition_of_the_arguments() {
        use clap::CommandFactory;
        Arguments::command().debug_assert();
    }
}
