//! ArbDebug: functions for test chains only (Nitro `precompiles/ArbDebug.go`).

use super::dispatch::{MethodResult, Precompile, PrecompileContext, Purity, results};
use crate::{
    arbos::{address_set, chain_owners},
    contracts::abi::ArbDebug as abi,
};
use revm::Database;

pub struct ArbDebug;

impl Precompile for ArbDebug {
    type Calls = abi::ArbDebugCalls;

    fn purity(_: &Self::Calls) -> Purity {
        Purity::Write
    }

    fn run<DB: Database>(ctx: &mut PrecompileContext<'_, DB>, call: Self::Calls) -> MethodResult<DB> {
        match call {
            abi::ArbDebugCalls::becomeChainOwner(_) => {
                address_set::add(&mut ctx.state, &chain_owners(), ctx.caller)?
            }
        }
        results(())
    }
}
