//! `weir simulate` by itself: `cargo run -p weir-simulate --example simulate -- --help`.

use std::process::ExitCode;

use clap::Parser;

#[derive(Parser)]
#[command(name = "weir simulate")]
struct Command {
    /// One JSON document instead of text.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    arguments: weir_simulate::Arguments,
}

#[tokio::main]
async fn main() -> ExitCode {
    let command = Command::parse();
    match weir_simulate::run(&command.arguments, command.json).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
