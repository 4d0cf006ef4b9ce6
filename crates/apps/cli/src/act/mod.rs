//! What an account does with a vault: stake, withdraw, claim, exit, fund, buy.
//! Each has a file of its own; they share how a vault is found and checked, and how a transaction is sent.

mod amount;
pub mod buy;
pub mod claim;
pub mod exit;
pub mod fund;
mod place;
mod sending;
mod session;
pub mod stake;
pub mod withdraw;

use alloy::primitives::Address;
use clap::Args;
use weir_units::parse_address;

use crate::{deployments::FolderArguments, keys::KeyArguments, node::NodeArguments};

/// What all these commands take.
#[derive(Debug, Args)]
pub struct ActArguments {
    #[command(flatten)]
    node: NodeArguments,

    #[command(flatten)]
    folder: FolderArguments,

    #[command(flatten)]
    key: KeyArguments,

    /// Show what would happen, and send nothing.
    #[arg(long)]
    dry_run: bool,

    /// Use the vault even if it is not genuine.
    #[arg(long)]
    anyway: bool,
}

/// A vault, and what all these commands take.
#[derive(Debug, Args)]
pub struct VaultArguments {
    /// The vault: its address, or its name in the deployment record.
    #[arg(value_name = "ADDRESS|NAME")]
    vault: String,

    #[command(flatten)]
    act: ActArguments,
}

/// A vault, and who gets what leaves it or is minted.
#[derive(Debug, Args)]
pub struct ReceiverArguments {
    #[command(flatten)]
    at: VaultArguments,

    /// Who receives it. Default: the account that signs.
    #[arg(long, value_name = "ADDRESS", value_parser = parse_address)]
    receiver: Option<Address>,
}

/// The exit codes, for `--help`.
macro_rules! codes {
    () => {
        "\n
Exit codes: 0 done or nothing to do, 2 wrong arguments or no key, 3 no node, 4 rejected by the chain,
5 there is no vault, or it is not genuine."
    };
}
use codes;
