//! Tests which functions a program has: every number in its code is called as a selector.
//! So a function outside of the ABI is found without guessing its selector.

use std::collections::BTreeSet;

use alloy::{primitives::Selector, sol_types::SolError};
use anyhow::{Result, ensure};
use libtest_mimic::Trial;
use weir_bindings::IEntry::UnknownSelector;

use super::{
    code::Code,
    packaged::{ProgramAbi, all_abis},
    setup::Setup,
};
use crate::{scene::transaction, trial::with_time_control};

/// Selector of `stylus_constructor()`.
const CONSTRUCTOR: Selector = Selector::new([0x55, 0x85, 0x25, 0x8d]);

pub fn trials() -> Vec<Trial> {
    vec![with_time_control(a_program_answers_exactly_the_functions_of_its_abi)]
}

async fn a_program_answers_exactly_the_functions_of_its_abi() -> Result<()> {
    let setup = Setup::new().await?;
    for program in all_abis()? {
        let (expected, tried) = (functions(&program), selectors(&program)?);
        let missing: Vec<_> = expected.difference(&tried).collect();
        ensure!(missing.is_empty(), "{}: {missing:?} are not in the code", program.interface);
        let mut answered = BTreeSet::new();
        for selector in tried {
            if answers(&setup, &program, selector).await? {
                answered.insert(selector);
            }
        }
        let unknown: Vec<_> = answered.difference(&expected).collect();
        ensure!(unknown.is_empty(), "{}: {unknown:?} are answered but not in its ABI", program.interface);
        let unanswered: Vec<_> = expected.difference(&answered).collect();
        ensure!(unanswered.is_empty(), "{}: {unanswered:?} of its ABI are not answered", program.interface);
    }
    Ok(())
}

fn functions(program: &ProgramAbi) -> BTreeSet<Selector> {
    let constructor = program.abi.constructor.iter().map(|_| CONSTRUCTOR);
    program.abi.functions().map(|function| function.selector()).chain(constructor).collect()
}

fn selectors(program: &ProgramAbi) -> Result<BTreeSet<Selector>> {
    Ok(Code::of(program)?.selectors().map(Selector::new).collect())
}

/// Whether the program has a function with this selector.
async fn answers(setup: &Setup, program: &ProgramAbi, selector: Selector) -> Result<bool> {
    let call = transaction(setup.address(program.interface)?, selector.to_vec());
    let Err(error) = setup.payer().simulate(call).await else {
        return Ok(true);
    };
    Ok(error.revert_data() != Some(UnknownSelector { selector }.abi_encode().into()))
}
