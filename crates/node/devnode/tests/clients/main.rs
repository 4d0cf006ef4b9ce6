//! Ordinary Ethereum clients on the node: alloy, viem and cast, doing what their users do.
//!
//! viem and cast come by npm (`scripts/clients`); each script in `viem/` is a trial, on a node of its own.

mod alloy;
mod cast;
mod stage;
#[path = "../support/mod.rs"]
mod support;
mod tools;
mod viem;

use libtest_mimic::Arguments;

fn main() {
    let trials = [alloy::trials(), viem::trials(), cast::trials()].into_iter().flatten().collect();
    libtest_mimic::run(&Arguments::from_args(), trials).exit();
}
