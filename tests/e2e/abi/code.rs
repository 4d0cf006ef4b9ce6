//! What stands in a program's code: an error that it answers with, an event that it logs and a function that it has are
//! there as numbers, their selectors and hashes.

use std::collections::BTreeSet;

use alloy::{json_abi::JsonAbi, primitives::B256};
use anyhow::{Result, ensure};
use libtest_mimic::Trial;
use wasmparser::{DataKind, Operator, Parser, Payload};

use super::packaged::{ProgramAbi, all_abis};
use crate::trial::on_any_chain;

pub fn trials() -> Vec<Trial> {
    vec![
        on_any_chain(a_program_has_the_errors_of_its_abi_in_its_code_and_no_others),
        on_any_chain(a_program_has_the_events_of_its_abi_in_its_code_and_no_others),
    ]
}

/// The numbers and bytes that code and data of programs hold.
#[derive(Default)]
pub struct Code {
    numbers: BTreeSet<u32>,
    pieces: Vec<Vec<u8>>,
}

impl Code {
    /// That of all these programs together.
    pub fn of(programs: &ProgramAbi) -> Result<Self> {
        let mut code = Self::default();
        for program in programs.programs {
            code.read(&program.wasm()?)?;
        }
        Ok(code)
    }

    fn read(&mut self, wasm: &[u8]) -> Result<()> {
        for payload in Parser::new(0).parse_all(wasm) {
            match payload? {
                Payload::CodeSectionEntry(body) => {
                    for operator in body.get_operators_reader()? {
                        self.look_at(&operator?);
                    }
                }
                Payload::DataSection(section) => {
                    for segment in section {
                        let segment = segment?;
                        ensure!(matches!(segment.kind, DataKind::Active { .. }), "a segment of another kind");
                        self.pieces.push(segment.data.to_vec());
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn look_at(&mut self, operator: &Operator) {
        match operator {
            Operator::I32Const { value } => {
                self.numbers.insert(*value as u32);
                self.pieces.push(value.to_le_bytes().to_vec());
            }
            Operator::I64Const { value } => self.pieces.push(value.to_le_bytes().to_vec()),
            _ => {}
        }
    }

    /// Every number of 32 bits, as a selector.
    pub fn selectors(&self) -> impl Iterator<Item = [u8; 4]> {
        self.numbers.iter().flat_map(|number| [number.to_be_bytes(), number.to_le_bytes()])
    }

    /// Whether these bytes stand somewhere, forwards or backwards.
    fn holds(&self, bytes: &[u8]) -> bool {
        let backwards: Vec<u8> = bytes.iter().rev().copied().collect();
        let mut windows = self.pieces.iter().flat_map(|piece| piece.windows(bytes.len()));
        windows.any(|window| window == bytes || window == backwards)
    }

    /// A hash may stand in four numbers.
    fn holds_hash(&self, hash: B256) -> bool {
        hash.chunks(8).all(|part| self.holds(part))
    }
}

async fn a_program_has_the_errors_of_its_abi_in_its_code_and_no_others() -> Result<()> {
    let abis = all_abis()?;
    let of = |abi: &JsonAbi| -> Vec<_> {
        abi.errors().map(|error| (error.signature(), error.selector())).collect()
    };
    let known: BTreeSet<_> = abis.iter().flat_map(|program| of(&program.abi)).collect();
    for program in &abis {
        let (own, code) = (of(&program.abi), Code::of(program)?);
        for error in &known {
            let (expected, found) = (own.contains(error), code.holds(error.1.as_slice()));
            ensure!(found == expected, "{}: error {} in the code: {found}", program.interface, error.0);
        }
    }
    Ok(())
}

async fn a_program_has_the_events_of_its_abi_in_its_code_and_no_others() -> Result<()> {
    let abis = all_abis()?;
    let of = |abi: &JsonAbi| -> Vec<_> {
        abi.events().map(|event| (event.signature(), event.selector())).collect()
    };
    let known: BTreeSet<_> = abis.iter().flat_map(|program| of(&program.abi)).collect();
    for program in &abis {
        let (own, code) = (of(&program.abi), Code::of(program)?);
        for event in &known {
            let (expected, found) = (own.contains(event), code.holds_hash(event.1));
            ensure!(found == expected, "{}: event {} in the code: {found}", program.interface, event.0);
        }
    }
    Ok(())
}
