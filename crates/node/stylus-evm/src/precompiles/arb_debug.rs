//! ArbDebug: what only test chains have (Nitro `precompiles/ArbDebug.go`).

use super::{
    abi::ArbDebug as abi,
    dispatch::{Answer, Call, Precompile, Purity, results},
};
use crate::arbos::{address_set, chain_owners};
use revm::Database;

pub struct ArbDebug;

impl Precompile for ArbDebug {
    type Calls = abi::ArbDebugCalls;

    fn purity(_: &Self::Calls) -> Purity {
        Purity::Write
    }

    fn run<DB: Database>(host: &mut Call<'_, DB>, call: Self::Calls) -> Answer<DB> {
        match call {
            abi::ArbDebugCalls::becomeChainOwner(_) => {
                address_set::add(&mut host.state, &chain_owners(), host.caller)?
            }
        }
        results(())
    }
}
