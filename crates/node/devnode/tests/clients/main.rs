//! Ethereum clients on the node, unchanged: alloy, viem and cast.
//!
//! `scripts/clients` installs viem and cast with npm. Each script in `viem/` is a trial with its own node.

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
