//! The program `weir-devnode`: the library's [`program`], by itself.

use clap::Parser;
use std::process::ExitCode;
use weir_devnode::program::{self, Speech};

/// A local Arbitrum node for Stylus and EVM contracts, without Docker.
#[derive(Debug, Parser)]
#[command(version, max_term_width = 100)]
struct Arguments {
    #[command(flatten)]
    node: program::Args,
}

#[tokio::main]
async fn main() -> ExitCode {
    match program::run(&Arguments::parse().node, Speech::Words).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("weir-devnode: {error}");
            ExitCode::FAILURE
        }
    }
}
