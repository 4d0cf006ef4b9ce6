//! The bot against the real contracts: their WASM on a devnode in process, time set by the tests.
//!
//! `cargo test -p weir-bot --test bot WORD` runs the tests whose name holds that word.

mod buying;
mod competing;
mod observer;
mod prices;
mod proxy;
mod running;
mod server;
mod stage;
mod trial;
mod troubles;
mod trust;

use libtest_mimic::Arguments;

fn main() {
    let subjects = [
        competing::trials(),
        troubles::trials(),
        buying::trials(),
        trust::trials(),
        prices::trials(),
        observer::trials(),
    ];
    let trials = subjects.into_iter().flatten().collect();
    libtest_mimic::run(&Arguments::from_args(), trials).exit();
}
