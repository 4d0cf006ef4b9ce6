//! End-to-end tests of the compiled WASM, on the devnode in process or on the node that `WEIR_RPC_URL` names.
//! Every action is a signed transaction.
//!
//! `cargo test -p weir --test e2e WORD` runs the tests whose names contain that word. `WEIR_SEED=…` repeats a random
//! run, `WEIR_OPERATIONS=…` sets its length.

mod abi;
mod answers;
mod auction;
mod bots;
mod calldata;
mod creation;
mod deployment;
mod deposits;
mod evm;
mod examples;
mod factory;
mod flash;
mod foreign_pairs;
mod intruder;
mod known_bugs;
mod lifeboat;
mod logs;
#[path = "../model/mod.rs"]
#[allow(dead_code, reason = "the tests of the arithmetic use more of it")]
mod model;
mod odd_tokens;
mod one_token;
mod out_of_gas;
mod ownership;
mod packed_slots;
mod pair;
mod pair_scene;
mod permit_deposits;
mod permits;
mod programs;
mod random_run;
mod reverts;
mod reward_bound;
mod rewards;
mod router;
mod routing;
mod same_arithmetic;
mod scene;
mod seed;
mod shares;
mod signer;
mod slots;
mod solidity;
mod stakers;
mod storage_plan;
mod time;
mod token_calls;
mod traced;
mod trial;
mod views;
mod wild;

use libtest_mimic::Arguments;

fn main() {
    let subjects = [
        // The longest first.
        random_run::trials(),
        wild::trials(),
        lifeboat::trials(),
        known_bugs::trials(),
        shares::trials(),
        deposits::trials(),
        rewards::trials(),
        reward_bound::trials(),
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
        views::trials(),
        abi::trials(),
        calldata::trials(),
        creation::trials(),
        deployment::trials(),
        examples::trials(),
        out_of_gas::trials(),
        routing::trials(),
        storage_plan::trials(),
        packed_slots::trials(),
        token_calls::trials(),
        time::trials(),
        same_arithmetic::trials(),
    ];
    let trials = subjects.into_iter().flatten().collect();
    libtest_mimic::run(&Arguments::from_args(), trials).exit();
}
