//! Finishes the WASM that the compiler and wasm-opt made, and prints the table of sizes. Called by scripts/build.

use std::{path::PathBuf, process::ExitCode};

use anyhow::{Result, bail};
use weir_artifacts::{CODE_LIMIT, Size, finish_all};

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<()> {
    let folders: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    let [from, to] = folders.as_slice() else {
        bail!("usage: weir-artifacts FROM TO: finishes FROM/*.wasm into TO");
    };
    let sizes = finish_all(from, to)?;
    print_table(&sizes);
    let over: Vec<&str> =
        sizes.iter().filter(|size| size.on_chain > CODE_LIMIT).map(|size| size.name.as_str()).collect();
    if !over.is_empty() {
        bail!("over the limit of {CODE_LIMIT} bytes that a chain takes: {}", over.join(", "));
    }
    Ok(())
}

fn print_table(sizes: &[Size]) {
    println!(
        "{:<10} {:>10} {:>13} {:>20}",
        "program",
        "raw bytes",
        "brotli bytes",
        format!("share of {CODE_LIMIT}")
    );
    for size in sizes {
        println!("{:<10} {:>10} {:>13} {:>18.1} %", size.name, size.raw, size.on_chain, 100.0 * size.share());
    }
}
