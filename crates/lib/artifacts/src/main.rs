//! Prepares compiled and optimised WASM for deployment, and prints the table of sizes.
//! `scripts/build` calls it after `wasm-opt`.

use std::{path::PathBuf, process::ExitCode};

use anyhow::{Result, bail};
use weir_artifacts::{CODE_LIMIT, Measures, finish_all};

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
        bail!("usage: weir-artifacts FROM TO: writes FROM/*.wasm, ready for deployment, to TO");
    };
    let programs = finish_all(from, to)?;
    print_table(&programs);
    let over: Vec<&str> = programs
        .iter()
        .filter(|program| program.on_chain > CODE_LIMIT)
        .map(|program| program.name.as_str())
        .collect();
    if !over.is_empty() {
        bail!("larger on chain than the limit of {CODE_LIMIT} bytes: {}", over.join(", "));
    }
    Ok(())
}

fn print_table(programs: &[Measures]) {
    println!(
        "{:<10} {:>10} {:>13} {:>16} {:>22}",
        "program",
        "raw bytes",
        "brotli bytes",
        format!("of {CODE_LIMIT}"),
        "entry gas (if cached)"
    );
    for Measures { name, raw, on_chain, cached_gas, init_gas } in programs {
        let share = format!("{:.1} %", 100.0 * *on_chain as f64 / CODE_LIMIT as f64);
        let gas = format!("{} ({cached_gas})", cached_gas + init_gas);
        println!("{name:<10} {raw:>10} {on_chain:>13} {share:>16} {gas:>22}");
    }
}
