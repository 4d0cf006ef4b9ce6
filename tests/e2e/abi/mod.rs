//! Tests of the packaged ABIs (`abi/generated`) against the programs: functions, errors, events, state mutability.
//! The npm package is tested too.

mod code;
mod functions;
mod mutability;
mod npm;
mod packaged;
mod setup;

use libtest_mimic::Trial;

pub fn trials() -> Vec<Trial> {
    [code::trials(), functions::trials(), mutability::trials(), npm::trials()].into_iter().flatten().collect()
}
