//! The packaged ABIs (`abi/generated`) against the programs: functions, errors, events, state mutability.

mod code;
mod functions;
mod mutability;
mod npm;
mod packaged;
mod stage;

use libtest_mimic::Trial;

pub fn trials() -> Vec<Trial> {
    [code::trials(), functions::trials(), mutability::trials(), npm::trials()].into_iter().flatten().collect()
}
