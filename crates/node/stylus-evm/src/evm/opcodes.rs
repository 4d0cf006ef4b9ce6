//! EVM instructions that differ on Arbitrum (go-ethereum fork `core/vm/instructions.go` and `core/vm/eips.go`).

use crate::{
    activate::is_component,
    context::{StylusContext, accounts},
    env::SPEC,
};
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

/// Number of past blocks that BLOCKHASH covers.
const BLOCK_HASHES: u64 = 256;

type Context<'a, DB> = InstructionContext<'a, StylusContext<DB>, EthInterpreter>;

/// The EVM's instructions with Arbitrum's changes.
pub fn instructions<DB: Database>() -> EthInstructions<EthInterpreter, StylusContext<DB>> {
    let mut instructions = EthInstructions::new_mainnet_with_spec(SPEC);
    let table = instructions.instruction_table_mut();
    table[usize::from(opcode::SELFDESTRUCT)] = Instruction::new(checked_selfdestruct::<DB>);
    table[usize::from(opcode::BLOCKHASH)] = Instruction::new(l1_block_hash::<DB>);
    table[usize::from(opcode::BLOBBASEFEE)] = Instruction::new(no_blob_base_fee::<DB>);
    instructions
}

/// Code that a Stylus program delegates to cannot destroy the program.
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

/// BLOCKHASH refers to L1 blocks, as NUMBER does, but this chain follows no L1. Nitro does not return the hashes of L1
/// either: it derives a hash from its own last block whenever the L1 number rises (`arbos/blockhash/blockhash.go`), and
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

/// Result of BLOCKHASH for one of the last 256 L1 blocks: keccak256 of the chain id and the L1 block number, 8 bytes
/// each, big-endian. It is the same on every run and differs by block and chain.
pub fn simulated_l1_block_hash(chain_id: u64, l1_block_number: u64) -> B256 {
    keccak256([chain_id.to_be_bytes(), l1_block_number.to_be_bytes()].concat())
}

/// BLOBBASEFEE fails: Arbitrum has no blobs.
fn no_blob_base_fee<DB: Database>(_: Context<'_, DB>) -> InstructionExecResult {
    Err(InstructionResult::NotActivated)
}
