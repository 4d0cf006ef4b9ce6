//! ArbFunctionTable: without effect since Nitro (Nitro v3.10.0 `precompiles/ArbFunctionTable.go`).

use super::dispatch::{MethodResult, Precompile, PrecompileContext, Purity, plain_revert, results};
use crate::contracts::abi::ArbFunctionTable as abi;
use revm::{Database, primitives::U256};

pub struct ArbFunctionTable;

impl Precompile for ArbFunctionTable {
    type Calls = abi::ArbFunctionTableCalls;

    fn purity(call: &Self::Calls) -> Purity {
        match call {
            abi::ArbFunctionTableCalls::upload(_) => Purity::Write,
            _ => Purity::View,
        }
    }

    fn run<DB: Database>(_: &mut PrecompileContext<'_, DB>, call: Self::Calls) -> MethodResult<DB> {
        match call {
            abi::ArbFunctionTableCalls::upload(_) => results(()),
            abi::ArbFunctionTableCalls::size(_) => results((U256::ZERO,)),
            abi::ArbFunctionTableCalls::get(_) => Err(plain_revert()),
        }
    }
}
