//! EVM instructions that differ on Arbitrum (go-ethereum fork `core/vm/instructions.go` and `core/vm/eips.go`).

use super::{StylusContext, accounts};
use crate::{activate::is_component, env::SPEC};
use revm::{
    Database,
    bytecode::opcode,
    context_interface::{ContextTr, context::ContextError},
    handler::instructions::EthInstructions,
    interpreter::{
        Instruction, InstructionContext, InstructionExecResult, InstructionResult,
        instructions::host::selfdestruct,
        interpreter::EthInterpreter,
        interpreter_types::{InputsTr, RuntimeFlag},
    },
};

type Context<'a, DB> = InstructionContext<'a, StylusContext<DB>, EthInterpreter>;

/// The instructions of the EVM with Arbitrum's changes.
pub fn instructions<DB: Database>() -> EthInstructions<EthInterpreter, StylusContext<DB>> {
    let mut instructions = EthInstructions::new_mainnet_with_spec(SPEC);
    let table = instructions.instruction_table_mut();
    table[usize::from(opcode::SELFDESTRUCT)] = Instruction::new(checked_selfdestruct::<DB>);
    table[usize::from(opcode::BLOBBASEFEE)] = Instruction::new(no_blob_base_fee::<DB>);
    instructions
}

/// A Stylus program cannot be destroyed, not even by code that it delegates to.
fn checked_selfdestruct<DB: Database>(context: Context<'_, DB>) -> InstructionExecResult {
    if context.interpreter.runtime_flag.is_static() {
        return Err(InstructionResult::StateChangeDuringStaticCall);
    }
    let acting = context.interpreter.input.target_address();
    match accounts::code(context.host.journal_mut(), acting) {
        Ok((_, code)) if is_component(code.original_byte_slice()) => Err(InstructionResult::Revert),
        Ok(_) => selfdestruct(context),
        Err(error) => {
            *context.host.error() = Err(ContextError::Db(error));
            Err(InstructionResult::FatalExternalError)
        }
    }
}

/// There are no blobs on Arbitrum.
fn no_blob_base_fee<DB: Database>(_: Context<'_, DB>) -> InstructionExecResult {
    Err(InstructionResult::NotActivated)
}
