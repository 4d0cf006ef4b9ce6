//! Common parts of the precompiles of ArbOS: selectors, purity, gas, results
//! (Nitro `precompiles/precompile.go`, `context.go`, `wrapper.go`).

use crate::{
    arbos::{
        address_set, chain_owners,
        storage::{Burner, Fault, State},
        transaction_filterers,
    },
    context::{StylusContext, TransactionState},
    contracts::abi,
};
use alloy_sol_types::{SolEvent, SolInterface, SolType, SolValue, abi::TokenSeq};
use revm::{
    Database, Journal,
    context::BlockEnv,
    context_interface::{ContextTr, JournalTr},
    interpreter::{CallInputs, Gas, InstructionResult, InterpreterResult},
    primitives::{Address, Bytes, FixedBytes, Log, U256},
};

/// Copying one word of arguments or results.
const COPY_WORD_GAS: u64 = 3;
/// Reading the version of ArbOS, which precedes every access to its state.
const OPEN_STATE_GAS: u64 = 800;
const LOG_GAS: u64 = 375;
const LOG_TOPIC_GAS: u64 = 375;
const LOG_BYTE_GAS: u64 = 8;

/// State mutability of a method.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Purity {
    Pure,
    View,
    Write,
    Payable,
}

/// One precompiled contract.
pub trait Precompile {
    type Calls: SolInterface;

    fn purity(call: &Self::Calls) -> Purity;

    /// Runs a method and returns its ABI-encoded result.
    fn run<DB: Database>(ctx: &mut PrecompileContext<'_, DB>, call: Self::Calls) -> MethodResult<DB>;
}

/// ABI-encoded result of a method.
pub type MethodResult<DB> = Result<Vec<u8>, Fault<<DB as Database>::Error>>;

/// A call of a precompile, with the state that the precompile can access.
pub struct PrecompileContext<'a, DB: Database> {
    /// State of ArbOS, and the gas of this call.
    pub state: State<'a, Journal<DB>>,
    pub transaction: &'a mut TransactionState,
    pub block: &'a BlockEnv,
    /// The precompile itself.
    pub address: Address,
    pub caller: Address,
    pub value: U256,
    input: &'a [u8],
    gas_limit: u64,
    is_static: bool,
    /// Called directly, not by a delegate call.
    acts_as_itself: bool,
}

impl<'a, DB: Database> PrecompileContext<'a, DB> {
    pub fn new(ctx: &'a mut StylusContext<DB>, inputs: &CallInputs, input: &'a [u8]) -> Self {
        let (block, _, _, journal, transaction, _) = ctx.all_mut();
        Self {
            state: State::new(journal, Burner::of(inputs.gas_limit)),
            transaction,
            block,
            address: inputs.bytecode_address,
            caller: inputs.caller,
            value: inputs.call_value(),
            input,
            gas_limit: inputs.gas_limit,
            is_static: inputs.is_static,
            acts_as_itself: inputs.target_address == inputs.bytecode_address,
        }
    }

    /// The block's time in Unix seconds.
    pub fn now(&self) -> u64 {
        self.block.timestamp.saturating_to()
    }

    /// Emits an event and charges for it.
    pub fn emit(&mut self, event: &impl SolEvent) -> Result<(), Fault<DB::Error>> {
        let data = event.encode_log_data();
        let topics = data.topics().len() as u64;
        self.state.gas.burn(LOG_GAS + LOG_TOPIC_GAS * topics + LOG_BYTE_GAS * data.data.len() as u64)?;
        self.state.journal.log(Log { address: self.address, data });
        Ok(())
    }

    fn finish(&self, result: InstructionResult, output: Vec<u8>, left: u64) -> InterpreterResult {
        let mut gas = Gas::new(self.gas_limit);
        gas.set_remaining(left);
        InterpreterResult { result, output: Bytes::from(output), gas }
    }

    /// Reverts without data and uses all gas, as Nitro does for malformed and disallowed calls, and without enough gas.
    fn rejected(&self) -> InterpreterResult {
        self.finish(InstructionResult::Revert, Vec::new(), 0)
    }
}

/// Runs a method of a precompile.
///
/// # Errors
/// The database fails.
pub fn run<P: Precompile, DB: Database>(
    ctx: &mut PrecompileContext<'_, DB>,
) -> Result<InterpreterResult, DB::Error> {
    let Ok(call) = P::Calls::abi_decode(ctx.input) else {
        return Ok(ctx.rejected());
    };
    let purity = P::purity(&call);
    let not_allowed = (purity >= Purity::View && !ctx.acts_as_itself)
        || (purity >= Purity::Write && ctx.is_static)
        || (purity < Purity::Payable && !ctx.value.is_zero());
    if not_allowed {
        return Ok(ctx.rejected());
    }
    let result = charged::<P, DB>(ctx, purity, call);
    let left = ctx.state.gas.left();
    match result {
        Ok(output) => Ok(ctx.finish(InstructionResult::Return, output, left)),
        Err(Fault::Revert(data)) => Ok(ctx.finish(InstructionResult::Revert, data, left)),
        Err(Fault::OutOfGas) => Ok(ctx.rejected()),
        Err(Fault::Failed) => Ok(ctx.finish(InstructionResult::PrecompileError, Vec::new(), 0)),
        Err(Fault::Database(error)) => Err(error),
    }
}

fn charged<P: Precompile, DB: Database>(
    ctx: &mut PrecompileContext<'_, DB>,
    purity: Purity,
    call: P::Calls,
) -> MethodResult<DB> {
    if purity > Purity::Pure {
        ctx.state.gas.burn(OPEN_STATE_GAS)?;
    }
    ctx.state.gas.burn(copy_gas(ctx.input.len() - 4))?;
    let result = P::run(ctx, call);
    if let Ok(data) | Err(Fault::Revert(data)) = &result {
        ctx.state.gas.burn(copy_gas(data.len()))?;
    }
    result
}

/// Gas of copying this number of bytes, 3 per word.
pub fn copy_gas(bytes: usize) -> u64 {
    COPY_WORD_GAS * (bytes as u64).div_ceil(32)
}

/// Rejects every call: of a precompile without functions.
pub fn reject<DB: Database>(ctx: &mut PrecompileContext<'_, DB>) -> Result<InterpreterResult, DB::Error> {
    Ok(ctx.rejected())
}

/// Like [`run`], for owners of the chain only. Their calls need gas but get all of it back, and changes are logged.
pub fn run_for_owner<P: Precompile, DB: Database>(
    ctx: &mut PrecompileContext<'_, DB>,
) -> Result<InterpreterResult, DB::Error> {
    match address_set::contains(&mut ctx.state, &chain_owners(), ctx.caller) {
        Ok(true) => {}
        Err(Fault::Database(error)) => return Err(error),
        _ => return Ok(ctx.finish(InstructionResult::PrecompileError, Vec::new(), 0)),
    }
    ctx.state.gas = Burner::of(ctx.gas_limit);
    let mut result = run::<P, DB>(ctx)?;
    ctx.state.gas = Burner::free();
    if result.result.is_ok() && !ctx.is_static {
        let method = FixedBytes::<4>::from_slice(&ctx.input[..4]);
        let data = Bytes::copy_from_slice(ctx.input);
        ctx.emit(&abi::ArbOwner::OwnerActs { method, owner: ctx.caller, data }).ok();
    }
    result.gas = Gas::new(ctx.gas_limit);
    Ok(result)
}

/// Like [`run`], at the price of looking whether the caller can filter transactions, whatever the call does.
pub fn run_for_anyone<P: Precompile, DB: Database>(
    ctx: &mut PrecompileContext<'_, DB>,
) -> Result<InterpreterResult, DB::Error> {
    let opened = ctx.state.gas.burn(OPEN_STATE_GAS);
    match opened.and_then(|()| address_set::contains(&mut ctx.state, &transaction_filterers(), ctx.caller)) {
        Ok(_) => {}
        Err(Fault::Database(error)) => return Err(error),
        Err(_) => return Ok(ctx.finish(InstructionResult::PrecompileError, Vec::new(), 0)),
    }
    let left = ctx.state.gas.left();
    ctx.state.gas = Burner::of(ctx.gas_limit);
    let mut result = run::<P, DB>(ctx)?;
    result.gas.set_remaining(left);
    Ok(result)
}

/// A Solidity error as revert data.
pub fn revert<E>(error: impl alloy_sol_types::SolError) -> Fault<E> {
    Fault::Revert(error.abi_encode())
}

/// A revert without data.
pub fn plain_revert<E>() -> Fault<E> {
    Fault::Revert(Vec::new())
}

/// Encodes the results of a method.
pub fn results<E, T>(values: T) -> Result<Vec<u8>, E>
where
    T: SolValue,
    for<'a> <T::SolType as SolType>::Token<'a>: TokenSeq<'a>,
{
    Ok(values.abi_encode_params())
}
