//! Revm's frames, extended to hold a run instead of EVM bytecode. Revm manages frame stack, journal and checkpoints for
//! both kinds, so value, reverts, static calls and depth work the same for all code.

use super::{
    enter::{self, Entry, note_failure},
    serve::{self, Pending, Served},
};
use crate::{
    activate::is_component,
    context::StylusContext,
    precompiles::ArbPrecompiles,
    pricing::{Gas, evm_memory_gas},
    run::{Answer, Run, RunEnd, RunResult, Step},
};
use revm::{
    Database,
    context::Evm,
    context_interface::{Cfg, ContextTr, FrameStack, context::ContextError, context::take_error},
    handler::{
        EthFrame, EvmTr, FrameInitOrResult, FrameResult, FrameTr, ItemOrResult,
        evm::{ContextDbError, FrameInitResult},
        instructions::{EthInstructions, InstructionProvider},
    },
    interpreter::{
        InstructionResult, InterpreterAction, InterpreterResult, interpreter::EthInterpreter,
        interpreter_action::FrameInit, interpreter_types::InputsTr,
    },
    primitives::{Address, Bytes},
};

type Instructions<DB> = EthInstructions<EthInterpreter, StylusContext<DB>>;
type Inner<DB, INSP> = Evm<StylusContext<DB>, INSP, Instructions<DB>, ArbPrecompiles, EthFrame>;

/// An EVM whose frames can run Stylus programs.
pub struct StylusEvm<DB: Database, INSP> {
    pub(super) inner: Inner<DB, INSP>,
    /// One for each of revm's frames, bottom first.
    extras: Vec<FrameExtra>,
}

/// State of a frame in addition to revm's.
struct FrameExtra {
    code: Code,
    /// Pages open when the frame started; the pages it opens are closed with it.
    open_pages: u16,
    /// The contract that counts as running during the frame.
    running: Option<Address>,
}

enum Code {
    Evm,
    Run(Running),
    /// The frame fails before it starts.
    Failed(InstructionResult),
}

struct Running {
    run: Box<dyn Run>,
    /// The run is resumed with this answer.
    answer: Answer,
    /// The call or creation that the run waits for.
    pending: Option<Pending>,
}

impl<DB: Database, INSP> StylusEvm<DB, INSP> {
    pub(super) fn new(ctx: StylusContext<DB>, inspector: INSP, instructions: Instructions<DB>) -> Self {
        let precompiles = ArbPrecompiles::new(*ctx.cfg().spec());
        let inner = Evm::new_with_inspector(ctx, inspector, instructions, precompiles);
        Self { inner, extras: Vec::new() }
    }

    /// Whether the frame on top runs EVM bytecode.
    pub(super) fn runs_evm_code(&self) -> bool {
        self.extras.last().is_none_or(|top| matches!(top.code, Code::Evm))
    }

    /// Registers a new frame of revm's and selects what runs in it.
    fn begin_frame(&mut self) -> Result<(), ContextDbError<StylusContext<DB>>> {
        let frame = self.inner.frame_stack.get();
        let open_pages = self.inner.ctx.chain.pages.open;
        let running = enter::counts_as_running(frame).then_some(frame.interpreter.input.target_address());
        if let Some(contract) = running {
            self.inner.ctx.chain.enter(contract);
        }
        self.inner.ctx.chain.callers.push(frame.interpreter.input.caller_address());
        let code = match enter::enter(&mut self.inner.ctx, frame).map_err(ContextError::Db)? {
            Entry::Evm => Code::Evm,
            Entry::Run(run) => Code::Run(Running { run, answer: Answer::Start, pending: None }),
            Entry::Failed(result) => Code::Failed(result),
        };
        self.extras.push(FrameExtra { code, open_pages, running });
        Ok(())
    }

    fn end_frame(&mut self) {
        let Some(top) = self.extras.pop() else { return };
        self.inner.ctx.chain.pages.open = top.open_pages;
        self.inner.ctx.chain.callers.pop();
        if let Some(contract) = top.running {
            self.inner.ctx.chain.leave(contract);
        }
    }

    /// Runs the frame on top until it needs another frame or ends.
    pub(super) fn next_action(&mut self) -> Result<InterpreterAction, ContextDbError<StylusContext<DB>>> {
        let Inner { ctx, instruction, frame_stack, .. } = &mut self.inner;
        let frame = frame_stack.get();
        match self.extras.last_mut().map(|top| &mut top.code) {
            Some(Code::Run(running)) => drive(ctx, frame, running).map_err(ContextError::Db),
            Some(Code::Failed(result)) => {
                Ok(InterpreterAction::Return(ended(frame, *result, Bytes::new(), Gas(0))))
            }
            Some(Code::Evm) | None => {
                let (table, gas) = (instruction.instruction_table(), instruction.gas_table());
                Ok(frame.interpreter.run_plain(table, gas, ctx))
            }
        }
    }

    /// Passes the action of the frame on top to revm.
    pub(super) fn process(
        &mut self,
        mut action: InterpreterAction,
    ) -> Result<FrameInitOrResult<EthFrame>, ContextDbError<StylusContext<DB>>> {
        let frame = self.inner.frame_stack.get();
        if frame.data.is_create() {
            reject_foreign_ef_code(&mut action, self.inner.ctx.cfg().max_code_size());
        }
        frame.process_next_action(&mut self.inner.ctx, action).inspect(|next| {
            if next.is_result() {
                frame.set_finished(true);
            }
        })
    }
}

/// EIP-3541 with Arbitrum's exception: code that begins with EF must be part of a Stylus program.
/// Revm's own check is disabled. Code that is too long is left to revm, which checks the length first.
fn reject_foreign_ef_code(action: &mut InterpreterAction, max_code_size: usize) {
    let InterpreterAction::Return(result) = action else { return };
    let code = &result.output;
    if result.result.is_ok()
        && code.first() == Some(&0xEF)
        && !is_component(code)
        && code.len() <= max_code_size
    {
        result.result = InstructionResult::CreateContractStartingWithEF;
    }
}

/// Resumes a run and serves its requests until it needs a frame or ends.
fn drive<DB: Database>(
    ctx: &mut StylusContext<DB>,
    frame: &mut EthFrame,
    running: &mut Running,
) -> Result<InterpreterAction, DB::Error> {
    loop {
        let answer = std::mem::replace(&mut running.answer, Answer::Start);
        match running.run.resume(answer) {
            Step::Done(end) => return Ok(InterpreterAction::Return(conclude(ctx, frame, end))),
            Step::Ask(request) => match serve::serve(ctx, frame, request)? {
                Served::Answer(answer) => running.answer = answer,
                Served::Frame(input, pending) => {
                    running.pending = Some(pending);
                    return Ok(InterpreterAction::NewFrame(input));
                }
            },
        }
    }
}

/// Result of a frame whose run has ended (Nitro `arbos/programs/programs.go`: `CallProgram`).
fn conclude<DB: Database>(
    ctx: &mut StylusContext<DB>,
    frame: &EthFrame,
    mut end: RunEnd,
) -> InterpreterResult {
    let profile = end.profile.take();
    let result = result_of(ctx, frame, end);
    if let (Some(run), Some(profiler)) = (profile, &mut ctx.chain.profiler) {
        let used = frame.interpreter.gas.limit().saturating_sub(result.gas.remaining());
        profiler.end(*run, result.result.is_ok(), Gas(used));
    }
    result
}

fn result_of<DB: Database>(ctx: &mut StylusContext<DB>, frame: &EthFrame, end: RunEnd) -> InterpreterResult {
    let contract = frame.interpreter.input.target_address();
    let mut fail = |reason: String| note_failure(ctx, contract, frame.depth, reason);
    let (result, output) = match end.result {
        RunResult::Success(output) => (InstructionResult::Return, output),
        RunResult::Revert(output) => (InstructionResult::Revert, output),
        RunResult::Failure(reason) => {
            fail(reason);
            (InstructionResult::Revert, Bytes::new())
        }
        RunResult::OutOfInk => {
            fail("out of ink: the call has too little gas".into());
            return ended(frame, InstructionResult::OutOfGas, Bytes::new(), Gas(0));
        }
        RunResult::OutOfStack => {
            fail("out of stack: the program recursed too deeply".into());
            return ended(frame, InstructionResult::StackOverflow, Bytes::new(), Gas(0));
        }
    };
    if output.is_empty() {
        return ended(frame, result, output, end.gas_left);
    }
    // Returned data costs at least as much as EVM memory.
    let Some(most_left) = frame.interpreter.gas.limit().checked_sub(evm_memory_gas(output.len() as u64).0)
    else {
        fail(format!("the gas of the call does not pay for {} bytes of returned data", output.len()));
        return ended(frame, InstructionResult::OutOfGas, Bytes::new(), Gas(0));
    };
    ended(frame, result, output, end.gas_left.min(Gas(most_left)))
}

fn ended(frame: &EthFrame, result: InstructionResult, output: Bytes, left: Gas) -> InterpreterResult {
    let mut gas = frame.interpreter.gas;
    gas.set_remaining(left.0);
    InterpreterResult { result, output, gas }
}

impl<DB: Database, INSP> EvmTr for StylusEvm<DB, INSP> {
    type Context = StylusContext<DB>;
    type Instructions = Instructions<DB>;
    type Precompiles = ArbPrecompiles;
    type Frame = EthFrame;

    fn all(&self) -> (&Self::Context, &Self::Instructions, &Self::Precompiles, &FrameStack<Self::Frame>) {
        self.inner.all()
    }

    fn all_mut(
        &mut self,
    ) -> (&mut Self::Context, &mut Self::Instructions, &mut Self::Precompiles, &mut FrameStack<Self::Frame>)
    {
        self.inner.all_mut()
    }

    fn frame_init(
        &mut self,
        frame_init: FrameInit,
    ) -> Result<FrameInitResult<'_, Self::Frame>, ContextDbError<Self::Context>> {
        if let ItemOrResult::Result(result) = self.inner.frame_init(frame_init)? {
            return Ok(ItemOrResult::Result(result));
        }
        self.begin_frame()?;
        Ok(ItemOrResult::Item(self.inner.frame_stack.get()))
    }

    fn frame_run(&mut self) -> Result<FrameInitOrResult<Self::Frame>, ContextDbError<Self::Context>> {
        let action = self.next_action()?;
        self.process(action)
    }

    fn frame_return_result(
        &mut self,
        result: <Self::Frame as FrameTr>::FrameResult,
    ) -> Result<Option<FrameResult>, ContextDbError<Self::Context>> {
        if self.inner.frame_stack.get().is_finished() {
            self.inner.frame_stack.pop();
            self.end_frame();
        }
        if self.inner.frame_stack.index().is_none() {
            return Ok(Some(result));
        }
        let frame = self.inner.frame_stack.get();
        let Some(Code::Run(running)) = self.extras.last_mut().map(|top| &mut top.code) else {
            return frame.return_result(&mut self.inner.ctx, result).map(|()| None);
        };
        frame.interpreter.memory.free_child_context();
        take_error::<ContextDbError<Self::Context>, _>(self.inner.ctx.error())?;
        if result.instruction_result().is_ok() {
            frame.interpreter.gas.record_refund(result.gas().refunded());
        }
        if let Some(pending) = running.pending.take() {
            running.answer = serve::settle(pending, result);
        }
        Ok(None)
    }
}
