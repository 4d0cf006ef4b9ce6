//! Activates hostile WASM and runs it if it is valid, with and without a profile. The first byte selects how the others
//! are used; `tests/hostile.rs` does the same in the ordinary tests.
#![no_main]

#[path = "../../tests/common/attack.rs"]
mod attack;
#[path = "../../tests/common/mod.rs"]
mod common;

use attack::{Kind, attack, attack_code, damaged, random_module};
use libfuzzer_sys::fuzz_target;
use stylus_evm::deploy;

fuzz_target!(|data: &[u8]| {
    let Some((kind, bytes)) = data.split_first() else { return };
    match kind % 5 {
        0 => drop(attack(&damaged(bytes), bytes)),
        1 => drop(random_module(bytes, Kind::Stylus).map(|wasm| attack(&wasm, bytes))),
        2 => drop(random_module(bytes, Kind::Anything).map(|wasm| attack(&wasm, bytes))),
        3 => drop(attack_code(&[&deploy::PREFIX[..], &[deploy::NO_DICTIONARY], bytes].concat(), bytes)),
        _ => drop(attack(bytes, bytes)),
    }
});
