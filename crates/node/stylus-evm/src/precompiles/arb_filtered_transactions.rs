//! ArbFilteredTransactionsManager: transactions that the chain must not execute
//! (Nitro v3.10.0 `precompiles/ArbFilteredTransactionsManager.go`). Nobody can filter transactions here.

use super::dispatch::{MethodResult, Precompile, PrecompileContext, Purity, results};
use crate::{arbos::storage::Fault, contracts::abi::ArbFilteredTransactionsManager as abi};
use revm::Database;

const READ_GAS: u64 = 800;

pub struct ArbFilteredTransactions;

impl Precompile for ArbFilteredTransactions {
    type Calls = abi::ArbFilteredTransactionsManagerCalls;

    fn purity(call: &Self::Calls) -> Purity {
        match call {
            abi::ArbFilteredTransactionsManagerCalls::isTransactionFiltered(_) => Purity::View,
            _ => Purity::Write,
        }
    }

    fn run<DB: Database>(ctx: &mut PrecompileContext<'_, DB>, call: Self::Calls) -> MethodResult<DB> {
        match call {
            abi::ArbFilteredTransactionsManagerCalls::isTransactionFiltered(_) => {
                ctx.state.gas.burn(READ_GAS)?;
                results((false,))
            }
            _ => Err(Fault::OutOfGas),
        }
    }
}
