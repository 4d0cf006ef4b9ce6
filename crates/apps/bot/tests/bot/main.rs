//! Tests of the bot with the contracts' WASM on a devnode in this process. The tests set the time.
//! `cargo test -p weir-bot --test bot WORD` runs the tests whose names contain WORD.

mod buying;
mod competing;
mod keep_alive;
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
        keep_alive::trials(),
    ];
    let trials = subjects.into_iter().flatten().collect();
    libtest_mimic::run(&Arguments::from_args(), trials).exit();
}
