//! Traces: executes a transaction or a call again and tells what happened inside, with geth's tracers and JSON
//! (`revm-inspectors`) or with our own, `stylusProfile` (`chain::trace::profile`).
//!
//! Calls of Stylus programs, and those that programs make, are frames like any other; the struct logger has no
//! steps for what a program does by itself.

mod bounded;
mod profile;

pub use profile::{FunctionUse, HostioUse, ProgramFrame, StylusProfile};

use super::{Call, Chain, ChainError, lock::read, replay::Scene};
use alloy_eips::BlockId;
use alloy_primitives::B256;
use alloy_rpc_types_trace::{
    common::TraceResult,
    geth::{GethDebugTracerConfig, GethDebugTracerType, GethDebugTracingOptions, GethTrace},
};
use bounded::Bounded;
use revm::context::result::ResultAndState;
use revm_inspectors::tracing::{DebugInspector, TransactionContext};

/// The name of our own tracer.
pub const STYLUS_PROFILE: &str = "stylusProfile";

impl Chain {
    /// Traces a mined transaction.
    ///
    /// # Errors
    /// There is no such transaction, its state is no longer kept, there is no such tracer, or the trace is too large.
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
        trace(self.mined_scene(hash)?, Some(context), options)
    }

    /// Traces all transactions of a block.
    ///
    /// # Errors
    /// There is no such block, or it is the first, which nothing led to; further as
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

    /// Traces a call; one that fails is traced too.
    ///
    /// # Errors
    /// As [`call`](Self::call), and as [`trace_transaction`](Self::trace_transaction).
    pub fn trace_call(&self, call: Call, options: GethDebugTracingOptions) -> Result<GethTrace, ChainError> {
        trace(self.call_scene(call)?, None, options)
    }
}

fn trace(
    scene: Scene,
    context: Option<TransactionContext>,
    options: GethDebugTracingOptions,
) -> Result<GethTrace, ChainError> {
    if let Some(GethDebugTracerType::JsTracer(name)) = &options.tracer
        && !name.is_empty()
    {
        return match name.as_str() {
            STYLUS_PROFILE => profile_programs(scene, options.tracer_config),
            _ => Err(unknown_tracer(name)),
        };
    }
    let Scene { mut view, setting, tx } = scene;
    let captures_memory = options.config.enable_memory.unwrap_or(false);
    let tracer = DebugInspector::new(options)
        .map_err(|error| ChainError::Invalid(format!("the tracer cannot be set up: {error}")))?;
    let mut inspector = Bounded::new(tracer, captures_memory);
    let outcome = setting.inspect(&view, tx.clone(), &mut inspector)?;
    let result = ResultAndState { result: outcome.result, state: outcome.state };
    let traced = inspector.finish()?.get_result(context, &tx, setting.block(), &result, &mut view);
    traced.map_err(|error| ChainError::Internal(format!("the trace cannot be made: {error}")))
}

fn profile_programs(scene: Scene, config: GethDebugTracerConfig) -> Result<GethTrace, ChainError> {
    let symbols = profile::symbols(config.0)?;
    let (_, profiles) = scene.setting.profile(&scene.view, scene.tx, &symbols)?;
    let profile = serde_json::to_value(StylusProfile::from(profiles));
    profile.map(GethTrace::JS).map_err(|error| ChainError::Internal(error.to_string()))
}

fn unknown_tracer(name: &str) -> ChainError {
    let name: String = name.chars().take(40).collect();
    ChainError::Invalid(format!(
        "there is no tracer {name:?}: use callTracer, prestateTracer, 4byteTracer, flatCallTracer, muxTracer, noopTracer, \
         {STYLUS_PROFILE}, or none for the struct logger (JavaScript is not run)"
    ))
}
