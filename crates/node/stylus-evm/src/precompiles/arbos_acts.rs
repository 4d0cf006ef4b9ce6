//! ArbosActs: calls that only ArbOS itself makes, in transactions of its own (Nitro v3.10.0 `precompiles/ArbosActs.go`).

use super::dispatch::{MethodResult, Precompile, PrecompileContext, Purity, revert};
use crate::contracts::abi::ArbosActs as abi;
use revm::Database;

pub struct ArbosActs;

impl Precompile for ArbosActs {
    type Calls = abi::ArbosActsCalls;

    fn purity(_: &Self::Calls) -> Purity {
        Purity::Write
    }

    fn run<DB: Database>(_: &mut PrecompileContext<'_, DB>, _: Self::Calls) -> MethodResult<DB> {
        Err(revert(abi::CallerNotArbOS {}))
    }
}
