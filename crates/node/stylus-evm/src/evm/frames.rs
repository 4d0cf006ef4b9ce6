//! Revm's frames, some of which hold a run instead of EVM bytecode. Revm keeps the stack of frames, the journal and
//! the checkpoints for both kinds, so value, reverts, static calls and depth are the same for all code.

use super::{
    StylusContext,
    enter::{self, Entry, note_failure},
    serve::{self, Pending, Served},
};
use crate::{
    activate::is_component,
    precompiles::ArbPrecompiles,
    pricing::{Gas, evm_memory_gas},
    run::{Answer, Ending, Outcome, Run, Step},
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

/// An EVM whose frames may run Stylus programs.
pub struct StylusEvm<DB: Database, INSP> {
    pub(super) inner: Inner<DB, INSP>,
    /// Beside each of revm's frames, bottom first.
    beside: Vec<Beside>,
}

/// What a frame has that revm's does not.
struct Beside {
    code: Code,
    /// Pages open when the frame began; what it opened is closed with it.
    open_pages: u16,
    /// The contract that counts as running while the frame exists.
    running: Option<Address>,
}

enum Code {
    Evm,
    Run(Running),
    /// Over before it began.
    Refused(InstructionResult),
}

struct Running {
    run: Box<dyn Run>,
    /// What the run is resumed with next.
    answer: Answer,
    /// The call or creation it waits for.
    pending: Option<Pending>,
}

impl<DB: Database, INSP> StylusEvm<DB, INSP> {
    pub(super) fn new(ctx: StylusContext<DB>, inspector: INSP, instructions: Instructions<DB>) -> Self {
        let precompiles = ArbPrecompiles::new(*ctx.cfg().spec());
        let inner = Evm::new_with_inspector(ctx, inspector, instructions, precompiles);
        Self { inner, beside: Vec::new() }
    }

    /// Whether the frame on top runs EVM bytecode.
    pub(super) fn runs_evm_code(&self) -> bool {
        self.beside.last().is_none_or(|top| matches!(top.code, Code::Evm))
    }

    /// Notes a new frame of revm's and decides what runs in it.
    fn begin_frame(&mut self) -> Result<(), ContextDbError<StylusContext<DB>>> {
        let frame = self.inner.frame_stack.get();
        let open_pages = self.inner.ctx.chain.pages.open;
        let running = enter::counts_as_running(frame).then_some(frame.interpreter.input.target_address());
        if let Some(contract) = running {
            self.inner.ctx.chain.enter(contract);
        }
        let code = match enter::enter(&mut self.inner.ctx, frame).map_err(ContextError::Db)? {
            Entry::Evm => Code::Evm,
            Entry::Run(run) => Code::Run(Running { run, answer: Answer::Start, pending: None }),
            Entry::Refused(result) => Code::Refused(result),
        };
        self.beside.push(Beside { code, open_pages, running });
        Ok(())
    }

    fn end_frame(&mut self) {
        let Some(top) = self.beside.pop() else { return };
        self.inner.ctx.chain.pages.open = top.open_pages;
        if let Some(contract) = top.running {
            self.inner.ctx.chain.leave(contract);
        }
    }

    /// Runs the frame on top until it needs another frame or is over.
    pub(super) fn next_action(&mut self) -> Result<InterpreterAction, ContextDbError<StylusContext<DB>>> {
        let Inner { ctx, instruction, frame_stack, .. } = &mut self.inner;
        let frame = frame_stack.get();
        match self.beside.last_mut().map(|top| &mut top.code) {
            Some(Code::Run(running)) => drive(ctx, frame, running).map_err(ContextError::Db),
            Some(Code::Refused(result)) => {
                Ok(InterpreterAction::Return(ended(frame, *result, Bytes::new(), Gas(0))))
            }
            Some(Code::Evm) | None => {
                let (table, gas) = (instruction.instruction_table(), instruction.gas_table());
                Ok(frame.interpreter.run_plain(table, gas, ctx))
            }
        }
    }

    /// Lets revm act on what the frame on top wants.
    pub(super) fn process(
        &mut self,
        mut action: InterpreterAction,
    ) -> Result<FrameInitOrResult<EthFrame>, ContextDbError<StylusContext<DB>>> {
        let frame = self.inner.frame_stack.get();
        if frame.data.is_create() {
            refuse_foreign_ef_code(&mut action, self.inner.ctx.cfg().max_code_size());
        }
        frame.process_next_action(&mut self.inner.ctx, action).inspect(|next| {
            if next.is_result() {
                frame.set_finished(true);
            }
        })
    }
}

/// EIP-3541 with Arbitrum's exception: of code that begins with EF, only parts of Stylus programs are taken.
/// Revm's own check is off; too long a code is left to revm, which looks at the length first.
fn refuse_foreign_ef_code(action: &mut InterpreterAction, max_code_size: usize) {
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

/// Resumes a run and answers it until it needs a frame or is over.
fn drive<DB: Database>(
    ctx: &mut StylusContext<DB>,
    frame: &mut EthFrame,
    running: &mut Running,
) -> Result<InterpreterAction, DB::Error> {
    loop {
        let answer = std::mem::replace(&mut running.answer, Answer::Start);
        match running.run.resume(answer) {
            Step::Done(ending) => return Ok(InterpreterAction::Return(conclude(ctx, frame, ending))),
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

/// The result of a frame whose run has ended (Nitro `arbos/programs/programs.go`: `CallProgram`).
fn conclude<DB: Database>(
    ctx: &mut StylusContext<DB>,
    frame: &EthFrame,
    mut ending: Ending,
) -> InterpreterResult {
    let profile = ending.profile.take();
    let result = result_of(ctx, frame, ending);
    if let (Some(run), Some(profiler)) = (profile, &mut ctx.chain.profiler) {
        let used = frame.interpreter.gas.limit().saturating_sub(result.gas.remaining());
        profiler.end(*run, result.result.is_ok(), Gas(used));
    }
    result
}

fn result_of<DB: Database>(
    ctx: &mut StylusContext<DB>,
    frame: &EthFrame,
    ending: Ending,
) -> InterpreterResult {
    let contract = frame.interpreter.input.target_address();
    let mut fail = |reason: String| note_failure(ctx, contract, frame.depth, reason);
    let (result, output) = match ending.outcome {
        Outcome::Success(output) => (InstructionResult::Return, output),
        Outcome::Revert(output) => (InstructionResult::Revert, output),
        Outcome::Failure(reason) => {
            fail(reason);
            (InstructionResult::Revert, Bytes::new())
        }
        Outcome::OutOfInk => {
            fail("out of ink: the gas of the call does not suffice".into());
            return ended(frame, InstructionResult::OutOfGas, Bytes::new(), Gas(0));
        }
        Outcome::OutOfStack => {
            fail("out of stack: the program recursed too deeply".into());
            return ended(frame, InstructionResult::StackOverflow, Bytes::new(), Gas(0));
        }
    };
    if output.is_empty() {
        return ended(frame, result, output, ending.gas_left);
    }
    // Returned data costs at least what it would as EVM memory.
    let Some(most_left) = frame.interpreter.gas.limit().checked_sub(evm_memory_gas(output.len() as u64).0)
    else {
        fail(format!("the gas of the call does not pay for {} bytes of returned data", output.len()));
        return ended(frame, InstructionResult::OutOfGas, Bytes::new(), Gas(0));
    };
    ended(frame, result, output, ending.gas_left.min(Gas(most_left)))
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
        let Some(Code::Run(running)) = self.beside.last_mut().map(|top| &mut top.code) else {
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
