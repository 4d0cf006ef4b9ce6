//! Deployment tools on the node, unchanged: the command `cargo stylus` and the library `stylus-tools`.
//!
//! `scripts/tools` installs the tools, and `scripts/build` builds the programs to deploy.

mod cache;
mod cargo_stylus;
mod contracts;
mod library;
mod project;
mod stage;
#[path = "../support/mod.rs"]
mod support;

use libtest_mimic::Arguments;

fn main() {
    let trials = [cargo_stylus::trials(), contracts::trials(), library::trials(), cache::trials()]
        .into_iter()
        .flatten()
        .collect();
    libtest_mimic::run(&Arguments::from_args(), trials).exit();
}
