//! Which functions a program has: every number in its code is called as a selector.

use std::collections::BTreeSet;

use alloy::{primitives::Selector, sol_types::SolError};
use anyhow::{Result, ensure};
use libtest_mimic::Trial;
use weir_bindings::IEntry::UnknownSelector;

use super::{
    code::Code,
    packaged::{ProgramAbi, all_abis},
    stage::Stage,
};
use crate::{scene::transaction, trial::with_time_control};

/// Selector of `stylus_constructor()`.
const CONSTRUCTOR: Selector = Selector::new([0x55, 0x85, 0x25, 0x8d]);

pub fn trials() -> Vec<Trial> {
    vec![with_time_control(a_program_answers_the_functions_of_its_abi_and_no_others)]
}

async fn a_program_answers_the_functions_of_its_abi_and_no_others() -> Result<()> {
    let stage = Stage::new().await?;
    for program in all_abis()? {
        let (expected, tried) = (functions(&program), selectors(&program)?);
        let missing: Vec<_> = expected.difference(&tried).collect();
        ensure!(missing.is_empty(), "{}: {missing:?} do not stand in the code", program.interface);
        let mut answered = BTreeSet::new();
        for selector in tried {
            if answers(&stage, &program, selector).await? {
                answered.insert(selector);
            }
        }
        let unknown: Vec<_> = answered.difference(&expected).collect();
        ensure!(unknown.is_empty(), "{}: {unknown:?} are answered and not in its ABI", program.interface);
        let refused: Vec<_> = expected.difference(&answered).collect();
        ensure!(refused.is_empty(), "{}: {refused:?} of its ABI are not answered", program.interface);
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

/// Whether the program takes this for one of its functions.
async fn answers(stage: &Stage, program: &ProgramAbi, selector: Selector) -> Result<bool> {
    let call = transaction(stage.address(program.interface)?, selector.to_vec());
    let Err(refusal) = stage.payer().simulate(call).await else {
        return Ok(true);
    };
    Ok(refusal.revert_data() != Some(UnknownSelector { selector }.abi_encode().into()))
}
