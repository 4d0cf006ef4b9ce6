//! Notifies inspectors of frames, instructions and logs, including those of programs.

use super::frames::StylusEvm;
use crate::context::StylusContext;
use revm::{
    Database, Inspector,
    context_interface::{ContextTr, FrameStack, JournalTr},
    handler::{
        EthFrame, FrameInitOrResult, FrameResult, ItemOrResult, evm::ContextDbError,
        instructions::InstructionProvider,
    },
    inspector::{InspectorEvmTr, inspect_instructions},
    interpreter::{FrameInput, interpreter::EthInterpreter},
};

impl<DB, INSP> InspectorEvmTr for StylusEvm<DB, INSP>
where
    DB: Database,
    INSP: Inspector<StylusContext<DB>, EthInterpreter>,
{
    type Inspector = INSP;

    fn all_inspector(
        &self,
    ) -> (&Self::Context, &Self::Instructions, &Self::Precompiles, &FrameStack<EthFrame>, &INSP) {
        let inner = &self.inner;
        (&inner.ctx, &inner.instruction, &inner.precompiles, &inner.frame_stack, &inner.inspector)
    }

    fn all_mut_inspector(
        &mut self,
    ) -> (
        &mut Self::Context,
        &mut Self::Instructions,
        &mut Self::Precompiles,
        &mut FrameStack<EthFrame>,
        &mut INSP,
    ) {
        let inner = &mut self.inner;
        (
            &mut inner.ctx,
            &mut inner.instruction,
            &mut inner.precompiles,
            &mut inner.frame_stack,
            &mut inner.inspector,
        )
    }

    fn inspect_frame_run(
        &mut self,
    ) -> Result<FrameInitOrResult<EthFrame>, ContextDbError<StylusContext<DB>>> {
        let mut next = match self.runs_evm_code() {
            true => self.inspect_evm_code()?,
            false => self.inspect_run()?,
        };
        if let ItemOrResult::Result(result) = &mut next {
            let (ctx, inspector, frame) = self.ctx_inspector_frame();
            frame_ends(ctx, inspector, &frame.input, result);
        }
        Ok(next)
    }
}

impl<DB, INSP> StylusEvm<DB, INSP>
where
    DB: Database,
    INSP: Inspector<StylusContext<DB>, EthInterpreter>,
{
    fn inspect_evm_code(&mut self) -> Result<FrameInitOrResult<EthFrame>, ContextDbError<StylusContext<DB>>> {
        let (ctx, inspector, frame, instructions) = self.ctx_inspector_frame_instructions();
        let (table, gas) = (instructions.instruction_table(), instructions.gas_table());
        let action = inspect_instructions(ctx, &mut frame.interpreter, inspector, table, gas);
        self.process(action)
    }

    /// A run has no EVM instructions to inspect, but it can emit logs.
    fn inspect_run(&mut self) -> Result<FrameInitOrResult<EthFrame>, ContextDbError<StylusContext<DB>>> {
        let first_new = self.inner.ctx.journal().logs().len();
        let action = self.next_action()?;
        let logs = self.inner.ctx.journal().logs().get(first_new..).unwrap_or_default().to_vec();
        let (ctx, inspector) = self.ctx_inspector();
        for log in logs {
            inspector.log(ctx, log);
        }
        self.process(action)
    }
}

fn frame_ends<DB, INSP>(
    ctx: &mut StylusContext<DB>,
    inspector: &mut INSP,
    input: &FrameInput,
    result: &mut FrameResult,
) where
    DB: Database,
    INSP: Inspector<StylusContext<DB>, EthInterpreter>,
{
    match (input, &mut *result) {
        (FrameInput::Call(input), FrameResult::Call(outcome)) => inspector.call_end(ctx, input, outcome),
        (FrameInput::Create(input), FrameResult::Create(outcome)) => {
            inspector.create_end(ctx, input, outcome)
        }
        // Unreachable: the kind of a result is that of its input.
        _ => {}
    }
    inspector.frame_end(ctx, input, result);
}
