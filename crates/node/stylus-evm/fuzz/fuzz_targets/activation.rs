//! Hostile WASM at activation, and its run if it is taken, with and without a profile. The first byte says what the
//! others are; see `tests/hostile.rs` for the same in the ordinary run of tests.
#![no_main]

#[path = "../../tests/common/attack.rs"]
mod attack;
#[path = "../../tests/common/mod.rs"]
mod common;

use attack::{Kind, attack, attack_code, damaged, smith};
use libfuzzer_sys::fuzz_target;
use stylus_evm::deploy;

fuzz_target!(|data: &[u8]| {
    let Some((kind, bytes)) = data.split_first() else { return };
    match kind % 5 {
        0 => drop(attack(&damaged(bytes), bytes)),
        1 => drop(smith(bytes, Kind::Stylus).map(|wasm| attack(&wasm, bytes))),
        2 => drop(smith(bytes, Kind::Anything).map(|wasm| attack(&wasm, bytes))),
        3 => drop(attack_code(&[&deploy::PREFIX[..], &[deploy::NO_DICTIONARY], bytes].concat(), bytes)),
        _ => drop(attack(bytes, bytes)),
    }
});
