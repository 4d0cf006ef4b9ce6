//! Limits the memory of a tracer, since a transaction can make it keep gigabytes.
//!
//! At the limit the tracer receives no more events. The execution, which its gas limits, runs to its end, and the trace
//! fails with an error.

use crate::error::ChainError;
use revm::{
    Inspector,
    context_interface::ContextTr,
    handler::FrameResult,
    inspector::JournalExt,
    interpreter::{
        CallInputs, CallOutcome, CreateInputs, CreateOutcome, FrameInput, Interpreter,
        interpreter_types::MemoryTr,
    },
    primitives::{Address, Log, U256},
};
use revm_inspectors::tracing::DebugInspector;

/// The number of bytes that a tracer may keep, as estimated here.
const MAX_KEPT_BYTES: usize = 128 * 1024 * 1024;
/// Bytes of a recorded step, without stack and memory.
const STEP_BYTES: usize = 250;
/// Bytes of a recorded frame, without its data.
const FRAME_BYTES: usize = 500;

/// A tracer with limited memory.
#[derive(Debug)]
pub struct Bounded {
    tracer: DebugInspector,
    /// Whether the tracer records steps.
    steps: bool,
    /// Whether it records the memory with each step.
    memory: bool,
    /// Estimated bytes recorded so far.
    kept: usize,
}

impl Bounded {
    pub const fn new(tracer: DebugInspector, memory: bool) -> Self {
        let steps = matches!(tracer, DebugInspector::Default(..) | DebugInspector::Erc7562Tracer(..));
        Self { tracer, steps, memory, kept: 0 }
    }

    /// The tracer after the execution.
    ///
    /// # Errors
    /// The trace is too large.
    pub fn finish(self) -> Result<DebugInspector, ChainError> {
        if self.is_full() {
            let text =
                "the trace is too large: disable the stack (disableStack) and memory, or use callTracer";
            return Err(ChainError::Invalid(text.into()));
        }
        Ok(self.tracer)
    }

    const fn is_full(&self) -> bool {
        self.kept > MAX_KEPT_BYTES
    }

    /// Counts bytes to record; returns whether they are within the limit.
    const fn keeps(&mut self, bytes: usize) -> bool {
        self.kept = self.kept.saturating_add(bytes);
        !self.is_full()
    }
}

impl<CTX> Inspector<CTX> for Bounded
where
    CTX: ContextTr<Journal: JournalExt>,
{
    fn initialize_interp(&mut self, interp: &mut Interpreter, context: &mut CTX) {
        if !self.is_full() {
            self.tracer.initialize_interp(interp, context);
        }
    }

    fn step(&mut self, interp: &mut Interpreter, context: &mut CTX) {
        let memory = if self.memory { interp.memory.size() } else { 0 };
        let bytes = if self.steps { STEP_BYTES + 32 * interp.stack.len() + memory } else { 0 };
        if self.keeps(bytes) {
            self.tracer.step(interp, context);
        }
    }

    fn step_end(&mut self, interp: &mut Interpreter, context: &mut CTX) {
        if !self.is_full() {
            self.tracer.step_end(interp, context);
        }
    }

    fn log(&mut self, context: &mut CTX, log: Log) {
        if self.keeps(FRAME_BYTES + log.data.data.len()) {
            self.tracer.log(context, log);
        }
    }

    fn log_full(&mut self, interp: &mut Interpreter, context: &mut CTX, log: Log) {
        if self.keeps(FRAME_BYTES + log.data.data.len()) {
            self.tracer.log_full(interp, context, log);
        }
    }

    fn call(&mut self, context: &mut CTX, inputs: &mut CallInputs) -> Option<CallOutcome> {
        if self.keeps(FRAME_BYTES + inputs.input.len()) { self.tracer.call(context, inputs) } else { None }
    }

    fn call_end(&mut self, context: &mut CTX, inputs: &CallInputs, outcome: &mut CallOutcome) {
        if self.keeps(outcome.result.output.len()) {
            self.tracer.call_end(context, inputs, outcome);
        }
    }

    fn create(&mut self, context: &mut CTX, inputs: &mut CreateInputs) -> Option<CreateOutcome> {
        let keeps = self.keeps(FRAME_BYTES + inputs.init_code().len());
        if keeps { self.tracer.create(context, inputs) } else { None }
    }

    fn create_end(&mut self, context: &mut CTX, inputs: &CreateInputs, outcome: &mut CreateOutcome) {
        if self.keeps(outcome.result.output.len()) {
            self.tracer.create_end(context, inputs, outcome);
        }
    }

    fn selfdestruct(&mut self, contract: Address, target: Address, value: U256) {
        if !self.is_full() {
            Inspector::<CTX>::selfdestruct(&mut self.tracer, contract, target, value);
        }
    }

    fn frame_start(&mut self, context: &mut CTX, input: &mut FrameInput) -> Option<FrameResult> {
        if self.is_full() { None } else { self.tracer.frame_start(context, input) }
    }

    fn frame_end(&mut self, context: &mut CTX, input: &FrameInput, result: &mut FrameResult) {
        if !self.is_full() {
            self.tracer.frame_end(context, input, result);
        }
    }
}
