//! Traces a transaction or a call: with geth's tracers and JSON (`revm-inspectors`), or with the node's own tracer
//! `stylusProfile` (`chain::trace::profile`).
//!
//! Calls to and from Stylus programs are frames like any other. The struct logger has no steps for the instructions of
//! a program.

mod bounded;
mod profile;

pub use profile::{FunctionUse, HostioUse, ProgramFrame, StylusProfile};

use super::{handle::Chain, replay::Execution, request::Call};
use crate::{error::ChainError, lock::read};
use alloy_eips::BlockId;
use alloy_primitives::B256;
use alloy_rpc_types_trace::{
    common::TraceResult,
    geth::{GethDebugTracerConfig, GethDebugTracerType, GethDebugTracingOptions, GethTrace},
};
use bounded::Bounded;
use revm::context::result::ResultAndState;
use revm_inspectors::tracing::{DebugInspector, TransactionContext};

/// The name of the node's own tracer.
pub const STYLUS_PROFILE: &str = "stylusProfile";

impl Chain {
    /// Traces a mined transaction.
    ///
    /// # Errors
    /// The transaction or the tracer is unknown, the state is no longer kept, or the trace is too large.
    pub fn trace_transaction(
        &self,
        hash: B256,
        options: GethDebugTracingOptions,
    ) -> Result<GethTrace, ChainError> {
        let context = {
            let ledger = read(&self.ledger);
            let (number, _) = ledger.transaction(hash).ok_or(ChainError::UnknownTransaction(hash))?;
            let block_hash = ledger.block(number).map(|block| block.hash);
            TransactionContext { block_hash, tx_index: Some(0), tx_hash: Some(hash) }
        };
        trace(self.mined_execution(hash)?, Some(context), options)
    }

    /// Traces all transactions of a block.
    ///
    /// # Errors
    /// There is no such block, or it is the genesis block; otherwise as
    /// [`trace_transaction`](Self::trace_transaction).
    pub fn trace_block(
        &self,
        id: BlockId,
        options: GethDebugTracingOptions,
    ) -> Result<Vec<TraceResult<GethTrace, String>>, ChainError> {
        let hash = {
            let ledger = read(&self.ledger);
            let number = ledger.resolve(id)?;
            if number == 0 {
                return Err(ChainError::Invalid("genesis is not traceable: it has no transactions".into()));
            }
            ledger.block(number).and_then(|block| block.mined.as_deref()).map(|mined| mined.hash())
        };
        let Some(hash) = hash else { return Ok(Vec::new()) };
        let result = self.trace_transaction(hash, options)?;
        Ok(vec![TraceResult::Success { result, tx_hash: Some(hash) }])
    }

    /// Traces a call, also one that fails.
    ///
    /// # Errors
    /// As [`call`](Self::call) and [`trace_transaction`](Self::trace_transaction).
    pub fn trace_call(&self, call: Call, options: GethDebugTracingOptions) -> Result<GethTrace, ChainError> {
        trace(self.call_execution(call)?, None, options)
    }
}

fn trace(
    execution: Execution,
    context: Option<TransactionContext>,
    options: GethDebugTracingOptions,
) -> Result<GethTrace, ChainError> {
    if let Some(GethDebugTracerType::JsTracer(name)) = &options.tracer
        && !name.is_empty()
    {
        return match name.as_str() {
            STYLUS_PROFILE => profile_programs(execution, options.tracer_config),
            _ => Err(unknown_tracer(name)),
        };
    }
    let Execution { mut view, executor, tx } = execution;
    let captures_memory = options.config.enable_memory.unwrap_or(false);
    let tracer = DebugInspector::new(options)
        .map_err(|error| ChainError::Invalid(format!("cannot set up the tracer: {error}")))?;
    let mut inspector = Bounded::new(tracer, captures_memory);
    let outcome = executor.inspect(&view, tx.clone(), &mut inspector)?;
    let result = ResultAndState { result: outcome.result, state: outcome.state };
    let traced = inspector.finish()?.get_result(context, &tx, executor.block(), &result, &mut view);
    traced.map_err(|error| ChainError::Internal(format!("cannot build the trace: {error}")))
}

fn profile_programs(execution: Execution, config: GethDebugTracerConfig) -> Result<GethTrace, ChainError> {
    let symbols = profile::symbols(config.0)?;
    let (_, profiles) = execution.executor.profile(&execution.view, execution.tx, &symbols)?;
    let profile = serde_json::to_value(StylusProfile::from(profiles));
    profile.map(GethTrace::JS).map_err(|error| ChainError::Internal(error.to_string()))
}

fn unknown_tracer(name: &str) -> ChainError {
    let name: String = name.chars().take(40).collect();
    ChainError::Invalid(format!(
        "unknown tracer {name:?}: use callTracer, prestateTracer, 4byteTracer, flatCallTracer, muxTracer, noopTracer \
         or {STYLUS_PROFILE}, or none for the struct logger (JavaScript tracers are not supported)"
    ))
}
