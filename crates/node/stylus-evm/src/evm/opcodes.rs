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
    primitives::{B256, U256, keccak256},
};

/// How far back BLOCKHASH goes.
const BLOCK_HASHES: u64 = 256;

type Context<'a, DB> = InstructionContext<'a, StylusContext<DB>, EthInterpreter>;

/// The instructions of the EVM with Arbitrum's changes.
pub fn instructions<DB: Database>() -> EthInstructions<EthInterpreter, StylusContext<DB>> {
    let mut instructions = EthInstructions::new_mainnet_with_spec(SPEC);
    let table = instructions.instruction_table_mut();
    table[usize::from(opcode::SELFDESTRUCT)] = Instruction::new(checked_selfdestruct::<DB>);
    table[usize::from(opcode::BLOCKHASH)] = Instruction::new(l1_block_hash::<DB>);
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

/// BLOCKHASH counts L1's blocks, as NUMBER does, and this chain follows no L1. Nitro does not give L1's hashes either:
/// it derives one from its own last block whenever the L1 number rises (`arbos/blockhash/blockhash.go`), and
/// Arbitrum's documentation calls the result pseudo-random and insecure. See [`simulated_l1_block_hash`].
fn l1_block_hash<DB: Database>(context: Context<'_, DB>) -> InstructionExecResult {
    let current = context.host.block().number;
    let chain_id = context.host.chain().environment.chain_id;
    let Some(number) = context.interpreter.stack.top() else {
        return Err(InstructionResult::StackUnderflow);
    };
    let is_recent = *number < current && current - *number <= U256::from(BLOCK_HASHES);
    *number = match u64::try_from(*number) {
        Ok(number) if is_recent => simulated_l1_block_hash(chain_id, number).into(),
        _ => U256::ZERO,
    };
    Ok(())
}

/// What BLOCKHASH gives for one of the last 256 L1 blocks: keccak256 of the chain id and the L1 block number, 8 bytes
/// each, big-endian. The same on every run, different for every block and chain.
pub fn simulated_l1_block_hash(chain_id: u64, l1_block_number: u64) -> B256 {
    keccak256([chain_id.to_be_bytes(), l1_block_number.to_be_bytes()].concat())
}

/// There are no blobs on Arbitrum.
fn no_blob_base_fee<DB: Database>(_: Context<'_, DB>) -> InstructionExecResult {
    Err(InstructionResult::NotActivated)
}
