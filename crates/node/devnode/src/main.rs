//! The program `weir-devnode`.
//! `weir devnode` runs the same [`program`].

use clap::Parser;
use std::process::ExitCode;
use weir_devnode::program::{self, Format};

/// A local Arbitrum node for Stylus and EVM contracts, without Docker.
#[derive(Debug, Parser)]
#[command(version, max_term_width = 100)]
struct Arguments {
    #[command(flatten)]
    node: program::Args,
}

#[tokio::main]
async fn main() -> ExitCode {
    match program::run(&Arguments::parse().node, Format::Text).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("weir-devnode: {error}");
            ExitCode::FAILURE
        }
    }
}
