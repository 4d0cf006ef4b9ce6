//! Tests of the constants in a program's code: the selectors of its errors and the hashes of its events must be exactly
//! those of its ABI.

use std::collections::BTreeSet;

use alloy::{json_abi::JsonAbi, primitives::B256};
use anyhow::{Result, ensure};
use libtest_mimic::Trial;
use wasmparser::{DataKind, Operator, Parser, Payload};

use super::packaged::{ProgramAbi, all_abis};
use crate::trial::on_any_chain;

pub fn trials() -> Vec<Trial> {
    vec![
        on_any_chain(the_code_of_a_program_contains_exactly_the_errors_of_its_abi),
        on_any_chain(the_code_of_a_program_contains_exactly_the_events_of_its_abi),
    ]
}

/// The numbers and bytes in the code and data of programs.
#[derive(Default)]
pub struct Code {
    numbers: BTreeSet<u32>,
    pieces: Vec<Vec<u8>>,
}

impl Code {
    /// The constants of all programs of an interface together.
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
                        self.read_operator(&operator?);
                    }
                }
                Payload::DataSection(section) => {
                    for segment in section {
                        let segment = segment?;
                        ensure!(
                            matches!(segment.kind, DataKind::Active { .. }),
                            "a data segment is not active"
                        );
                        self.pieces.push(segment.data.to_vec());
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn read_operator(&mut self, operator: &Operator) {
        match operator {
            Operator::I32Const { value } => {
                self.numbers.insert(*value as u32);
                self.pieces.push(value.to_le_bytes().to_vec());
            }
            Operator::I64Const { value } => self.pieces.push(value.to_le_bytes().to_vec()),
            _ => {}
        }
    }

    /// Every 32-bit number as a selector, in both byte orders.
    pub fn selectors(&self) -> impl Iterator<Item = [u8; 4]> {
        self.numbers.iter().flat_map(|number| [number.to_be_bytes(), number.to_le_bytes()])
    }

    /// Whether the code contains these bytes, in either order.
    fn holds(&self, bytes: &[u8]) -> bool {
        let backwards: Vec<u8> = bytes.iter().rev().copied().collect();
        let mut windows = self.pieces.iter().flat_map(|piece| piece.windows(bytes.len()));
        windows.any(|window| window == bytes || window == backwards)
    }

    /// Whether the code contains this hash, possibly in four numbers.
    fn holds_hash(&self, hash: B256) -> bool {
        hash.chunks(8).all(|part| self.holds(part))
    }
}

async fn the_code_of_a_program_contains_exactly_the_errors_of_its_abi() -> Result<()> {
    let abis = all_abis()?;
    let of = |abi: &JsonAbi| -> Vec<_> {
        abi.errors().map(|error| (error.signature(), error.selector())).collect()
    };
    let known: BTreeSet<_> = abis.iter().flat_map(|program| of(&program.abi)).collect();
    for program in &abis {
        let (own, code) = (of(&program.abi), Code::of(program)?);
        for error in &known {
            // What the lifeboat reverts with where the program would have answered.
            let is_of_lifeboat = error.0 == "ProgramInactive(address)";
            let expected = own.contains(error) && !is_of_lifeboat;
            let found = code.holds(error.1.as_slice());
            ensure!(found == expected, "{}: error {} in the code: {found}", program.interface, error.0);
        }
    }
    Ok(())
}

async fn the_code_of_a_program_contains_exactly_the_events_of_its_abi() -> Result<()> {
    let abis = all_abis()?;
    let of = |abi: &JsonAbi| -> Vec<_> {
        abi.events().map(|event| (event.signature(), event.selector())).collect()
    };
    let known: BTreeSet<_> = abis.iter().flat_map(|program| of(&program.abi)).collect();
    for program in &abis {
        let (own, code) = (of(&program.abi), Code::of(program)?);
        for event in &known {
            // Part of the init code of vaults, which the factory creates and the router recognizes.
            let is_in_init_code = event.0 == "OwnershipTransferred(address,address)"
                && matches!(program.interface, "IFactory" | "IRouter");
            if is_in_init_code {
                continue;
            }
            let (expected, found) = (own.contains(event), code.holds_hash(event.1));
            ensure!(found == expected, "{}: event {} in the code: {found}", program.interface, event.0);
        }
    }
    Ok(())
}
