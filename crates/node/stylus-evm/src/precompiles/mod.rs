//! The precompiled contracts of ArbOS, in addition to Ethereum's (Nitro `precompiles/`).

mod arb_address_table;
mod arb_aggregator;
mod arb_debug;
mod arb_filtered_transactions;
mod arb_function_table;
mod arb_gas_info;
mod arb_info;
mod arb_owner;
mod arb_owner_public;
mod arb_retryable_tx;
mod arb_statistics;
mod arb_sys;
mod arb_wasm;
mod arb_wasm_cache;
mod arbos_acts;
mod arbos_test;
mod dispatch;

use crate::{
    context::StylusContext,
    contracts::{
        ARB_ADDRESS_TABLE, ARB_AGGREGATOR, ARB_BLS, ARB_DEBUG, ARB_FILTERED_TRANSACTIONS, ARB_FUNCTION_TABLE,
        ARB_GAS_INFO, ARB_INFO, ARB_NATIVE_TOKEN_MANAGER, ARB_OWNER, ARB_OWNER_PUBLIC, ARB_RETRYABLE_TX,
        ARB_STATISTICS, ARB_SYS, ARB_WASM, ARB_WASM_CACHE, ARBOS_ACTS, ARBOS_TEST, PRECOMPILES,
    },
};
use dispatch::PrecompileContext;
use revm::{
    Database,
    context_interface::{ContextTr, JournalTr},
    handler::{EthPrecompiles, PrecompileProvider},
    interpreter::{CallInputs, InterpreterResult},
    primitives::{AddressSet, hardfork::SpecId},
};

/// Ethereum's and ArbOS's precompiles.
#[derive(Debug)]
pub struct ArbPrecompiles {
    ethereum: EthPrecompiles,
    /// All precompiles: they are warm from the start of a transaction.
    warm: AddressSet,
}

impl ArbPrecompiles {
    pub fn new(spec: SpecId) -> Self {
        let ethereum = EthPrecompiles::new(spec);
        let warm = ethereum.warm_addresses().iter().copied().chain(PRECOMPILES).collect();
        Self { ethereum, warm }
    }
}

impl<DB: Database> PrecompileProvider<StylusContext<DB>> for ArbPrecompiles {
    type Output = InterpreterResult;

    /// Has no effect: the rules do not change during a transaction.
    fn set_spec(&mut self, _: SpecId) -> bool {
        true
    }

    fn run(
        &mut self,
        ctx: &mut StylusContext<DB>,
        inputs: &CallInputs,
    ) -> Result<Option<InterpreterResult>, String> {
        let run = match inputs.bytecode_address {
            ARB_SYS => dispatch::run::<arb_sys::ArbSys, DB>,
            ARB_INFO => dispatch::run::<arb_info::ArbInfo, DB>,
            ARB_ADDRESS_TABLE => dispatch::run::<arb_address_table::ArbAddressTable, DB>,
            ARB_BLS => dispatch::reject::<DB>,
            ARB_FUNCTION_TABLE => dispatch::run::<arb_function_table::ArbFunctionTable, DB>,
            ARBOS_TEST => dispatch::run::<arbos_test::ArbosTest, DB>,
            ARB_OWNER_PUBLIC => dispatch::run::<arb_owner_public::ArbOwnerPublic, DB>,
            ARB_GAS_INFO => dispatch::run::<arb_gas_info::ArbGasInfo, DB>,
            ARB_AGGREGATOR => dispatch::run::<arb_aggregator::ArbAggregator, DB>,
            ARB_RETRYABLE_TX => dispatch::run::<arb_retryable_tx::ArbRetryableTx, DB>,
            ARB_STATISTICS => dispatch::run::<arb_statistics::ArbStatistics, DB>,
            ARB_OWNER => dispatch::run_for_owner::<arb_owner::ArbOwner, DB>,
            ARB_WASM => dispatch::run::<arb_wasm::ArbWasm, DB>,
            ARB_WASM_CACHE => dispatch::run::<arb_wasm_cache::ArbWasmCache, DB>,
            // Nobody can mint or burn the native token, so every call takes all gas.
            ARB_NATIVE_TOKEN_MANAGER => dispatch::reject::<DB>,
            ARB_FILTERED_TRANSACTIONS => {
                dispatch::run_for_anyone::<arb_filtered_transactions::ArbFilteredTransactions, DB>
            }
            ARBOS_ACTS => dispatch::run::<arbos_acts::ArbosActs, DB>,
            ARB_DEBUG => dispatch::run::<arb_debug::ArbDebug, DB>,
            _ => return self.ethereum.run(ctx, inputs),
        };
        let failures = ctx.chain.failures.len();
        let input = inputs.input.bytes(ctx);
        let result =
            run(&mut PrecompileContext::new(ctx, inputs, &input)).map_err(|error| error.to_string())?;
        // A precompile does not know its depth, so the depth of its failures is set here.
        let depth = ctx.journal().depth().saturating_sub(1);
        for failure in &mut ctx.chain.failures[failures..] {
            failure.depth = depth;
        }
        Ok(Some(result))
    }

    fn warm_addresses(&self) -> &AddressSet {
        &self.warm
    }
}
