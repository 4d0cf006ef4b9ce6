//! End to end: the compiled WASM, on the devnode in process or on the node that `WEIR_RPC_URL` names. Every
//! action is a signed transaction.
//!
//! `cargo test -p weir --test e2e WORD` runs the tests whose name holds that word. `WEIR_SEED=…` repeats a random
//! run, `WEIR_OPERATIONS=…` makes it longer.

mod auction;
mod calldata;
mod deposits;
mod evm;
mod flash;
mod logs;
mod odd_tokens;
mod one_token;
mod refusal;
mod rewards;
mod scene;
mod shares;
mod trial;

use libtest_mimic::Arguments;

fn main() {
    let subjects = [
        shares::trials(),
        deposits::trials(),
        rewards::trials(),
        one_token::trials(),
        auction::trials(),
        flash::trials(),
        odd_tokens::trials(),
        calldata::trials(),
    ];
    let trials = subjects.into_iter().flatten().collect();
    libtest_mimic::run(&Arguments::from_args(), trials).exit();
}
