//! Commands that send transactions to a vault: stake, withdraw, claim, exit, fund, buy.
//! Each has its own file. They share the search and checks of the vault, and the sending.

mod amount;
pub mod buy;
pub mod claim;
pub mod exit;
pub mod fund;
mod sending;
mod session;
pub mod stake;
mod vault;
pub mod withdraw;

use alloy::primitives::Address;
use clap::Args;
use weir_units::parse_address;

use crate::{deployments::FolderArguments, keys::KeyArguments, node::NodeArguments};

/// Arguments of all these commands.
#[derive(Debug, Args)]
pub struct ActArguments {
    #[command(flatten)]
    node: NodeArguments,

    #[command(flatten)]
    folder: FolderArguments,

    #[command(flatten)]
    key: KeyArguments,

    /// Show what the command would do, and send nothing.
    #[arg(long)]
    dry_run: bool,

    /// Use the vault even if it is not genuine, at your own risk.
    #[arg(long)]
    anyway: bool,
}

/// Arguments of all commands for one vault.
#[derive(Debug, Args)]
pub struct VaultArguments {
    /// The vault, by address or by name in the deployment record.
    #[arg(value_name = "ADDRESS|NAME")]
    vault: String,

    #[command(flatten)]
    act: ActArguments,
}

/// Arguments of all commands for one vault that pay or mint to a receiver.
#[derive(Debug, Args)]
pub struct ReceiverArguments {
    #[command(flatten)]
    at: VaultArguments,

    /// Account that receives the tokens or shares. Default: the account that signs.
    #[arg(long, value_name = "ADDRESS", value_parser = parse_address)]
    receiver: Option<Address>,
}

/// The exit codes, for `--help`.
macro_rules! codes {
    () => {
        "\n
Exit codes: 0 success or nothing to do, 2 wrong arguments or no key, 3 no node, 4 rejected by the chain,
5 no vault, or not a genuine one."
    };
}
use codes;
