//! End to end: the compiled WASM, on the devnode in process or on the node that `WEIR_RPC_URL` names. Every
//! action is a signed transaction.
//!
//! `cargo test -p weir --test e2e WORD` runs the tests whose name holds that word. `WEIR_SEED=…` repeats a random
//! run, `WEIR_OPERATIONS=…` makes it longer.

mod abi;
mod auction;
mod bots;
mod calldata;
mod constructor;
mod deployment;
mod deposits;
mod evm;
mod factory;
mod flash;
mod foreign_pairs;
mod interrupted;
mod intruder;
mod known_bugs;
mod logs;
#[path = "../model/mod.rs"]
#[allow(dead_code, reason = "the tests of the arithmetic use more of it")]
mod model;
mod odd_tokens;
mod one_token;
mod ownership;
mod pair;
mod permit_deposits;
mod permits;
mod random_run;
mod refusal;
mod rewards;
mod router;
mod same_arithmetic;
mod scene;
mod seed;
mod shares;
mod signer;
mod solidity;
mod stakers;
mod stall;
mod time;
mod trial;
mod wild;

use libtest_mimic::Arguments;

fn main() {
    let subjects = [
        // The longest first.
        random_run::trials(),
        wild::trials(),
        known_bugs::trials(),
        shares::trials(),
        deposits::trials(),
        rewards::trials(),
        one_token::trials(),
        pair::trials(),
        router::trials(),
        factory::trials(),
        bots::trials(),
        auction::trials(),
        flash::trials(),
        permits::trials(),
        permit_deposits::trials(),
        foreign_pairs::trials(),
        ownership::trials(),
        odd_tokens::trials(),
        abi::trials(),
        calldata::trials(),
        constructor::trials(),
        deployment::trials(),
        interrupted::trials(),
        time::trials(),
        same_arithmetic::trials(),
    ];
    let trials = subjects.into_iter().flatten().collect();
    libtest_mimic::run(&Arguments::from_args(), trials).exit();
}
